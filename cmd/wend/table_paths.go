package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
)

func pathsTable(w *tabwriter.Writer, b []byte) error {
	var a seq.PathsAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	more := ""
	if c := a.Compared; c != nil {
		fmt.Fprintf(w, "A is %s: %d paths\nB is %s: %d paths\n\n", c.A.Name, c.A.Paths, c.B.Name, c.B.Paths)
		more = "\tA\tB\tA − B, 95 % INTERVAL"
	}
	fmt.Fprintln(w, "STEP\tNODE\tCOUNT\tENDED HERE"+more)
	for _, n := range a.Nodes {
		fmt.Fprintf(w, "%d\t%s\t%d\t%d%s\n", n.Step, n.Name, n.Count, n.Dropoff, bothGroups(n.Compared))
	}
	fmt.Fprintln(w, "\nFROM\tTO\tCOUNT\tMEDIAN"+more)
	for _, e := range a.Edges {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s%s\n", e.Source, e.Target, e.Count, span(e.MedianSeconds), bothGroups(e.Compared))
	}
	footer(w, a.Meta)
	return nil
}

// bothGroups shows the counts and shares of two groups, and how far they lie apart.
func bothGroups(c *seq.Compared) string {
	if c == nil {
		return ""
	}
	out := fmt.Sprintf("\t%d (%.1f %%)\t%d (%.1f %%)\t", c.A, 100*c.ShareA, c.B, 100*c.ShareB)
	if d := c.Difference; d != nil {
		out += fmt.Sprintf("%+.1f (%+.1f to %+.1f) points", 100*d.Value, 100*d.Low, 100*d.High)
		if d.Clear {
			out += " *"
		}
	}
	return out
}
