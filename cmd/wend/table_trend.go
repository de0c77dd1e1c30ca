package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
)

func trendTable(w *tabwriter.Writer, b []byte) error {
	var a seq.TrendAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	head, total, change := []string{"FROM"}, []string{"total"}, []string{"change"}
	for _, l := range a.Series {
		name := l.Name
		if l.Value != "" {
			name += " " + l.Value
		}
		head, total = append(head, name), append(total, figure(l.Total))
		if a.Previous != nil {
			head = append(head, "BEFORE")
			before, ratio := "", ""
			if p := l.Previous; p != nil {
				before, ratio = figure(p.Total), percent(p.Change)
			}
			total, change = append(total, before), append(change, ratio, "")
		}
	}
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for i, bucket := range a.Buckets {
		row := []string{bucket}
		for _, l := range a.Series {
			row = append(row, figure(l.Values[i]))
			if a.Previous != nil {
				before := ""
				if l.Previous != nil {
					before = figure(l.Previous.Values[i])
				}
				row = append(row, before)
			}
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	fmt.Fprintln(w, strings.Join(total, "\t"))
	if p := a.Previous; p != nil {
		fmt.Fprintln(w, strings.Join(change, "\t"))
		fmt.Fprintf(w, "\nbefore is %s to %s\n", p.From, p.To)
	}
	footer(w, a.Meta)
	return nil
}

func figure(f seq.Figure) string {
	if !f.Known() {
		return "-"
	}
	return fmt.Sprintf("%.6g", float64(f))
}

func percent(f seq.Figure) string {
	if !f.Known() {
		return "-"
	}
	return fmt.Sprintf("%+.1f %%", 100*float64(f))
}
