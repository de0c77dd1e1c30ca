package exec

import (
	"context"

	"wend.dev/wend/engine/live"
	"wend.dev/wend/engine/plan"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Replay tells a tracker of every event of a snapshot, as if each had just arrived. The snapshot stays the caller's.
func Replay(ctx context.Context, t *live.Tracker, snap *store.Snapshot) error {
	for _, b := range snap.Blocks {
		err := guarded(func() error { return replayBlock(ctx, t, b, t.Criteria().Bind(b)) })
		if err != nil {
			return err
		}
	}
	return nil
}

func replayBlock(ctx context.Context, t *live.Tracker, b *store.Block, tests *plan.Tests) error {
	telling := make([]bool, len(b.Names)) // per code: its rows may matter
	for code, name := range b.Names {
		telling[code] = tests.Masks[code] != 0 || name.Kind == event.Identify || name.Kind == event.Group || t.Everyone()
	}
	row := &blockRow{block: b}
	for i, id := range b.Profiles {
		if i&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for at := b.Starts[i]; at < b.Starts[i+1]; at++ {
			code := b.Codes[at]
			if !telling[code] {
				continue
			}
			row.at = at
			t.Take(live.Fact{Profile: id, Time: b.Times[at], Kind: b.Names[code].Kind, Mask: tests.Mask(at, code, nil)}, row)
		}
	}
	return nil
}

// blockRow is a live.Row.
type blockRow struct {
	block *store.Block
	at    uint32
}

// Value is borrowed from the block.
func (r *blockRow) Value(path string) event.Value { return fieldValue(r.block, path, r.at) }
