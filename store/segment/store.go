package segment

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Options say where segments lie and when the tail becomes one.
type Options struct {
	Dir        string // data directory
	Clock      event.Clock
	Logger     *slog.Logger     // default: silent
	Identities store.Identities // told of every event; asked at every snapshot
	SealEvents int              // events after which the tail is sealed, default 400,000
	SealBytes  int64            // memory of the tail at which it is sealed, default 128 MiB
	SealAge    time.Duration    // age of its oldest event at which the tail is sealed, default 10 min
	Retention  int              // whole days (UTC) to keep before today, 0: keep all

	// OnSeal is told after a seal that all messages up to a mark are in segments, for good. It is called by the
	// goroutine that seals, one call at a time; an error is logged.
	OnSeal func(store.Mark) error

	// signal, if set, is called at the points of the work where a kill would hurt most; tests set it.
	signal func(point string)
	// manual leaves the background work to the test, which calls Store.tick.
	manual bool
}

const (
	tickEvery   = 250 * time.Millisecond
	retainEvery = time.Hour
)

// Store keeps segments and the tail. All methods may be used at the same time; Append is meant for one goroutine.
type Store struct {
	opts   Options
	dir    string
	logger *slog.Logger
	life   context.Context
	stop   context.CancelFunc
	work   sync.WaitGroup

	freezing sync.Mutex // held while raw events become blocks and chunks, and while the tail is handed to the sealer
	sealing  sync.Mutex // held by a seal
	changing sync.Mutex // held by whatever rewrites segments: compaction, retention, rebuilding, loading, erasing; taken before sealing

	settling   sync.Mutex // held while the manifest's copy is written and what waits for it is done
	unsettled  bool       // that failed; guarded by settling
	learning   sync.Mutex // held while Load tells Identities of events that cannot be seen yet
	committing sync.Mutex // held while the manifest is written; guards manifest's value and deferred
	manifest   manifest
	deferred   []func() // what waits until both copies of the manifest are alike

	known   known   // guarded by freezing
	chunker chunker // guarded by freezing
	packed  bool    // Append has packed since the last tick; guarded by freezing

	mu       sync.Mutex
	segments []*segment
	old      *tail // being sealed, nil if none
	active   *tail
	room     chan struct{} // closed when the sealer has made room
	wake     chan struct{} // pokes the background goroutine
	content  uint64        // grows with every change of what there is to see
	layout   uint64        // grows with every change of how it is stored
	view     *view
	closed   bool
	report   report
	retained time.Time // when retention ran last, guarded by changing
	snapped  uint64    // newest segment, or erasure, that identity.snap covers
	unsnap   int       // events sealed since
	retryAt  time.Time // after a failed seal
	retries  int
	leaving  []*segment         // replaced by an erasure or its purge; their files go with the last snapshot of them
	urgent   int                // erasures that wait for slow work on segments
	giveWay  context.CancelFunc // stops that work, nil if there is none
}

// Open reads the manifest, maps the parts, makes damaged ones again from their lake files, removes what is no part of
// the store, and starts the background work. Lake files that are missing are told in the log and by Check, and their
// parts still serve.
func Open(ctx context.Context, opts Options) (*Store, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.SealEvents <= 0 {
		opts.SealEvents = 400_000
	}
	if opts.SealBytes <= 0 {
		opts.SealBytes = 128 << 20
	}
	if opts.SealAge <= 0 {
		opts.SealAge = 10 * time.Minute
	}
	s := &Store{
		opts: opts, dir: opts.Dir, logger: opts.Logger, active: &tail{},
		room: make(chan struct{}), wake: make(chan struct{}, 1),
		content: uint64(opts.Clock.Now().UnixMicro()), // so that a version does not come again after a restart
	}
	if err := s.load(ctx); err != nil {
		s.unmap()
		return nil, fmt.Errorf("cannot open the store in %q: %w", opts.Dir, err)
	}
	s.life, s.stop = context.WithCancel(context.Background())
	if !opts.manual {
		s.work.Go(s.background)
		s.work.Go(s.upkeep)
	}
	return s, nil
}

// Mark is the mark up to which every message is sealed: the log is to be replayed from the next one on.
func (s *Store) Mark() store.Mark {
	s.committing.Lock()
	defer s.committing.Unlock()
	return s.manifest.Mark
}

// Append takes the events of a logged message. They are in every snapshot that is asked for afterwards. A message up
// to a mark that has been taken already is ignored. While a full tail waits for a slow seal, Append waits too, until
// ctx ends. The store keeps the events and their strings; nobody may change them.
func (s *Store) Append(ctx context.Context, mark store.Mark, events []event.Event) error {
	if err := s.makeRoom(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return errStopped
	}
	if mark <= s.last() {
		s.mu.Unlock()
		return nil
	}
	s.active.add(mark, events, s.opts.Clock.Now())
	if len(events) > 0 {
		s.content++
	}
	packing := s.active.rawRows >= chunkRows
	s.mu.Unlock()
	if packing {
		s.freezing.Lock()
		defer s.freezing.Unlock()
		s.pack()
		s.packed = true
	}
	return nil
}

// last is the newest mark taken. Callers hold mu.
func (s *Store) last() store.Mark {
	if s.active.mark != 0 {
		return s.active.mark
	}
	if s.old != nil {
		return s.old.mark
	}
	return s.report.mark
}

