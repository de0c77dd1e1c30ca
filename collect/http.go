package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"wend.dev/wend/collect/dedup"
	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// answer is an error on its way to a client. Every SDK finds code and message in its body.
type answer struct {
	status  int
	code    string
	message string
	retry   int // seconds for Retry-After, 0 for none
}

func (a *answer) Error() string { return a.message }

func invalid(code, format string, args ...any) *answer {
	return &answer{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

// unavailable is the answer when the log does not take events.
func unavailable(err error) *answer {
	a := &answer{http.StatusServiceUnavailable, "unavailable", "events cannot be stored at the moment; send them again", 2}
	if errors.Is(err, store.ErrFull) {
		a.message, a.retry = "there is no room to store events; send them again later", 10
	}
	return a
}

// Handler serves the ingest surface: /v1/…, /sourceConfig/ and /wend.js. Paths may end in slashes. It answers 404 for
// any other path, so that it can be mounted on those prefixes or stand alone. docs/ingest.md describes it.
func (c *Collector) Handler() http.Handler { return http.HandlerFunc(c.serve) }

func (c *Collector) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimRight(r.URL.Path, "/")
	allowOrigin(w, r)
	if r.Method == http.MethodOptions {
		preflight(w, r)
		return
	}
	if to, ok := eventRoute(path); ok {
		c.serveEvents(w, r, to)
		return
	}
	key, settings := strings.CutPrefix(path, "/v1/projects/")
	if settings {
		key, settings = strings.CutSuffix(key, "/settings")
	}
	if path != "/wend.js" && path != "/sourceConfig" && !settings {
		(&answer{status: http.StatusNotFound, code: "not_found", message: "there is nothing at " + clip(path, 128)}).write(w)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		notAllowed(w, "GET, HEAD, OPTIONS")
		return
	}
	switch {
	case settings:
		c.serveSettings(w, r, key)
	case path == "/wend.js":
		c.serveScript(w, r)
	default:
		c.serveSourceConfig(w, r)
	}
}

func (c *Collector) serveEvents(w http.ResponseWriter, r *http.Request, to route) {
	if r.Method != http.MethodPost {
		notAllowed(w, "POST, OPTIONS")
		return
	}
	if no := c.ingest(r, to); no != nil {
		c.counters.answered(no.status)
		no.write(w)
		return
	}
	c.counters.answered(http.StatusOK)
	w.Header()["Content-Type"] = jsonType
	_, _ = w.Write(success) // if the client is gone it will send again
}

func notAllowed(w http.ResponseWriter, methods string) {
	w.Header().Set("Allow", methods)
	(&answer{status: http.StatusMethodNotAllowed, code: "method_not_allowed", message: "allowed here: " + methods}).write(w)
}

var (
	jsonType = []string{"application/json"}
	success  = []byte(`{"success":true}`)
)

func (a *answer) write(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h.Set("Cache-Control", "no-store")
	if a.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(a.retry))
	}
	w.WriteHeader(a.status)
	b, err := json.Marshal(map[string]any{"code": a.code, "message": a.message, "success": false})
	if err != nil {
		panic("BUG: an error body does not marshal: " + err.Error())
	}
	_, _ = w.Write(b) // nobody is left to tell
}

// route is a path that takes events: kind 0 is a batch, each of whose events says its type.
type route struct{ kind event.Kind }

func eventRoute(path string) (route, bool) {
	name, ok := strings.CutPrefix(path, "/v1/")
	if !ok {
		return route{}, false
	}
	switch name {
	case "batch", "b", "import":
		return route{}, true
	}
	kind, ok := event.ParseKind(name)
	return route{kind}, ok
}

// allowOrigin lets pages of any site read the answer: the write key is public, and no cookie is looked at here.
func allowOrigin(w http.ResponseWriter, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true") // sendBeacon asks with credentials
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	h.Add("Vary", "Origin")
}

const allowedHeaders = "authorization, content-type, content-encoding, anonymousid, sentat, x-write-key, x-retry-count"

func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	headers := allowedHeaders
	for _, name := range strings.Split(r.Header.Get("Access-Control-Request-Headers"), ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if isToken(name) && !strings.Contains(", "+headers+",", ", "+name+",") && len(headers) < 1024 {
			headers += ", " + name
		}
	}
	h.Set("Access-Control-Allow-Headers", headers)
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Max-Age", "7200")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	w.WriteHeader(http.StatusNoContent)
}

