package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// peer is what clickhouse.mjs and duckdb.mjs print.
type peer struct {
	Version     string  `json:"version"`
	Threads     int     `json:"threads"`
	Events      int     `json:"events"`
	Bytes       int64   `json:"bytes"`
	Parts       int     `json:"parts"`
	LoadSeconds float64 `json:"load_seconds"`
	Answers     []timed `json:"answers"`
}

// ask asks all sides, one after the other, and compares what they say.
func (s *set) ask(ctx context.Context, o options, data string) (err error) {
	if s.click, err = askPeer(ctx, o, data, "clickhouse"); err != nil {
		return err
	}
	if s.duck, err = askPeer(ctx, o, data, "duckdb"); err != nil {
		return err
	}
	note("Wend")
	if err := self(ctx, &s.engine, "ask", "-dir", data); err != nil {
		return err
	}
	for name, p := range map[string]*peer{"ClickHouse": s.click, "DuckDB": s.duck} {
		if p.Events != s.sizes.Tracks {
			return fmt.Errorf("%s holds %d events instead of %d", name, p.Events, s.sizes.Tracks)
		}
		for i, a := range s.engine.Answers {
			if err := equal(a.Rows, p.Answers[i].Rows, name); err != nil {
				return fmt.Errorf("%s: %w", a.Label, err)
			}
		}
	}
	return nil
}

// askPeer has a peer load its files and answer; what it made is removed again.
func askPeer(ctx context.Context, o options, data, name string) (*peer, error) {
	note("%s", name)
	spec, err := json.Marshal(newPeerSpec())
	if err != nil {
		return nil, err
	}
	base, err := filepath.Abs(data)
	if err != nil {
		return nil, err
	}
	events, profiles := peerFiles(base)
	dir := filepath.Join(o.dir, name)
	defer os.RemoveAll(dir)
	var p peer
	if err := call(exec.CommandContext(ctx, "node", filepath.Join(o.root, "test", "bench", name+".mjs"), events, profiles, dir, string(spec)), &p); err != nil {
		return nil, err
	}
	for i, q := range questions {
		if i >= len(p.Answers) || p.Answers[i].Label != q.Label {
			return nil, fmt.Errorf("%s did not answer %q", name, q.Label)
		}
		if q.Kind == "breakdown" {
			p.Answers[i].Rows = foldBrands(p.Answers[i].Rows)
		}
	}
	return &p, nil
}

// equal tells where two answers differ first.
func equal(wend, other []row, name string) error {
	for i := range max(len(wend), len(other)) {
		switch {
		case i >= len(wend):
			return fmt.Errorf("%s has a %q of %d, Wend has none", name, other[i].Key, other[i].N)
		case i >= len(other):
			return fmt.Errorf("Wend has a %q of %d, %s has none", wend[i].Key, wend[i].N, name)
		case wend[i] != other[i]:
			return fmt.Errorf("the answers differ: Wend says %v, %s %v", wend[i], name, other[i])
		}
	}
	if len(wend) == 0 {
		return fmt.Errorf("nobody is in the answer, so it says nothing about the engines")
	}
	return nil
}

// label finds an answer by its question.
func label(answers []timed, name string) *timed {
	i := slices.IndexFunc(answers, func(t timed) bool { return t.Label == name })
	if i < 0 {
		return nil
	}
	return &answers[i]
}
