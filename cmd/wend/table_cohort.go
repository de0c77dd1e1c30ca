package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// The rates that the server puts beside the engine's counts.
type (
	retentionRated struct {
		Cohorts []struct {
			seq.RetentionCohort
			Rates []insight.Rate `json:"rates"`
		} `json:"cohorts"`
		Average []ratedPoint `json:"average"`
		Series  []struct {
			Value   string       `json:"value"`
			Size    int64        `json:"size"`
			Average []ratedPoint `json:"average"`
		} `json:"series"`
		Meta seq.Meta `json:"meta"`
	}
	ratedPoint struct {
		Period  int `json:"period"`
		Cohorts int `json:"cohorts"`
		insight.Rate
	}
	lifecycleRated struct {
		Periods []struct {
			seq.LifecyclePeriod
			Active int64        `json:"active"`
			Kept   insight.Rate `json:"kept"`
		} `json:"periods"`
		Meta seq.Meta `json:"meta"`
	}
	stickinessRated struct {
		Starts   []string `json:"starts"`
		Complete int      `json:"complete"`
		Series   []struct {
			seq.StickinessLine
			Rates   []insight.Rate `json:"rates"`
			AtLeast []insight.Rate `json:"at_least"`
			Mean    float64        `json:"mean"`
			Share   float64        `json:"share"`
		} `json:"series"`
		Meta seq.Meta `json:"meta"`
	}
)

// retentionTable writes the grid as counts with shares, ~ before what may still grow, and the averages with their
// intervals.
func retentionTable(w *tabwriter.Writer, b []byte) error {
	var a retentionRated
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	most := 0
	for _, c := range a.Cohorts {
		most = max(most, len(c.Values))
	}
	head := []string{"FROM", "SIZE"}
	for k := 1; k < most; k++ {
		head = append(head, fmt.Sprintf("+%d", k))
	}
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, c := range a.Cohorts {
		row := []string{c.Start}
		for k, n := range c.Values {
			cell := fmt.Sprintf("%s%d", growing(k >= c.Complete), n)
			if k > 0 && c.Size > 0 {
				cell += fmt.Sprintf(" %.1f %%", 100*c.Rates[k].Rate)
			}
			row = append(row, cell)
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	fmt.Fprintln(w)
	averageTable(w, a.Average)
	for _, s := range a.Series {
		fmt.Fprintf(w, "\n%s\t%d\n", orNone(s.Value), s.Size)
		averageTable(w, s.Average)
	}
	footer(w, a.Meta)
	return nil
}

func averageTable(w *tabwriter.Writer, points []ratedPoint) {
	fmt.Fprintln(w, "LATER\tCAME BACK\tOF\tSHARE\t95 % INTERVAL\tCOHORTS")
	for _, p := range points {
		fmt.Fprintf(w, "%d\t%d\t%d\t%.1f %%\t%.1f – %.1f %%\t%d\n", p.Period, p.N, p.Of, 100*p.Rate.Rate, 100*p.Low, 100*p.High, p.Cohorts)
	}
}

// growing marks what is not final.
func growing(is bool) string {
	if is {
		return "~"
	}
	return ""
}

func lifecycleTable(w *tabwriter.Writer, b []byte) error {
	var a lifecycleRated
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintln(w, "FROM\tACTIVE\tNEW\tRETURNING\tRESURRECTING\tDORMANT\tKEPT")
	for _, p := range a.Periods {
		kept := ""
		if p.Kept.Of > 0 {
			kept = fmt.Sprintf("%.1f %% of %d", 100*p.Kept.Rate, p.Kept.Of)
		}
		fmt.Fprintf(w, "%s%s\t%d\t%d\t%d\t%d\t%d\t%s\n", growing(!p.Complete), p.Start, p.Active, p.New, p.Returning, p.Resurrecting, p.Dormant, kept)
	}
	footer(w, a.Meta)
	return nil
}

func stickinessTable(w *tabwriter.Writer, b []byte) error {
	var a stickinessRated
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	for i, s := range a.Series {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %d active, in %.2f of %d periods on average (%.1f %%)\n", s.Name, s.Actors, s.Mean, len(a.Starts), 100*s.Share)
		fmt.Fprintln(w, "PERIODS\tACTIVE\tSHARE\tSO MANY OR MORE")
		for k, n := range s.Counts {
			fmt.Fprintf(w, "%d\t%d\t%.1f %%\t%d %.1f %%\n", k+1, n, 100*s.Rates[k].Rate, s.AtLeast[k].N, 100*s.AtLeast[k].Rate)
		}
	}
	if a.Complete < len(a.Starts) {
		fmt.Fprintln(w, "\nthe last period has not ended")
	}
	footer(w, a.Meta)
	return nil
}
