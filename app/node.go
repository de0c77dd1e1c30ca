package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"wend.dev/wend/app/desk"
	"wend.dev/wend/app/watch"
	"wend.dev/wend/collect"
	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/engine/plan"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/identity"
	"wend.dev/wend/journey"
	"wend.dev/wend/meta/sqlite"
	"wend.dev/wend/store"
	"wend.dev/wend/store/log"
	"wend.dev/wend/store/segment"
	"wend.dev/wend/web"
)

// Node is one running server without its listener.
type Node struct {
	config  Config
	logger  *slog.Logger
	meta    *sqlite.Store
	log     *log.Log
	dedup   *dedup.Set
	store   *segment.Store
	graph   *identity.Graph
	collect *collect.Collector
	hub     *httpapi.Hub
	desk    *desk.Desk
	watch   *watch.Watch
	metrics *prometheus.Registry
	seen    *sightings
	handler http.Handler
	erasing sync.Mutex // one erasure at a time

	follow context.CancelFunc
	done   sync.WaitGroup
	health health
}

// Open opens a data directory and everything on it, replays what is in the log but not in files, and starts to follow
// the log. It returns when events can be taken and questions see all that was ever acknowledged.
func Open(ctx context.Context, c Config, logger *slog.Logger) (n *Node, err error) {
	if err := os.MkdirAll(c.Data, 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the data directory: %w", err)
	}
	n = &Node{config: c, logger: logger, graph: identity.New(), metrics: prometheus.NewRegistry(), seen: newSightings()}
	n.health.started = clock{}.Now()
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close(context.WithoutCancel(ctx)))
			n = nil
		}
	}()
	if n.log, err = log.Open(ctx, log.Options{Dir: c.Data, URL: c.Log.URL, Logger: logger, Reserve: c.Store.Reserve}); err != nil {
		return n, err
	}
	if n.meta, err = sqlite.Open(ctx, filepath.Join(c.Data, "meta.db"), clock{}); err != nil {
		return n, err
	}
	if n.dedup, err = dedup.Open(filepath.Join(c.Data, "dedup"), dedup.Options{Capacity: c.Collect.Remember, Retention: c.Collect.Window}); err != nil {
		return n, err
	}
	if damage := n.dedup.Damaged(); damage != nil {
		logger.Error("the de-duplication memory is damaged: what the log still holds is learnt again", "error", damage)
	}
	n.store, err = segment.Open(ctx, segment.Options{Dir: c.Data, Clock: clock{}, Logger: logger, Identities: n.graph,
		Retention: c.Store.Retention, SealAge: c.Store.SealAge, OnSeal: n.sealed})
	if err != nil {
		return n, err
	}
	from, err := n.replay(ctx)
	if err != nil {
		return n, err
	}
	n.collect = collect.New(collect.Options{Log: n.log, Sources: n.meta, Rejections: n, Dedup: n.dedup, Clock: clock{}, Logger: logger, QueueBytes: c.Collect.Queue})
	if err := n.serveAPI(); err != nil {
		return n, err
	}
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	n.follow = stop
	n.watch.Start()
	n.done.Go(func() { n.followLog(life, from) })
	return n, nil
}

// sealed is told that all messages up to a mark are in files: the log forgets those that de-duplication has on disk too.
func (n *Node) sealed(mark store.Mark) error {
	return n.log.Trim(n.lifeless(), min(mark, n.dedup.Mark()))
}

// lifeless is a context for work that must not be cut short by a shutdown.
func (n *Node) lifeless() context.Context { return context.Background() }

// read reads the log from a mark on. A message that the disk has damaged is told, loudly, and passed over (its place is
// handed on empty): it is lost, but what comes after it is not.
func (n *Node) read(ctx context.Context, from store.Mark, fn func(store.Mark, []event.Event) error) error {
	for {
		err := n.log.Read(ctx, from, func(mark store.Mark, events []event.Event) error {
			from = mark + 1
			return fn(mark, events)
		})
		if !errors.Is(err, log.ErrDamaged) {
			return err
		}
		n.logger.Error("a message of the log is damaged: its events are lost", "mark", uint64(from), "error", err)
		n.health.damaged(err)
		if err := fn(from, nil); err != nil {
			return err
		}
		from++
	}
}

