package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/insight"
)

func attributionTable(w *tabwriter.Writer, b []byte) error {
	var a insight.AttributionAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintf(w, "%d of %d conversions of %s owed to a channel\n\n", a.Attributed.Conversions, a.Total.Conversions, a.Conversion)
	head := []string{"CHANNEL", "CHAINS", "CONVERTED"}
	for _, m := range a.Models {
		head = append(head, strings.ToUpper(m.Model), "")
	}
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for i, c := range a.Channels {
		row := []string{c.Name, fmt.Sprint(c.Chains.Of), fmt.Sprint(c.Chains.N)}
		for _, m := range a.Models {
			x := m.Credits[i]
			row = append(row, fmt.Sprintf("%.1f", x.Conversions), creditShare(x))
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	if a.Attributed.Value != 0 {
		fmt.Fprintln(w, "\nVALUE\t\t")
		for i, c := range a.Channels {
			row := []string{c.Name, "", ""}
			for _, m := range a.Models {
				row = append(row, fmt.Sprintf("%.2f", m.Credits[i].Value), "")
			}
			fmt.Fprintln(w, strings.Join(row, "\t"))
		}
	}
	fmt.Fprintln(w, "\nMOST FREQUENT CHAINS\tCHAINS\tCONVERTED")
	for _, c := range a.Top {
		fmt.Fprintf(w, "%s\t%d\t%d\n", strings.Join(c.Touches, " > "), c.Chains.Of, c.Chains.N)
	}
	footer(w, a.Meta)
	return nil
}

// creditShare is a share with its interval, if it has one.
func creditShare(c insight.AttributionCredit) string {
	if c.Low == nil || c.High == nil {
		return fmt.Sprintf("%.1f %%", 100*c.Share)
	}
	return fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100*c.Share, 100**c.Low, 100**c.High)
}
