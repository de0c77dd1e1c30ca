package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
	"wend.dev/wend/journey"
)

// conformanceTable writes the totals, the deviations and the variants. A variant reads A (B) +X ~C D!: B is missing, X ad
// hoc, C out of order, D failed; … if it is under way.
func conformanceTable(w *tabwriter.Writer, b []byte) error {
	var a journey.ConformAnswer
	if err := json.Unmarshal(b, &a); err != nil {
		return err
	}
	p := planNames{a.Model, a.Model.Steps()}
	fmt.Fprintf(w, "%d traces of %d people, %d under way\n", a.Traces, a.People, a.Open)
	if a.Traces == 0 {
		footer(w, a.Meta)
		return nil
	}
	fmt.Fprintf(w, "fitness %.3f (%.3f to %.3f)\n", a.Fitness.Value, a.Fitness.Low, a.Fitness.High)
	fmt.Fprintf(w, "clean %s\n", rateText(a.Clean))
	fmt.Fprintln(w, "\nDEVIATION\tWHAT\tMOSTLY\tTIMES\tTRACES")
	for _, d := range a.Deviations {
		place := ""
		if len(d.Places) > 0 {
			place = p.place(d.Places[0])
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", strings.ReplaceAll(d.Type, "_", " "), p.what(d.Step, d.Touchpoint), place, d.Count, rateText(d.Share))
	}
	fmt.Fprintln(w, "\nTRACES\tFITNESS\tVARIANT")
	for _, v := range a.Variants {
		fmt.Fprintf(w, "%d\t%.3f\t%s\n", v.Count, v.Fitness, p.alignment(v.TraceVariant))
	}
	if int64(len(a.Variants)) < a.VariantCount {
		fmt.Fprintf(w, "\t\t%d more variants\n", a.VariantCount-int64(len(a.Variants)))
	}
	if len(a.Unmapped) > 0 {
		fmt.Fprintln(w, "\nUNMAPPED\tEVENTS\tPEOPLE")
	}
	for _, u := range a.Unmapped {
		fmt.Fprintf(w, "%s\t%d\t%d\n", u.Name, u.Count, u.People)
	}
	footer(w, a.Meta)
	return nil
}

func rateText(r insight.Rate) string {
	return fmt.Sprintf("%.1f %% (%.1f to %.1f), %d of %d", 100*r.Rate, 100*r.Low, 100*r.High, r.N, r.Of)
}

// planNames calls the steps and touchpoints of a plan by their ids.
type planNames struct {
	model seq.Model
	steps []seq.ModelStep
}

func (p planNames) what(step, touchpoint int) string {
	switch {
	case touchpoint >= 0 && touchpoint < len(p.model.Touchpoints):
		return p.model.Touchpoints[touchpoint].ID
	case step >= 0 && step < len(p.steps):
		return p.steps[step].ID
	}
	return "?"
}

func (p planNames) place(at seq.DeviationPlace) string {
	after, before := "at the beginning", "the end"
	if at.After >= 0 {
		after = "after " + p.what(at.After, -1)
	}
	if at.Before >= 0 {
		before = p.what(at.Before, -1)
	}
	return after + ", before " + before
}

func (p planNames) alignment(v seq.TraceVariant) string {
	words := make([]string, 0, len(v.Moves)+1)
	for _, m := range v.Moves {
		word := p.what(m.Step, m.Touchpoint)
		switch m.Kind {
		case "missing":
			word = "(" + word + ")"
		case "ad_hoc":
			word = "+" + word
		case "out_of_order":
			word = "~" + word
		}
		if m.Failed {
			word += "!"
		}
		words = append(words, word)
	}
	if v.Open {
		words = append(words, "…")
	}
	return strings.Join(words, " ")
}