var errCaughtUp = errors.New("caught up")

// replay reads what the log holds beyond the files into the tail and into de-duplication. It returns the next mark.
func (n *Node) replay(ctx context.Context) (next store.Mark, err error) {
	sealed, remembered := n.store.Mark(), n.dedup.Mark()
	last, err := n.log.Last(ctx)
	if err != nil {
		return 0, err
	}
	if last < sealed { // the log was lost; what was sealed from it was not
		n.logger.Warn("the log ends before what is sealed: it goes on from there", "log", uint64(last), "sealed", uint64(sealed))
		return sealed + 1, n.log.Trim(ctx, sealed)
	}
	from := min(sealed, remembered) + 1
	if from > last {
		return last + 1, nil
	}
	began, count := clock{}.Now(), 0
	err = n.read(ctx, from, func(mark store.Mark, events []event.Event) error {
		if mark > remembered {
			n.dedup.Observe(events)
		}
		if mark > sealed {
			if err := n.store.Append(ctx, mark, events); err != nil {
				return err
			}
			count += len(events)
		}
		if mark >= last {
			return errCaughtUp
		}
		return nil
	})
	if !errors.Is(err, errCaughtUp) {
		return 0, fmt.Errorf("cannot replay the log: %w", err)
	}
	n.logger.Info("the log is replayed", "events", count, "took", clock{}.Now().Sub(began))
	return last + 1, nil
}

// followLog puts every message into the tail, shows it to those who watch, and goes on until ctx ends.
func (n *Node) followLog(ctx context.Context, from store.Mark) {
	err := n.read(ctx, from, func(mark store.Mark, events []event.Event) error {
		if err := n.watch.Append(events, func() error { return n.store.Append(ctx, mark, events) }); err != nil {
			return err
		}
		n.seen.note(events)
		n.hub.Events(events)
		n.hub.Tick(httpapi.Tick{Newest: n.seen.newest().Time(), Events: n.events(), Version: uint64(mark)})
		n.health.reached(mark)
		return nil
	})
	if err != nil && ctx.Err() == nil {
		n.logger.Error("cannot read the log: answers no longer see new events; restart after mending it", "error", err)
		n.health.broken(err)
	}
}

// events is how many events questions see.
func (n *Node) events() int64 {
	st := n.store.Stats()
	return st.Rows + int64(st.TailRows)
}

func (n *Node) serveAPI() (err error) {
	n.metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), figures{n})
	if n.hub, err = httpapi.NewHub(clock{}, n.metrics); err != nil {
		return err
	}
	questions := exec.New(n.store, clock{})
	n.desk = &desk.Desk{Store: n.meta, Engine: questions, Clock: clock{}, Changed: n.changed, Matchers: checkMatcher, Segments: checkSegment}
	questions.Use(n.desk)
	n.watch = watch.New(watch.Options{Source: n.store, Stored: n.desk, Clock: clock{}, Logger: n.logger, Moved: n.moved, Again: again(n.config.Store.Retention)})
	api, err := httpapi.New(httpapi.Deps{
		Engine: n.desk.Engine, Access: desk.Access{Tokens: n.meta, Sessions: n.meta},
		Journeys: n.desk.Journeys(), Personas: n.desk.Personas(), Touchpoints: n.desk.Touchpoints(), Segments: n.desk.Segmented(),
		Membership: desk.Memberships{Desk: n.desk, Watch: n.watch}.Membership, Versions: n.desk.Versions(),
		Maps: n.desk.Maps(), Definitions: n.desk.Files(), Files: web.Files(),
		Sources:    &desk.Sources{Store: n.meta, Seen: n.seen.of, Clock: clock{}, Changed: n.hub.Changed},
		Rejections: &desk.Rejections{Store: n.meta, Again: n.again, Changed: n.hub.Changed},
		Imports:    desk.Imports{Store: n.meta.Imports(), Clock: clock{}, Changed: n.hub.Changed}, Views: n.desk.Views(),
		Settings: desk.Settings{Store: n.meta, Changed: n.hub.Changed}, Health: n, Erase: n.ErasePerson, Hub: n.hub, Clock: clock{}, Metrics: n.metrics,
		Log: n.logger, QueryTimeout: n.config.Query.Timeout, Secure: n.config.Secure,
	})
	if err != nil {
		return err
	}
	return n.route(api)
}