// makeRoom returns when the tail may grow.
func (s *Store) makeRoom(ctx context.Context) error {
	for {
		s.mu.Lock()
		overdue, waiting, room, closed := s.overfull(), s.old != nil, s.room, s.closed
		s.mu.Unlock()
		switch {
		case closed:
			return errStopped
		case !overdue:
			return nil
		case !waiting:
			s.rotate()
			s.poke()
			continue
		}
		s.poke()
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		case <-s.life.Done():
			return errStopped
		}
	}
}

// overfull says whether the tail is due for sealing by its size. Callers hold mu.
func (s *Store) overfull() bool {
	return s.active.rows >= s.opts.SealEvents || s.active.bytes() >= s.opts.SealBytes
}

// poke wakes the background goroutine.
func (s *Store) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// freeze puts the raw events that are in no block yet into one, tells Identities of them, and gives them to also, in
// order, if there is one. It gives the version of the content, and its newest ReceivedAt, that is frozen then. Callers
// hold freezing.
func (s *Store) freeze(also func(*event.Event)) (content uint64, newest event.Millis) {
	s.mu.Lock()
	t := s.active
	content, newest = s.content, t.newest
	groups := t.raw[t.frozen:]
	upTo := len(t.raw)
	blocks := t.blocks
	s.mu.Unlock()
	if len(groups) == 0 {
		return content, newest
	}
	for _, g := range groups {
		for i := range g {
			s.opts.Identities.Observe(&g[i])
		}
	}
	blocks, grown := addBlock(blocks, sortRefs(groups), also)
	s.mu.Lock()
	defer s.mu.Unlock()
	t.blocks = blocks
	t.packed += grown
	t.frozen = upTo
	s.layout++
	return content, newest
}

// pack freezes, and turns the raw events into a chunk. Callers hold freezing.
func (s *Store) pack() {
	s.mu.Lock()
	t := s.active
	fresh := t.frozen == 0
	s.mu.Unlock()
	if fresh {
		s.freeze(s.chunker.add)
	} else {
		s.freeze(nil)
	}
	s.mu.Lock()
	groups := t.raw[:t.frozen:t.frozen]
	s.mu.Unlock()
	if len(groups) == 0 {
		return
	}
	if !fresh {
		for _, e := range sortRefs(groups) {
			s.chunker.add(e)
		}
	}
	c, bytes := s.chunker.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	t.chunks = append(t.chunks, c)
	for _, size := range t.sizes[:len(groups)] {
		t.rawBytes -= size
	}
	t.raw = append([][]event.Event(nil), t.raw[len(groups):]...)
	t.sizes = append([]int64(nil), t.sizes[len(groups):]...)
	t.frozen = 0
	t.rawRows -= c.rows
	t.packed += bytes
}

// rotate hands the tail to the sealer and starts an empty one, unless the sealer still has one.
func (s *Store) rotate() {
	s.freezing.Lock()
	defer s.freezing.Unlock()
	s.mu.Lock()
	busy := s.old != nil || s.active.mark == 0
	s.mu.Unlock()
	if busy {
		return
	}
	for {
		s.pack()
		s.mu.Lock()
		if len(s.active.raw) == 0 { // nothing came in between
			s.old, s.active = s.active, &tail{}
			s.layout++
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

// background freezes now and then, so that Identities lags little, and seals what is due.
func (s *Store) background() {
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.life.Done():
			return
		case <-ticker.C:
		case <-s.wake:
		}
		s.tick(s.life)
	}
}

// freezeOften freezes, unless Append has done so since the last call: under load that is often enough.
func (s *Store) freezeOften() {
	s.freezing.Lock()
	defer s.freezing.Unlock()
	if !s.packed {
		s.freeze(nil)
	}
	s.packed = false
}

// tick is one round of the background work.
func (s *Store) tick(ctx context.Context) {
	s.freezeOften()
	now := s.opts.Clock.Now()
	s.mu.Lock()
	due := s.overfull() || s.active.rows > 0 && now.Sub(s.active.firstSeen) >= s.opts.SealAge
	waiting, early := s.old != nil, now.Before(s.retryAt)
	s.mu.Unlock()
	if due && !waiting {
		s.rotate()
	}
	if (due || waiting) && !early {
		_ = s.sealOld(ctx) // told in the log and by Stats, tried again
	}
	s.settle()
}

// Close seals the tail, writes the identity snapshot and ends the background work. When sealing fails the error says
// so; nothing is lost, since the log still has the events.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.work.Wait()
	err := s.Seal(ctx)
	if err == nil {
		err = s.saveIdentities(s.newest())
	}
	s.settle()
	s.changing.Lock()
	defer s.changing.Unlock()
	s.unmap()
	return err
}

// unmap lets go of the segments and the current view; what snapshots hold stays until they are released.
func (s *Store) unmap() {
	s.mu.Lock()
	v, segments := s.view, s.segments
	s.view, s.segments = nil, nil
	s.mu.Unlock()
	if v != nil {
		s.release(v)
	}
	s.drop(segments)
}

// at is where a test may look in, or kill.
func (s *Store) at(point string) {
	if s.opts.signal != nil {
		s.opts.signal(point)
	}
}

// fail logs and remembers an error of the background work.
func (s *Store) fail(what string, err error) {
	if err == nil || errors.Is(err, context.Canceled) {
		return
	}
	s.logger.Error(what, "dir", s.dir, "error", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.errors++
	s.report.lastError = fmt.Sprintf("%s: %v", what, err)
}
