package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

func driversTable(w *tabwriter.Writer, b []byte) error {
	var a insight.DriversAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s succeeded; %d of %d candidates found (q at most 0.05)\n", rate(a.Success), a.Found, a.Tested)
	if a.Open > 0 {
		fmt.Fprintf(w, "%d left out: their window ends after the range\n", a.Open)
	}
	if len(a.Warnings) > 0 {
		fmt.Fprintf(w, "warning: %s\n", strings.Join(a.Warnings, ", "))
	}
	fmt.Fprintln(w, "\nGOES WITH\tWHAT\tODDS RATIO\tSUCCESS WITH\tSUCCESS WITHOUT\tQ\tWARNINGS")
	for _, d := range a.Drivers {
		fmt.Fprintf(w, "%s\t%s\t%.3g (%.3g to %.3g)\t%s\t%s\t%.2g\t%s\n", d.Direction, driverName(d.DriverCandidate),
			d.OddsRatio, d.Low, d.High, rate(d.With), rate(d.Without), d.Q, strings.Join(d.Warnings, ", "))
	}
	footer(w, a.Meta)
	return nil
}

// driverName says what actors have: "Order Completed · category = shoes", "entry · price 10 to 20".
func driverName(c seq.DriverCandidate) string {
	if c.Kind == "event" {
		return c.Event
	}
	if c.Kind == "count" {
		return fmt.Sprintf("%s · at least %d times", c.Event, c.AtLeast)
	}
	name := c.Event
	if name == "" {
		name = c.Kind
	}
	switch {
	case c.Present:
		return fmt.Sprintf("%s · has %s", name, c.Property)
	case c.Low != nil && c.High != nil:
		return fmt.Sprintf("%s · %s more than %g, at most %g", name, c.Property, *c.Low, *c.High)
	case c.Low != nil:
		return fmt.Sprintf("%s · %s more than %g", name, c.Property, *c.Low)
	case c.High != nil:
		return fmt.Sprintf("%s · %s at most %g", name, c.Property, *c.High)
	}
	return fmt.Sprintf("%s · %s = %s", name, c.Property, c.Value)
}

// rate writes a share with its counts: 40.0 % (4 of 10).
func rate(r insight.Rate) string { return fmt.Sprintf("%.1f %% (%d of %d)", 100*r.Rate, r.N, r.Of) }

func contactTable(w *tabwriter.Writer, b []byte) error {
	var a insight.FirstContactAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	line := func(name string, r insight.FirstContactRates) {
		fmt.Fprintf(w, "%s\t%d\t%.1f %% (%.1f to %.1f)\t%d\t%d\t%d\t%d\n", name, r.Visits, 100*r.Failed.Rate, 100*r.Failed.Low, 100*r.Failed.High,
			r.Failed.N, r.FewClicks.N, r.Short.N, r.Engaged.N)
	}
	const head = "\tFIRST VISITS\tFAILED (95 %)\tFAILED\tFEW CLICKS\tSHORT\tENGAGED"
	fmt.Fprintln(w, head)
	line("all", a.All)
	for _, s := range a.Splits {
		fmt.Fprintf(w, "\n%s%s\n", s.By, head)
		for _, v := range s.Values {
			line(orNone(v.Value), v.FirstContactRates)
		}
	}
	if a.Open > 0 {
		fmt.Fprintf(w, "\n%d visits that may still go on are left out\n", a.Open)
	}
	footer(w, a.Meta)
	return nil
}
