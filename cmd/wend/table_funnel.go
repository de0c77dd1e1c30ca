package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

func funnelTable(w *tabwriter.Writer, b []byte) error {
	var a seq.FunnelAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	funnelSteps(w, a.Steps)
	funnelTimes(w, a.Steps, a.Overall)
	funnelTrend(w, a.Steps, a.Trend)
	for _, series := range a.Series {
		fmt.Fprintf(w, "\n%s\n", orNone(series.Value))
		funnelSteps(w, series.Steps)
		funnelTimes(w, series.Steps, series.Overall)
		funnelTrend(w, series.Steps, series.Trend)
	}
	if a.Excluded > 0 {
		fmt.Fprintf(w, "\n%d excluded\n", a.Excluded)
	}
	footer(w, a.Meta)
	return nil
}

func funnelSteps(w *tabwriter.Writer, steps []seq.FunnelCount) {
	fmt.Fprintln(w, "STEP\tCOUNT\tFROM PREVIOUS\tFROM FIRST\tMEDIAN")
	for i, s := range steps {
		fmt.Fprintf(w, "%d. %s\t%d\t%.1f %%\t%.1f %%\t%s\n", i+1, s.Name, s.Count, 100*s.FromPrevious, 100*s.FromFirst, spanOrNone(s.MedianSeconds))
	}
}

// funnelTimes shows the histograms, if they were asked for.
func funnelTimes(w *tabwriter.Writer, steps []seq.FunnelCount, whole *seq.FunnelOverall) {
	if whole == nil {
		return
	}
	show := func(title string, bars []seq.Span) {
		fmt.Fprintf(w, "\n%s\tCOUNT\n", title)
		for _, x := range bars {
			fmt.Fprintf(w, "%s to %s\t%d\n", span(x.From), span(x.To), x.Count)
		}
	}
	for i, s := range steps {
		if i > 0 {
			show(fmt.Sprintf("TIME TO %d. %s", i+1, s.Name), s.Times)
		}
	}
	show("TIME OVER ALL, median "+spanOrNone(whole.MedianSeconds), whole.Times)
}

// funnelTrend shows the funnel by when it began, if that was asked for.
func funnelTrend(w *tabwriter.Writer, steps []seq.FunnelCount, trend []seq.FunnelPoint) {
	if len(trend) == 0 {
		return
	}
	head := []string{"BEGAN FROM"}
	for i := range steps {
		head = append(head, fmt.Sprintf("STEP %d", i+1))
	}
	fmt.Fprintf(w, "\n%s\tCONVERSION\n", strings.Join(head, "\t"))
	for _, p := range trend {
		row := []string{p.Start}
		for _, n := range p.Counts {
			row = append(row, fmt.Sprint(n))
		}
		rate := "-"
		if p.Conversion != nil {
			rate = fmt.Sprintf("%.1f %%", 100**p.Conversion)
		}
		if p.Open {
			rate += " (not over)"
		}
		fmt.Fprintf(w, "%s\t%s\n", strings.Join(row, "\t"), rate)
	}
}

func whoTable(w *tabwriter.Writer, b []byte) error {
	var a engine.FunnelWhoPage
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintln(w, "ID\tAT\tWHO")
	for _, x := range a.Actors {
		who := x.Account
		if x.Person != nil {
			who = strings.Join(x.Person.Identifiers, ", ")
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", x.ID, x.At.Time().UTC().Format("2006-01-02 15:04:05"), who)
	}
	fmt.Fprintf(w, "\n%d in all\n", a.Total)
	if a.NextCursor != "" {
		fmt.Fprintf(w, "more with \"cursor\": %q\n", a.NextCursor)
	}
	footer(w, a.Meta)
	return nil
}

func spanOrNone(seconds *float64) string {
	if seconds == nil {
		return ""
	}
	return span(*seconds)
}
