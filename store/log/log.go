package log

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// MaxMessage is the most bytes that the events of one Append may take encoded.
const MaxMessage = 8<<20 - 64<<10

const (
	maxPayload  = 8 << 20
	subject     = "wend.events"
	streamName  = "wend"
	dedupWindow = time.Minute // a repeated publish of one message within it is stored once
	readAhead   = 32 << 20    // bytes that a reader is sent ahead of what it has handled
	reopenEvery = time.Second
	trimBytes   = 4 << 20 // bytes of messages forgotten at once
	trimPause   = 20 * time.Millisecond
)

// ErrClosed is returned once the log is closed.
var ErrClosed = errors.New("the log is closed")

// ErrTooLarge is wrapped by Append's error when the events do not fit one message.
var ErrTooLarge = fmt.Errorf("events exceed %d bytes of log message", MaxMessage)

// Options say where the log lies and how much room it leaves.
type Options struct {
	Dir      string        // data directory; the embedded log keeps to Dir/log
	URL      string        // a NATS server or cluster instead of the embedded one, "nats://user:password@host:4222,…"
	Replicas int           // copies of the stream in a cluster, default 1
	Logger   *slog.Logger  // default: silent
	MaxBytes int64         // size at which Append answers store.ErrFull, 0: none
	Reserve  int64         // free bytes of the file system below which Append answers store.ErrFull; 0: 64 MiB, negative: none
	AckWait  time.Duration // how long an append may take before the server is taken for broken, default 10 s
}

// Log is a durable sequence of messages, each with the events of one Append. All methods may be used at the same time.
type Log struct {
	opts     Options
	logger   *slog.Logger
	instance string // with counter: names each message, so that a repeated publish is stored once
	counter  atomic.Uint64
	buffers  sync.Pool
	lock     *os.File
	full     atomic.Bool // to log the change once
	recent   recent

	mu      sync.Mutex
	session *session      // nil while it is being opened again
	changed chan struct{} // closed when session or closed changes
	closed  bool
	work    sync.WaitGroup
	stop    context.CancelFunc
	life    context.Context
}

// Open starts the log, or connects to it, and returns when it takes messages. ctx bounds the opening only.
func Open(ctx context.Context, opts Options) (*Log, error) {
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Reserve == 0 {
		opts.Reserve = 64 << 20
	}
	if opts.AckWait == 0 {
		opts.AckWait = 10 * time.Second
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails: crypto/rand
	l := &Log{opts: opts, logger: opts.Logger, instance: hex.EncodeToString(id[:]), changed: make(chan struct{})}
	l.recent.more = make(chan struct{})
	l.buffers.New = func() any { return new([]byte) }
	l.life, l.stop = context.WithCancel(context.Background())
	if opts.URL == "" {
		if err := l.lockDir(); err != nil {
			return nil, err
		}
	}
	s, err := l.open(ctx)
	if err != nil {
		l.stop()
		l.unlockDir()
		return nil, err
	}
	l.session = s
	end, err := l.Last(ctx)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	l.recent.start(end)
	return l, nil
}

// lockDir keeps a second process out: JetStream itself does not.
func (l *Log) lockDir() error {
	dir := l.dir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot open log: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "LOCK"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return fmt.Errorf("cannot open log: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return fmt.Errorf("cannot open log: %s is in use by another process: %w", dir, err)
	}
	l.lock = f
	return nil
}

func (l *Log) unlockDir() {
	if l.lock != nil {
		_ = l.lock.Close()
	}
}

func (l *Log) dir() string { return filepath.Join(l.opts.Dir, "log") }

// Append writes the events as one message and returns its mark once it is on disk. It does not stop halfway when ctx
// ends: after an error the message is not in the log (unless the disk or the cluster failed twice in the middle of it:
// then nobody knows). The error wraps store.ErrFull when there is no room; the log recovers by itself when there is again.
// The log keeps the events for its readers: nobody may change them afterwards.
func (l *Log) Append(ctx context.Context, events []event.Event) (store.Mark, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	buf := l.buffers.Get().(*[]byte)
	defer l.buffers.Put(buf)
	if n := encodedBound(events); cap(*buf) < n {
		*buf = make([]byte, 0, n)
	}
	*buf = Encode((*buf)[:0], events)
	if len(*buf) > MaxMessage {
		return 0, fmt.Errorf("cannot append %d events: %w", len(events), ErrTooLarge)
	}
	mark, err := l.append(ctx, *buf)
	if err == nil && l.opts.URL == "" {
		l.recent.add(entry{mark, events, len(*buf)})
	}
	if err != nil && !errors.Is(err, ErrClosed) {
		err = fmt.Errorf("cannot append %d events: %w", len(events), err)
	}
	if isFull := errors.Is(err, store.ErrFull); l.full.Swap(isFull) != isFull {
		if isFull {
			l.logger.Error("the log is full: events are refused until there is room", "dir", l.opts.Dir, "error", err)
		} else if err == nil {
			l.logger.Info("the log has room again")
		} else {
			l.full.Store(true)
		}
	}
	return mark, err
}

func (l *Log) append(ctx context.Context, message []byte) (store.Mark, error) {
	if err := l.room(len(message)); err != nil {
		return 0, err
	}
	s, err := l.current(ctx)
	if err != nil {
		return 0, err
	}
	id := l.instance + strconv.FormatUint(l.counter.Add(1), 36)
	mark, err := l.publish(s, message, id)
	if err == nil || isRefusal(err) {
		return mark, err
	}
	// Whether it was written is unknown (JetStream does not answer when the disk fails it). Open again and publish
	// the same id once more: what is there already is not stored twice, and the answer is certain.
	l.broken(s, err)
	wait, cancel := context.WithTimeout(l.life, 2*l.opts.AckWait)
	defer cancel()
	s, again := l.current(wait)
	if again == nil {
		mark, again = l.publish(s, message, id)
		if again == nil || isRefusal(again) {
			return mark, again
		}
		l.broken(s, again)
	}
	if l.life.Err() != nil {
		return 0, ErrClosed
	}
	if full := l.room(len(message)); full != nil {
		return 0, full
	}
	return 0, err
}

func (l *Log) publish(s *session, message []byte, id string) (store.Mark, error) {
	ctx, cancel := context.WithTimeout(l.life, l.opts.AckWait)
	defer cancel()
	ack, err := s.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: message}, jetstream.WithMsgID(id), jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, refusal(err)
	}
	return store.Mark(ack.Sequence), nil
}

