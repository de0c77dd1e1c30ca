// Package app is no stage: a configuration in, a running server out. It is the only place that names a back-end, and
// it decides nothing: it opens the parts in order, hands them to each other and closes them in reverse.
package app

import (
	"io"
	"log/slog"
	"time"
)

// Config is what a server can be told. The tags make it a set of command-line flags.
type Config struct {
	Data   string `required:"" type:"path" help:"Data directory; made if absent."`
	Listen string `default:"127.0.0.1:8080" help:"Address to listen on, HOST:PORT; port 0 picks a free one."`
	Secure bool   `help:"Browsers reach this server over HTTPS only: cookies are marked so."`

	Log     LogConfig     `embed:"" prefix:"log."`
	Store   StoreConfig   `embed:"" prefix:"store."`
	Collect CollectConfig `embed:"" prefix:"collect."`
	Query   QueryConfig   `embed:"" prefix:"query."`

	BootstrapWriteKey string `env:"WEND_BOOTSTRAP_WRITE_KEY" hidden:"" help:"Write key of the first source, at first start."`
	BootstrapAPIKey   string `env:"WEND_BOOTSTRAP_API_KEY" hidden:"" help:"First API token, at first start."`
}

// LogConfig is about the program's own log lines, and about the event log's server.
type LogConfig struct {
	Level string `enum:"debug,info,warn,error" default:"info" help:"Least important lines that are written."`
	JSON  bool   `help:"Write log lines as JSON."`
	URL   string `placeholder:"nats://…" help:"Keep events in this NATS cluster until they are sealed, not in the embedded server."`
}

// StoreConfig is about how events are kept.
type StoreConfig struct {
	Retention int           `default:"0" help:"Days that events are kept; 0 keeps them all."`
	Reserve   int64         `default:"67108864" help:"Bytes of disk kept free: below it events are refused with 503."`
	SealAge   time.Duration `default:"10m" help:"Longest time that events stay in the log before they are sealed into files."`
}

// CollectConfig is about taking events in.
type CollectConfig struct {
	Remember int           `default:"67108864" help:"Message ids remembered for de-duplication, at most."`
	Queue    int64         `default:"67108864" help:"Bytes of events that may wait for the disk before senders are told to wait (429)."`
	Window   time.Duration `default:"24h" help:"How long a message id is remembered at least."`
}

// QueryConfig is about answering questions.
type QueryConfig struct {
	Timeout time.Duration `default:"30s" help:"Longest a question may take."`
}

// logger writes the program's log lines.
func (c Config) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Log.JSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// clock is the real time.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }
