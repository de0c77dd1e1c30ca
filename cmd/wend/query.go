package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
)

type queryCmd struct {
	remote
	Question string `arg:"" enum:"funnel,paths,trend,retention,lifecycle,stickiness,timeline,attribution,journey,conformance" help:"funnel, paths, trend, retention, lifecycle, stickiness, timeline, attribution, journey or conformance."`
	File     string `short:"f" required:"" help:"JSON file with the question, - for standard input."`
	Output   string `short:"o" enum:"table,json" default:"table" help:"table or json."`
}

func (c *queryCmd) Run(ctx context.Context, s streams) error {
	body, err := readInput(s, c.File)
	if err != nil {
		return err
	}
	if !json.Valid(body) {
		return fmt.Errorf("%s is not JSON", c.File)
	}
	var answer json.RawMessage
	if err := c.call(ctx, "POST", "/api/v1/query/"+c.Question, json.RawMessage(body), &answer); err != nil {
		return err
	}
	tables := map[string]func(*tabwriter.Writer, []byte) error{
		"funnel": funnelTable, "paths": pathsTable, "trend": trendTable,
		"retention": retentionTable, "lifecycle": lifecycleTable, "stickiness": stickinessTable, "timeline": timelineTable,
		"attribution": attributionTable, "journey": nil, "conformance": conformanceTable,
	}
	table := tables[c.Question]
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

func funnelTable(w *tabwriter.Writer, b []byte) error {
	var a seq.FunnelAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	show := func(steps []seq.FunnelCount) {
		fmt.Fprintln(w, "STEP\tCOUNT\tFROM PREVIOUS\tFROM FIRST\tMEDIAN")
		for i, s := range steps {
			median := ""
			if s.MedianSeconds != nil {
				median = span(*s.MedianSeconds)
			}
			fmt.Fprintf(w, "%d. %s\t%d\t%.1f %%\t%.1f %%\t%s\n", i+1, s.Name, s.Count, 100*s.FromPrevious, 100*s.FromFirst, median)
		}
	}
	show(a.Steps)
	for _, series := range a.Series {
		fmt.Fprintf(w, "\n%s\n", orNone(series.Value))
		show(series.Steps)
	}
	if a.Excluded > 0 {
		fmt.Fprintf(w, "\n%d excluded\n", a.Excluded)
	}
	footer(w, a.Meta)
	return nil
}

func pathsTable(w *tabwriter.Writer, b []byte) error {
	var a seq.PathsAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintln(w, "STEP\tNODE\tCOUNT\tENDED HERE")
	for _, n := range a.Nodes {
		fmt.Fprintf(w, "%d\t%s\t%d\t%d\n", n.Step, n.Name, n.Count, n.Dropoff)
	}
	fmt.Fprintln(w, "\nFROM\tTO\tCOUNT\tMEDIAN")
	for _, e := range a.Edges {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", e.Source, e.Target, e.Count, span(e.MedianSeconds))
	}
	footer(w, a.Meta)
	return nil
}

func trendTable(w *tabwriter.Writer, b []byte) error {
	var a seq.TrendAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	head := []string{"FROM"}
	for _, l := range a.Series {
		name := l.Name
		if l.Value != "" {
			name += " " + l.Value
		}
		head = append(head, name)
	}
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for i, bucket := range a.Buckets {
		row := []string{bucket}
		for _, l := range a.Series {
			row = append(row, fmt.Sprintf("%g", l.Values[i]))
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	footer(w, a.Meta)
	return nil
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