// JetStream's codes for want of room: the stream at its limit, the server, the account, the storage.
const (
	codeStoreFailed  jetstream.ErrorCode = 10077
	codeInsufficient jetstream.ErrorCode = 10023
	codeAccountFull  jetstream.ErrorCode = 10002
	codeStorageFull  jetstream.ErrorCode = 10047
)

// refusal makes an answer that says no into store.ErrFull; other errors leave it open what happened.
func refusal(err error) error {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode {
		case codeStoreFailed, codeInsufficient, codeAccountFull, codeStorageFull:
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		}
	}
	return err
}

func isRefusal(err error) bool { return errors.Is(err, store.ErrFull) }

// room refuses while the file system has less than the reserve free, before JetStream meets a full disk.
func (l *Log) room(n int) error {
	if l.opts.URL != "" || l.opts.Reserve < 0 {
		return nil
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(l.dir(), &fs); err != nil {
		return fmt.Errorf("cannot tell how much room there is: %w", err)
	}
	if free := int64(fs.Bavail) * fs.Bsize; free < l.opts.Reserve+int64(n) {
		return fmt.Errorf("%w: %d MiB free, %d MiB are kept in reserve", store.ErrFull, free>>20, l.opts.Reserve>>20)
	}
	return nil
}

// Last is the mark of the newest message, zero if there was never one.
func (l *Log) Last(ctx context.Context) (store.Mark, error) {
	s, err := l.current(ctx)
	if err != nil {
		return 0, err
	}
	info, err := s.stream.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("cannot ask for the log's end: %w", err)
	}
	return store.Mark(info.State.LastSeq), nil
}

// Trim forgets messages up to and including upTo. The newest message stays, so that the numbering does. When upTo
// lies past the end (the log was lost while what was sealed from it was not), new messages come after upTo: call it
// at start with the mark that all is sealed to. It takes its time: while the server forgets messages it takes none, so a
// little is forgotten at once, and appends come between.
func (l *Log) Trim(ctx context.Context, upTo store.Mark) error {
	s, err := l.current(ctx)
	if err != nil {
		return err
	}
	info, err := s.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("cannot ask for the log's end: %w", err)
	}
	has := info.State
	first := uint64(upTo) + 1
	if uint64(upTo) == has.LastSeq {
		first = has.LastSeq
	}
	if first <= 1 {
		return nil
	}
	step := max(has.Msgs*trimBytes/max(has.Bytes, 1), 1)
	for at := has.FirstSeq + step; at < min(first, has.LastSeq); at += step {
		if err := l.purge(ctx, at); err != nil {
			return err
		}
		select {
		case <-time.After(trimPause):
		case <-ctx.Done():
			return ctx.Err()
		case <-l.life.Done():
			return ErrClosed
		}
	}
	return l.purge(ctx, first)
}

// purge forgets what comes before a message.
func (l *Log) purge(ctx context.Context, first uint64) error {
	s, err := l.current(ctx)
	if err != nil {
		return err
	}
	if err := s.stream.Purge(ctx, jetstream.WithPurgeSequence(first)); err != nil {
		return fmt.Errorf("cannot trim the log up to %d: %w", first-1, err)
	}
	return nil
}

// Close stops the log. What Append acknowledged is on disk already.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	s := l.session
	l.session = nil
	close(l.changed)
	l.mu.Unlock()
	l.stop()
	l.work.Wait()
	if s != nil {
		s.close()
	}
	l.unlockDir()
	return nil
}

// current waits until the log is open.
func (l *Log) current(ctx context.Context) (*session, error) {
	for {
		l.mu.Lock()
		s, changed, closed := l.session, l.changed, l.closed
		l.mu.Unlock()
		if closed {
			return nil, ErrClosed
		}
		if s != nil {
			return s, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// broken replaces a session that failed; it does nothing for one that has been replaced already. A cluster is left
// to NATS's own reconnecting.
func (l *Log) broken(s *session, cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != s || l.closed || s.server == nil {
		return
	}
	l.session = nil
	l.logger.Warn("the log's server failed, opening it again", "error", cause)
	l.work.Go(func() {
		s.close()
		for {
			fresh, err := l.open(l.life)
			if err == nil {
				l.replace(fresh)
				return
			}
			l.logger.Error("cannot open the log again, will retry", "error", err)
			select {
			case <-l.life.Done():
				return
			case <-time.After(reopenEvery):
			}
		}
	})
}

func (l *Log) replace(fresh *session) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		fresh.close()
		return
	}
	l.session = fresh
	close(l.changed)
	l.changed = make(chan struct{})
	l.logger.Info("the log is open again")
}
