package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"wend.dev/wend/collect"
	"wend.dev/wend/event"
)

// ErrUnauthorized is wrapped by Run's error when the server does not know the write key.
var ErrUnauthorized = errors.New("the server does not know this write key")

// ErrCancelled is wrapped by Run's error when somebody cancelled the import on the server. The same call goes on there.
var ErrCancelled = errors.New("the import was cancelled on the server")

const (
	firstContact = 20 * time.Second // how long a server that never answered is tried
	longestWait  = 5 * time.Minute
)

// client speaks to the server. Its requests are repeated until they are answered for good.
type client struct {
	http     *http.Client
	base     string
	key      string
	clock    event.Clock
	retryFor time.Duration
	wait     func(context.Context, time.Duration) error
	onWait   func(problem string, d time.Duration)
	met      bool // the server has answered before
	retries  int64
}

func newClient(o *Options, onWait func(string, time.Duration)) (client, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return client{}, fmt.Errorf("%q is not the URL of a server, such as http://127.0.0.1:8080", o.Server)
	}
	if o.Key == "" {
		return client{}, errors.New("no write key: it stands under Data → Sources")
	}
	c := client{
		http: o.HTTP, base: strings.TrimRight(o.Server, "/") + "/v1/import", key: o.Key, clock: o.Clock,
		retryFor: o.RetryFor, wait: o.Wait, onWait: onWait,
	}
	if c.http == nil {
		c.http = &http.Client{Timeout: time.Minute}
	}
	if c.retryFor == 0 {
		c.retryFor = 15 * time.Minute
	}
	if c.wait == nil {
		c.wait = sleep
	}
	return c, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// post sends a batch until it is acknowledged.
func (c *client) post(ctx context.Context, body []byte) error {
	_, err := c.do(ctx, http.MethodPost, "", body)
	if err != nil {
		return fmt.Errorf("cannot send events: %w", err)
	}
	return nil
}

// note writes the import's state to the server.
func (c *client) note(ctx context.Context, s *collect.Import) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("BUG: import state: %w", err)
	}
	_, err = c.do(ctx, http.MethodPut, "/"+s.ID, body)
	return err
}

// state reads the import's state; found is false when it was never begun.
func (c *client) state(ctx context.Context, id string) (s collect.Import, found bool, err error) {
	body, err := c.do(ctx, http.MethodGet, "/"+id, nil)
	var a *answerError
	if errors.As(err, &a) && a.status == http.StatusNotFound && a.code == "not_found" {
		return s, false, nil
	}
	if err != nil {
		return s, false, fmt.Errorf("cannot ask the server how far the import is: %w", err)
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, false, fmt.Errorf("cannot ask the server how far the import is: is it Wend that answers at %s? %w", c.base, err)
	}
	return s, true, nil
}

// do makes a request, and again while the server cannot be reached or asks for patience.
func (c *client) do(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	start := c.clock.Now()
	for try := 0; ; try++ {
		answer, after, err := c.once(ctx, method, path, body)
		var a *answerError
		final := errors.As(err, &a) && !a.passing()
		if err == nil || final || ctx.Err() != nil {
			if ctx.Err() != nil && err != nil {
				err = ctx.Err()
			}
			return answer, err
		}
		limit := c.retryFor
		if !c.met {
			limit = min(limit, firstContact)
		}
		d := pause(try)
		if after > 0 {
			d = min(after, longestWait)
		}
		if c.clock.Now().Add(d).Sub(start) > limit {
			return nil, fmt.Errorf("gave up after %s: %w", c.clock.Now().Sub(start).Round(time.Second), err)
		}
		c.retries++
		c.onWait(err.Error(), d)
		if err := c.wait(ctx, d); err != nil {
			return nil, err
		}
	}
}

// pause is half a second, doubled with each try up to half a minute, less up to half of it by chance.
func pause(try int) time.Duration {
	d := min(500*time.Millisecond<<min(try, 10), 30*time.Second)
	return d - rand.N(d/2)
}

// answerError is an answer other than 200.
type answerError struct {
	status  int
	code    string
	message string
}

// Error is the status and the server's reason.
func (a *answerError) Error() string {
	return fmt.Sprintf("the server answered %d %s: %s", a.status, http.StatusText(a.status), a.message)
}

// Unwrap gives ErrUnauthorized for a key the server does not know, ErrCancelled for an import that was cancelled.
func (a *answerError) Unwrap() error {
	switch {
	case a.status == http.StatusUnauthorized:
		return ErrUnauthorized
	case a.status == http.StatusConflict && a.code == "cancelled":
		return ErrCancelled
	}
	return nil
}

// passing says whether the same request may succeed later.
func (a *answerError) passing() bool {
	return a.status == http.StatusTooManyRequests || a.status == http.StatusRequestTimeout || a.status >= 500
}

// once makes a request; after is how long the server asked to wait, 0 if it did not.
func (c *client) once(ctx context.Context, method, path string, body []byte) (answer []byte, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, fmt.Errorf("BUG: request: %w", err)
	}
	req.SetBasicAuth(c.key, "")
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("cannot reach the server: %w", err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return nil, 0, fmt.Errorf("cannot read the server's answer: %w", err)
	}
	c.met = true
	if res.StatusCode == http.StatusOK {
		return answer, 0, nil
	}
	a := &answerError{status: res.StatusCode}
	var said struct{ Code, Message string }
	if json.Unmarshal(answer, &said) == nil {
		a.code, a.message = said.Code, said.Message
	} else {
		a.message = strings.TrimSpace(string(answer[:min(len(answer), 200)]))
	}
	return nil, c.retryAfter(res.Header.Get("Retry-After")), a
}

// retryAfter reads seconds or a date.
func (c *client) retryAfter(h string) time.Duration {
	if n, err := strconv.Atoi(h); err == nil && n > 0 {
		return time.Duration(min(n, 86400)) * time.Second
	}
	if t, err := http.ParseTime(h); err == nil {
		return max(t.Sub(c.clock.Now()), 0)
	}
	return 0
}
