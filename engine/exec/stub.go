package exec

import (
	"context"

	"wend.dev/wend/engine"
)

func (e *Engine) People(ctx context.Context, q engine.PeopleQuery) (*engine.PeoplePage, error) {
	panic("BUG: not yet")
}