func isToken(s string) bool {
	for _, c := range []byte(s) {
		if c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// ingest takes a request's events; nil means that all of them are on disk or in the rejected-events list.
func (c *Collector) ingest(r *http.Request, to route) *answer {
	in := arrival{kind: to.kind, at: event.MillisOf(c.o.Clock.Now()), sentAt: r.Header.Get("Sentat")}
	source, err := c.byHeader(r)
	if err != nil {
		return err
	}
	limit := int64(DefaultBatchBytes)
	if source != nil && source.MaxBatchBytes > 0 {
		limit = source.MaxBatchBytes
	} else if source == nil {
		limit = max(limit, maxUnknownBytes)
	}
	body, err := c.read(r, limit)
	defer c.edge.give(body.taken)
	if err != nil {
		return err
	}
	c.counters.bytes.Add(uint64(len(body.text)))
	d := c.decoders.Get().(*decoder)
	defer c.decoders.Put(d)
	req, bad, err := c.decode(r.Context(), d, body.text, source, in)
	d.reset("")
	if err != nil {
		return err
	}
	return c.store(r.Context(), req, bad, to)
}

// maxUnknownBytes bounds the body of a request whose source is only known once it is read.
const maxUnknownBytes = 4 << 20

// byHeader finds the source by the request's headers or query; nil if they carry no key.
func (c *Collector) byHeader(r *http.Request) (*Source, *answer) {
	key, _, _ := r.BasicAuth()
	if key == "" {
		key = r.Header.Get("X-Write-Key")
	}
	if key == "" && r.URL.RawQuery != "" {
		key = r.URL.Query().Get("writeKey")
	}
	if key == "" {
		return nil, nil
	}
	return c.byKey(r.Context(), key)
}

func (c *Collector) byKey(ctx context.Context, key string) (*Source, *answer) {
	s, err := c.o.Sources.ByKey(ctx, key)
	switch {
	case errors.Is(err, ErrUnknownKey):
		return nil, &answer{status: http.StatusUnauthorized, code: "unauthorized", message: "no source has this write key"}
	case err != nil:
		c.o.Logger.Error("cannot look up a write key", "error", err)
		return nil, unavailable(err)
	}
	return &s, nil
}

// decode makes a request's events of its body.
func (c *Collector) decode(ctx context.Context, d *decoder, body string, source *Source, in arrival) (*request, []Rejected, *answer) {
	d.reset(body)
	most := DefaultBatchEvents
	if source != nil && source.MaxBatchEvents > 0 {
		most = source.MaxBatchEvents
	}
	e, err := d.open(most)
	if err != nil {
		return nil, nil, invalid("invalid_json", "%s", err)
	}
	if source == nil {
		if e.writeKey == "" {
			e.writeKey = d.keyInside(&e)
		}
		if e.writeKey == "" {
			return nil, nil, &answer{status: http.StatusUnauthorized, code: "unauthorized", message: "the request carries no write key"}
		}
		var no *answer
		if source, no = c.byKey(ctx, e.writeKey); no != nil {
			return nil, nil, no
		}
		limit := source.MaxBatchBytes
		if limit <= 0 {
			limit = DefaultBatchBytes
		}
		if int64(len(body)) > limit {
			return nil, nil, tooLarge(limit)
		}
		if source.MaxBatchEvents > 0 {
			most = source.MaxBatchEvents
		}
	}
	if len(e.spans) > most {
		return nil, nil, invalid("too_many_events", "a batch takes at most %d events", most)
	}
	if retry, ok := c.rates.take(*source, len(e.spans), c.o.Clock.Now()); !ok {
		return nil, nil, &answer{http.StatusTooManyRequests, "limited", "this source sends more events per second than it may", retry}
	}
	in.source, in.utf8 = source.ID, utf8.ValidString(body)
	return d.all(&e, in)
}

// all decodes every event of an envelope.
func (d *decoder) all(e *envelope, in arrival) (*request, []Rejected, *answer) {
	if e.batch {
		in.kind = 0
	}
	if err := d.share(e); err != nil {
		return nil, nil, invalid("invalid_json", "%s", err)
	}
	if d.spread*len(e.spans) > maxSpread {
		return nil, nil, invalid("too_large", "the batch's context of %d bytes goes to each of %d events: too much", d.spread, len(e.spans))
	}
	r := &request{items: make([]item, 0, len(e.spans)), done: make(chan error, 1)}
	var bad []Rejected
	for _, span := range e.spans {
		ev, no, err := d.decode(span, e, in)
		if err != nil {
			return nil, nil, invalid("invalid_json", "%s", err)
		}
		if no != nil {
			bad = append(bad, rejected(&ev, no, d.s[span[0]:span[1]]))
			continue
		}
		ev.Fields = d.take()
		if ev.MessageID == "" {
			ev.MessageID = freshID()
		}
		ev.Profile = event.ProfileOf(ev.UserID, ev.AnonymousID)
		r.items = append(r.items, item{event: ev, id: dedup.ID(in.source, ev.MessageID), size: sizeOf(&ev)})
	}
	return r, bad, nil
}

// store waits until the events are on disk and the rejected ones in their list.
func (c *Collector) store(ctx context.Context, r *request, bad []Rejected, to route) *answer {
	if len(r.items) > 0 {
		if !c.queue.put(r) {
			return unavailable(ErrClosed)
		}
		if err := <-r.done; err != nil {
			return unavailable(err)
		}
	}
	if len(bad) == 0 {
		return nil
	}
	if err := c.o.Rejections.Reject(context.WithoutCancel(ctx), bad); err != nil {
		c.o.Logger.Error("cannot keep rejected events", "error", err)
		return unavailable(err)
	}
	c.counters.refused(bad)
	if to.kind != 0 && len(r.items) == 0 && len(bad) == 1 {
		return invalid(bad[0].Reason, "%s", bad[0].Detail)
	}
	return nil
}
