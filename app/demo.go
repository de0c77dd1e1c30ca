package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/demo"
	"wend.dev/wend/event"
	"wend.dev/wend/httpapi"
	"wend.dev/wend/internal/durable"
	"wend.dev/wend/journey"
)

// World is the simulated shop that a demo shows.
type World struct {
	Profiles int
	Days     int
	Seed     uint64
}

// ahead is how long a demo goes on by itself after its first start: the shop's future is simulated with its past, and
// each event is sent when its time has come.
const ahead = 30 * 24 * time.Hour

// demoState is kept in the data directory, so that a restart goes on with the same shop.
type demoState struct {
	World
	Epoch  time.Time    `json:"epoch"`  // the first start
	Loaded event.Millis `json:"loaded"` // all events before it have been sent
	Token  string       `json:"token"`  // what the browser of the machine itself is logged in with
}

const (
	demoFile    = "demo.json"
	firstScreen = "/journeys/order-and-receive" // what a newcomer sees: a map that is alive
)

// Demo is Serve with the demo workspace: journeys, and the history of a simulated shop, which goes on live.
func Demo(ctx context.Context, c Config, w World, errs io.Writer) error {
	if w.Profiles < 1 || w.Days < 1 {
		return errors.New("a demo needs at least one profile and one day")
	}
	feeding := make(chan struct{})
	ctx, stop := context.WithCancel(ctx)
	defer func() {
		stop()
		<-feeding
	}()
	started := false
	defer func() {
		if !started {
			close(feeding)
		}
	}()
	return serve(ctx, c, errs, func(ctx context.Context, n *Node) (http.Handler, error) {
		d, err := n.loadDemo(ctx, w, errs)
		if err != nil {
			return nil, err
		}
		started = true
		go func() {
			defer close(feeding)
			d.live(ctx)
		}()
		return welcome(n.Handler(), d.state.Token), nil
	})
}

// welcome logs a browser on the same machine in: a demo has no secrets and no users.
func welcome(h http.Handler, token string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		local := err == nil && net.ParseIP(host).IsLoopback()
		page := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
		if _, err := r.Cookie(httpapi.CookieName); err == nil || !local || !page {
			h.ServeHTTP(w, r)
			return
		}
		login, err := http.NewRequestWithContext(r.Context(), http.MethodPost, "/api/v1/session", strings.NewReader(`{"token":"`+token+`"}`))
		if err == nil {
			login.RemoteAddr, login.Host = r.RemoteAddr, r.Host
			login.Header.Set("Content-Type", "application/json")
			answer := headersOnly{http.Header{}}
			h.ServeHTTP(answer, login)
			for _, cookie := range answer.header["Set-Cookie"] {
				w.Header().Add("Set-Cookie", cookie)
			}
		}
		if r.URL.Path == "/" {
			http.Redirect(w, r, firstScreen, http.StatusFound)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// headersOnly is an answer whose body nobody wants.
type headersOnly struct{ header http.Header }

func (a headersOnly) Header() http.Header         { return a.header }
func (a headersOnly) Write(b []byte) (int, error) { return len(b), nil }
func (a headersOnly) WriteHeader(int)             {}

type demoShop struct {
	node   *Node
	path   string
	state  demoState
	future []event.Event
}

func (n *Node) loadDemo(ctx context.Context, w World, errs io.Writer) (*demoShop, error) {
	d := &demoShop{node: n, path: filepath.Join(n.config.Data, demoFile)}
	text, err := os.ReadFile(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.state = demoState{World: w, Epoch: clock{}.Now().UTC()}
		if _, d.state.Token, err = n.meta.CreateToken(ctx, "demo", ""); err != nil {
			return nil, err
		}
		if err := n.publishDemo(ctx); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		if err := json.Unmarshal(text, &d.state); err != nil {
			return nil, fmt.Errorf("cannot read %s: %w", d.path, err)
		}
	}
	fmt.Fprintf(errs, "wend: loading the demo shop (%d people, %d days)\n", d.state.Profiles, d.state.Days)
	return d, d.catchUp(ctx, errs)
}

// publishDemo applies the demo's definition files and publishes its journeys.
func (n *Node) publishDemo(ctx context.Context) error {
	var ask httpapi.Change
	err := fs.WalkDir(demo.Workspace(), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(demo.Workspace(), path)
		ask.Files = append(ask.Files, httpapi.File{Name: path, Text: string(text)})
		return err
	})
	if err != nil {
		return err
	}
	plan, err := n.desk.Files().Apply(ctx, ask)
	if err != nil {
		return err
	}
	if len(plan.Problems) > 0 {
		return fmt.Errorf("the demo workspace is wrong: %+v", plan.Problems[0])
	}
	for _, item := range plan.Items {
		if item.Kind != journey.KindJourney {
			continue
		}
		j, err := n.desk.Journeys().Get(ctx, item.ID)
		if err == nil {
			_, err = n.desk.Versions().Publish(ctx, item.ID, j.Revision, "The demo as it comes")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const demoSource = "default"

// catchUp sends what has happened since the last run and keeps the rest for later.
func (d *demoShop) catchUp(ctx context.Context, errs io.Writer) error {
	now := event.MillisOf(clock{}.Now())
	batch, sent := make([]event.Event, 0, 2000), 0
	flush := func() error {
		if err := d.send(ctx, batch); err != nil {
			return err
		}
		sent += len(batch)
		batch = batch[:0]
		return nil
	}
	world := demo.Options{Profiles: d.state.Profiles, Days: d.state.Days + int(ahead.Hours()/24), Seed: d.state.Seed, End: d.state.Epoch.Add(ahead)}
	for e := range demo.Simulate(world) {
		switch {
		case e.Time >= now:
			d.future = append(d.future, *e)
		case e.Time >= d.state.Loaded:
			if batch = append(batch, *e); len(batch) == cap(batch) {
				if err := flush(); err != nil {
					return err
				}
				if sent%20_000 == 0 {
					fmt.Fprintf(errs, "wend: %d events\n", sent)
				}
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	slices.SortFunc(d.future, func(a, b event.Event) int { return cmp.Compare(a.Time, b.Time) })
	return d.save(now)
}

func (d *demoShop) send(ctx context.Context, events []event.Event) error {
	if len(events) == 0 {
		return nil
	}
	var invalid *collect.InvalidEvent
	err := d.node.collect.Submit(ctx, demoSource, events)
	if errors.As(err, &invalid) {
		return fmt.Errorf("BUG: the simulator made an event that is not accepted: %w", err)
	}
	return err
}

func (d *demoShop) save(loaded event.Millis) error {
	d.state.Loaded = loaded
	text, err := json.MarshalIndent(d.state, "", "  ")
	if err != nil {
		return err
	}
	return durable.WriteFile(d.path, append(text, '\n'))
}

// live sends each event of the shop's future when its time has come.
func (d *demoShop) live(ctx context.Context) {
	for len(d.future) > 0 {
		wait := time.NewTimer(time.Until(d.future[0].Time.Time()))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
		}
		now := event.MillisOf(clock{}.Now())
		n, _ := slices.BinarySearchFunc(d.future, now+1, func(e event.Event, t event.Millis) int { return cmp.Compare(e.Time, t) })
		if err := d.send(ctx, d.future[:n]); err != nil {
			if ctx.Err() == nil {
				d.node.logger.Error("the demo shop has stopped", "error", err)
			}
			return
		}
		d.future = d.future[n:]
		if err := d.save(now + 1); err != nil {
			d.node.logger.Error("cannot save how far the demo shop is", "error", err)
		}
	}
}
