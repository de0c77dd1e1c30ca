package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
)

// segmentTable says how many are members, and lists those of the page.
func segmentTable(w *tabwriter.Writer, b []byte) error {
	var a engine.SegmentAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	what := "people"
	if a.Actor == "account" {
		what = "accounts"
	}
	fmt.Fprintf(w, "%d of %d %s (%.1f %%) at %s\n", a.Size, a.Of, what, 100*a.Share, a.At.Time().Format("2006-01-02 15:04:05Z07:00"))
	if len(a.People) > 0 {
		fmt.Fprintln(w, "\nPROFILE\tIDENTIFIERS\tLAST SEEN\tEVENTS")
		for _, p := range a.People {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", p.ID, strings.Join(p.Identifiers, " "), p.LastSeen.Time().Format("2006-01-02 15:04"), p.Events)
		}
	}
	if len(a.Accounts) > 0 {
		fmt.Fprintln(w, "\nACCOUNT\tNAME\tLAST SEEN\tPEOPLE")
		for _, x := range a.Accounts {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", x.ID, x.Name, x.LastSeen.Time().Format("2006-01-02 15:04"), x.People)
		}
	}
	if a.NextCursor != "" {
		fmt.Fprintf(w, "\nnext page: \"cursor\": %q\n", a.NextCursor)
	}
	footer(w, a.Meta)
	return nil
}

// overlapTable has a column per segment with a mark where the combination is in it.
func overlapTable(w *tabwriter.Writer, b []byte) error {
	var a seq.OverlapAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintln(w, "\tSEGMENT\tSIZE\tSHARE")
	for i, s := range a.Segments {
		fmt.Fprintf(w, "%c\t%s\t%d\t%.1f %%\n", 'A'+i, s.Name, s.Size, 100*s.Share)
	}
	fmt.Fprintln(w, "\nIN EXACTLY\tCOUNT\tSHARE")
	for _, c := range a.Combinations {
		var in []string
		for _, i := range c.In {
			in = append(in, string(rune('A'+i)))
		}
		fmt.Fprintf(w, "%s\t%d\t%.1f %%\n", strings.Join(in, " "), c.Count, 100*c.Share)
	}
	fmt.Fprintf(w, "none\t%d\n", a.Outside)
	footer(w, a.Meta)
	return nil
}