// checkMatcher says why a matcher cannot be compiled, nil that it can.
func checkMatcher(m seq.Matcher) error {
	_, err := new(plan.Plan).Matcher(m, "match")
	return err
}

// Reject implements collect.Rejections: who looks at the list sees the new ones.
func (n *Node) Reject(ctx context.Context, events []collect.Rejected) error {
	err := n.meta.Reject(ctx, events)
	if err == nil && n.hub != nil {
		n.hub.Changed(httpapi.Changed{Kind: "Rejection"})
	}
	return err
}

// changed tells that a definition was changed.
func (n *Node) changed(c httpapi.Changed) {
	n.hub.Changed(c)
	if c.Kind == journey.KindSegment || c.Kind == "*" {
		n.watch.Refresh()
	}
}

// again is how often segments are built anew: hourly, as retention works, if there is any.
func again(retention int) time.Duration {
	if retention > 0 {
		return time.Hour
	}
	return 0
}

// moved tells those who watch that somebody entered or left a segment.
func (n *Node) moved(m watch.Moved) {
	entered := 0
	for _, c := range m.Changes {
		if c.Entered {
			entered++
		}
	}
	n.hub.Segment(m.ID, m.Size, entered, len(m.Changes)-entered)
}

// checkSegment says why a segment cannot be compiled, nil that it can.
func checkSegment(s seq.StoredSegment, stored map[string]seq.StoredSegment) error {
	c := &plan.Criteria{Stored: stored, Accounts: s.Actor == "account"}
	_, err := c.Add("where", s.Where)
	return err
}

// again sends a rejected event through the checks again.
func (n *Node) again(ctx context.Context, r collect.Rejected) error {
	var invalid *collect.InvalidEvent
	err := n.collect.Retry(ctx, r)
	if errors.As(err, &invalid) {
		return &httpapi.Fault{Kind: "invalid", Reason: "it is still not accepted: " + invalid.Detail}
	}
	return err
}

// route puts ingest, API and UI on one handler.
func (n *Node) route(api http.Handler) error {
	imports := &collect.ImportHandler{Imports: n.meta.Imports(), Sources: n.meta, Clock: clock{},
		Changed: func(i collect.Import) { n.hub.Changed(httpapi.Changed{Kind: "Import", ID: i.ID}) }}
	mux := http.NewServeMux()
	mux.Handle("/v1/import/{id}", imports)
	ingest := n.collect.Handler()
	for _, path := range []string{"/v1/", "/wend.js", "/sourceConfig/", "/sourceConfig"} {
		mux.Handle(path, ingest)
	}
	mux.Handle("/", api)
	n.handler = mux
	return nil
}

// Handler serves everything: ingest, API and UI.
func (n *Node) Handler() http.Handler { return n.handler }

// Close drains and closes everything in reverse order. What was acknowledged is in files or in the log.
func (n *Node) Close(ctx context.Context) error {
	var errs []error
	if n.hub != nil {
		n.hub.Close()
	}
	if n.collect != nil {
		errs = append(errs, n.collect.Close())
	}
	if n.follow != nil {
		n.follow()
		n.done.Wait()
		n.health.broken(errors.New("the server is stopping")) // for those who wait for the log to be followed
	}
	if n.watch != nil {
		n.watch.Stop()
	}
	if n.store != nil {
		err := n.store.Close(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			n.logger.Info("there was no time left to seal: the next start reads those events from the log")
			err = nil
		}
		errs = append(errs, err)
	}
	if n.dedup != nil {
		errs = append(errs, n.dedup.Close())
	}
	if n.log != nil {
		errs = append(errs, n.log.Close())
	}
	if n.meta != nil {
		errs = append(errs, n.meta.Close())
	}
	return errors.Join(errs...)
}
