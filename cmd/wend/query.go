package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
)

type queryCmd struct {
	remote
	Question string `arg:"" enum:"${questions}" help:"One of ${questions}."`
	File     string `short:"f" required:"" help:"JSON file with the question, - for standard input."`
	Output   string `short:"o" enum:"table,json" default:"table" help:"table or json."`
}

// tables are the questions that can be asked, and how each answer is written as a table; nil: as JSON only.
func tables() map[string]func(*tabwriter.Writer, []byte) error {
	return map[string]func(*tabwriter.Writer, []byte) error{
		"attribution":   attributionTable,
		"conformance":   conformanceTable,
		"drivers":       driversTable,
		"first_contact": contactTable,
		"funnel":        funnelTable,
		"journey":       nil,
		"lifecycle":     lifecycleTable,
		"overlap":       overlapTable,
		"paths":         pathsTable,
		"retention":     retentionTable,
		"segment":       segmentTable,
		"stickiness":    stickinessTable,
		"timeline":      timelineTable,
		"trend":         trendTable,
		"who":           whoTable,
	}
}

func (c *queryCmd) Run(ctx context.Context, s streams) error {
	body, err := readInput(s, c.File)
	if err != nil {
		return err
	}
	if !json.Valid(body) {
		return fmt.Errorf("%s is not JSON", c.File)
	}
	path := c.Question
	if path == "who" {
		path = "funnel/who"
	}
	var answer json.RawMessage
	if err := c.call(ctx, "POST", "/api/v1/query/"+path, json.RawMessage(body), &answer); err != nil {
		return err
	}
	table := tables()[c.Question]
	if c.Output == "json" || table == nil {
		_, err = fmt.Fprintln(s.out, string(answer))
		return err
	}
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	if err := table(w, answer); err != nil {
		return err
	}
	return w.Flush()
}

func footer(w io.Writer, m seq.Meta) {
	fmt.Fprintf(w, "\n%d actors, %d events read in %.1f ms\n", m.Actors, m.EventsScanned, m.ElapsedMS)
}

func timelineTable(w *tabwriter.Writer, b []byte) error {
	var a seq.TimelineAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintln(w, "TIME\tCALL\tEVENT\tFIELDS")
	for _, e := range a.Events {
		fields, err := json.Marshal(e.Fields)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", e.Time, e.Kind, e.Name, fields)
	}
	footer(w, a.Meta)
	return nil
}

func orNone(v string) string {
	if v == "" {
		return "(none)"
	}
	return v
}

// span writes seconds as a person would say them.
func span(seconds float64) string {
	switch {
	case seconds < 90:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 90*60:
		return fmt.Sprintf("%.0f min", seconds/60)
	case seconds < 48*3600:
		return fmt.Sprintf("%.1f h", seconds/3600)
	}
	return fmt.Sprintf("%.1f d", seconds/86400)
}
