package exec

import (
	"context"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

func (e *Engine) Paths(ctx context.Context, q seq.Paths) (*seq.PathsAnswer, error) {
	panic("BUG: not yet")
}
func (e *Engine) People(ctx context.Context, q engine.PeopleQuery) (*engine.PeoplePage, error) {
	panic("BUG: not yet")
}
