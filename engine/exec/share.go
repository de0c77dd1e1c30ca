package exec

import (
	"fmt"
	"runtime/debug"
	"sync"

	"wend.dev/wend/store"
)

// shares keeps what countShares found per block, for as long as the block is in snapshots.
type shares struct {
	mu   sync.Mutex
	kept map[*store.Block][]nameCount
}

func (s *shares) of(b *store.Block) []nameCount {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, ok := s.kept[b]; ok {
		return x
	}
	if s.kept == nil {
		s.kept = map[*store.Block][]nameCount{}
	}
	x := countShares(b)
	s.kept[b] = x
	return x
}

// forget drops what belongs to no block of the newest snapshot.
func (s *shares) forget(blocks []*store.Block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept := make(map[*store.Block][]nameCount, len(blocks))
	for _, b := range blocks {
		if x, ok := s.kept[b]; ok {
			kept[b] = x
		}
	}
	s.kept = kept
}

// guarded runs f so that damaged data (an index out of range, a mapped file cut short) becomes an error.
func guarded(f func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot read the events, a block is damaged: %v", r)
		}
	}()
	return f()
}
