package log

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// session is one run of the embedded server, or one connection to a cluster.
type session struct {
	server *server.Server // nil for a cluster
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
}

func (l *Log) open(ctx context.Context) (*session, error) {
	s := &session{}
	if err := l.connect(ctx, s); err != nil {
		s.close()
		return nil, fmt.Errorf("cannot open log: %w", err)
	}
	return s, nil
}

func (l *Log) connect(ctx context.Context, s *session) (err error) {
	complain := func(_ *nats.Conn, _ *nats.Subscription, err error) {
		l.logger.Warn("the log's connection", "error", err)
	}
	options := []nats.Option{nats.Name("wend"), nats.MaxReconnects(-1), nats.NoCallbacksAfterClientClose(), nats.ErrorHandler(complain)}
	url := l.opts.URL
	if url == "" {
		if s.server, err = startServer(ctx, l.dir(), l.logger); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(s.server), nats.NoReconnect())
	} else {
		options = append(options, nats.Timeout(5*time.Second))
	}
	if s.conn, err = nats.Connect(url, options...); err != nil {
		return err
	}
	if s.js, err = jetstream.New(s.conn); err != nil {
		return err
	}
	maxBytes := l.opts.MaxBytes
	if maxBytes == 0 {
		maxBytes = -1
	}
	s.stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{subject}, Description: "Wend's events, in order of arrival",
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, Storage: jetstream.FileStorage,
		MaxBytes: maxBytes, MaxMsgSize: maxPayload, Replicas: max(l.opts.Replicas, 1), Duplicates: dedupWindow, AllowDirect: true,
	})
	return err
}

func (s *session) close() {
	if s.conn != nil {
		s.conn.Close()
	}
	if s.server != nil {
		s.server.Shutdown()
		s.server.WaitForShutdown()
	}
}

// startServer runs NATS in this process: no port, no signal handlers, every write synced.
func startServer(ctx context.Context, dir string, logger *slog.Logger) (*server.Server, error) {
	srv, err := server.NewServer(&server.Options{
		ServerName: "wend", DontListen: true, NoSigs: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: dir, SyncAlways: true, MaxPayload: maxPayload, MaxPending: 4 * readAhead,
		JetStreamMaxStore: 1 << 60, JetStreamMaxMemory: 64 << 20,
	})
	if err != nil {
		return nil, err
	}
	srv.SetLoggerV2(serverLog{logger}, false, false, false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Start()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	if err := ctx.Err(); err != nil {
		srv.Shutdown()
		return nil, err
	}
	if !srv.ReadyForConnections(10*time.Second) || !srv.JetStreamEnabled() {
		srv.Shutdown()
		srv.WaitForShutdown()
		return nil, errors.New("the embedded NATS server does not start (its log lines say why)")
	}
	return srv, nil
}

// serverLog hands the server's lines to slog. Its notices tell of routine, so they are debug lines here, and its
// fatal lines are errors: the process goes on.
type serverLog struct{ to *slog.Logger }

func (s serverLog) Noticef(f string, v ...any) { s.line(slog.LevelDebug, f, v) }
func (s serverLog) Warnf(f string, v ...any)   { s.line(slog.LevelWarn, f, v) }
func (s serverLog) Fatalf(f string, v ...any)  { s.line(slog.LevelError, f, v) }
func (s serverLog) Errorf(f string, v ...any)  { s.line(slog.LevelError, f, v) }
func (s serverLog) Debugf(f string, v ...any)  { s.line(slog.LevelDebug, f, v) }
func (s serverLog) Tracef(f string, v ...any)  { s.line(slog.LevelDebug, f, v) }

func (s serverLog) line(level slog.Level, format string, v []any) {
	s.to.Log(context.Background(), level, "nats: "+fmt.Sprintf(format, v...))
}
