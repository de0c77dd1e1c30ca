package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"wend.dev/wend/httpapi"
	"wend.dev/wend/meta"
)

// drainTime is how long requests under way may take after SIGTERM; with the sealing after it, it stays under 10 s.
const drainTime = 4 * time.Second

// The heap may grow further than Go lets it by default before it is collected, since most of what is allocated under load
// lives for a few seconds, until the tail packs it; but not when it is large already. GOGC or GOMEMLIMIT in the
// environment take the place of both.
const (
	gcPercent   = 200
	memoryLimit = 1 << 30 // bytes; mapped files are not among them
)

// Serve runs a server until ctx ends, then drains and returns. It prints one line when it answers.
func Serve(ctx context.Context, c Config, errs io.Writer) error {
	return serve(ctx, c, errs, func(context.Context, *Node) (http.Handler, error) { return nil, nil })
}

// serve is Serve with a step between opening and listening, which may also wrap the handler.
func serve(ctx context.Context, c Config, errs io.Writer, prepare func(context.Context, *Node) (http.Handler, error)) error {
	logger := c.logger(errs)
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetGCPercent(gcPercent)
		debug.SetMemoryLimit(memoryLimit)
	}
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen: %w", err)
	}
	defer listener.Close()
	n, err := Open(ctx, c, logger)
	if err != nil {
		return err
	}
	address := "http://" + listener.Addr().String()
	err = n.bootstrap(ctx, address, errs)
	var handler http.Handler
	if err == nil {
		handler, err = prepare(ctx, n)
	}
	if err == nil {
		if handler == nil {
			handler = n.Handler()
		}
		fmt.Fprintf(errs, "wend: ready on %s\n", address)
		err = listen(ctx, listener, handler, n.hub)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, n.Close(closing))
}

func listen(ctx context.Context, l net.Listener, h http.Handler, hub *httpapi.Hub) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	hub.Close() // the live feeds never end by themselves
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return server.Close()
	}
	return nil
}

// bootstrap gives a new data directory its first source and its first token.
func (n *Node) bootstrap(ctx context.Context, address string, errs io.Writer) error {
	sources, err := n.meta.ListSources(ctx)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		s := meta.Source{ID: "default", Name: "Default source", Platform: "web", Key: n.config.BootstrapWriteKey}
		if _, err := n.meta.CreateSource(ctx, s); err != nil {
			return fmt.Errorf("cannot create the first source: %w", err)
		}
	}
	tokens, err := n.meta.ListTokens(ctx)
	if err != nil || len(tokens) > 0 {
		return err
	}
	_, secret, err := n.meta.CreateToken(ctx, "admin", n.config.BootstrapAPIKey)
	if err != nil {
		return fmt.Errorf("cannot create the first API token: %w", err)
	}
	if n.config.BootstrapAPIKey == "" {
		fmt.Fprintf(errs, "wend: admin invitation, shown this once: %s/#/join?token=%s\n", address, secret)
	}
	return nil
}
