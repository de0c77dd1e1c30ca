package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
	"github.com/goccy/go-yaml"

	"wend.dev/wend/app"
)

// streams are where a command reads and writes.
type streams struct {
	in   io.Reader
	out  io.Writer
	errs io.Writer
}

// cli is the whole command line. Every flag can be set by an environment variable (--store.retention is
// WEND_STORE_RETENTION) and in the YAML file that --config names.
type cli struct {
	Config  kong.ConfigFlag  `help:"YAML file with any of the flags." placeholder:"FILE"`
	Version kong.VersionFlag `help:"Print the version and exit."`

	Serve    serveCmd    `cmd:"" help:"Run the server: collect, store, answer, show."`
	Demo     demoCmd     `cmd:"" help:"The same, with the demo workspace loaded."`
	Import   importCmd   `cmd:"" help:"Load files into a server. Can be interrupted and run again."`
	Query    queryCmd    `cmd:"" help:"Ask a server a question from a JSON file."`
	Simulate simulateCmd `cmd:"" help:"Make the events of a simulated shop."`
	Export   exportCmd   `cmd:"" help:"Write a server's definitions into a folder as YAML."`
	Diff     diffCmd     `cmd:"" help:"Show what apply would change."`
	Apply    applyCmd    `cmd:"" help:"Make a server's definitions like those in a folder."`
	Backup   backupCmd   `cmd:"" help:"Write a stopped or running data directory into one file."`
	Restore  restoreCmd  `cmd:"" help:"Make a data directory from a backup."`
	Check    checkCmd    `cmd:"" help:"Verify the sums of every file in a data directory."`
	OpenAPI  openAPICmd  `cmd:"" name:"openapi" help:"Print the API's OpenAPI 3.1 document."`
}

// remote is how a command reaches a server.
type remote struct {
	Server string `required:"" env:"WEND_SERVER" help:"The server's address: https://wend.example.com"`
	Key    string `required:"" env:"WEND_KEY" help:"API token, or for events a source's write key."`
}

func run(ctx context.Context, args []string, s streams) (code int) {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("wend"), kong.Description("Customer journeys: planned, observed, improved."),
		kong.DefaultEnvars("WEND"), kong.Configuration(yamlConfig), kong.Vars{"version": version(), "questions": strings.Join(slices.Sorted(maps.Keys(tables())), ",")}, kong.Writers(s.out, s.errs),
		kong.Exit(func(n int) { exited = n }), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		fmt.Fprintln(s.errs, "wend:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if exited >= 0 { // --help, --version
		return exited
	}
	if err != nil {
		fmt.Fprintf(s.errs, "wend: %v\nTry: wend --help\n", err)
		return 2
	}
	if err := command.Run(); err != nil {
		var shown reported
		if !errors.As(err, &shown) {
			fmt.Fprintln(s.errs, "wend:", err)
		}
		return 1
	}
	return 0
}

// reported is an error that the command has told of already.
type reported struct{ error }

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			commit = " " + s.Value[:12]
		}
	}
	return info.Main.Version + commit
}

// yamlConfig reads --config: nested maps are dotted flags (store: {retention: 30} is --store.retention=30).
func yamlConfig(r io.Reader) (kong.Resolver, error) {
	var tree map[string]any
	if err := yaml.NewDecoder(r).Decode(&tree); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	flat := map[string]any{}
	flatten("", tree, flat)
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		return flat[flag.Name], nil
	}), nil
}

func flatten(prefix string, tree map[string]any, into map[string]any) {
	for k, v := range tree {
		if sub, ok := v.(map[string]any); ok {
			flatten(prefix+k+".", sub, into)
			continue
		}
		into[prefix+k] = fmt.Sprint(v)
	}
}

type serveCmd struct {
	app.Config
}

func (c *serveCmd) Run(ctx context.Context, s streams) error { return app.Serve(ctx, c.Config, s.errs) }

type demoCmd struct {
	app.Config
	Profiles int    `default:"8000" help:"People in the simulated shop."`
	Days     int    `default:"120" help:"Days of history."`
	Seed     uint64 `default:"1" help:"Any number; the same gives the same shop."`
}

func (c *demoCmd) Run(ctx context.Context, s streams) error {
	return app.Demo(ctx, c.Config, app.World{Profiles: c.Profiles, Days: c.Days, Seed: c.Seed}, s.errs)
}

type backupCmd struct {
	Data string `required:"" type:"path" help:"Data directory."`
	File string `arg:"" help:"Backup to write: NAME.tar.zst"`
}

func (c *backupCmd) Run(ctx context.Context, s streams) error {
	return app.Backup(ctx, c.Data, c.File, s.errs)
}

type restoreCmd struct {
	Data string `required:"" type:"path" help:"Data directory to make; must be empty or absent."`
	File string `arg:"" help:"Backup to read."`
}

func (c *restoreCmd) Run(ctx context.Context, s streams) error {
	return app.Restore(ctx, c.Data, c.File, s.errs)
}

type checkCmd struct {
	Data string `required:"" type:"existingdir" help:"Data directory."`
}

func (c *checkCmd) Run(ctx context.Context, s streams) error {
	problems, err := app.Check(ctx, c.Data)
	if err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintln(s.out, p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems in %s", len(problems), c.Data)
	}
	fmt.Fprintln(s.out, "ok: every file is whole")
	return nil
}

type openAPICmd struct{}

func (openAPICmd) Run(s streams) error { return app.OpenAPI(s.out) }

func readInput(s streams, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(s.in)
	}
	return os.ReadFile(name)
}
