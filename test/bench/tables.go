package main

import (
	"fmt"
	"io"
	"strings"
)

// compared is one question's times on all sides, in milliseconds.
type compared struct {
	question
	wend, click, duck *timed
}

func (s *set) compared() (out []compared) {
	for _, q := range questions {
		out = append(out, compared{q, label(s.engine.Answers, q.Label), label(s.click.Answers, q.Label), label(s.duck.Answers, q.Label)})
	}
	return out
}

// times is how often wend fits into a peer's time.
func (c compared) times(p *timed) (wall, processor float64) {
	return p.Millis / c.wend.Millis, p.Processor / c.wend.Processor
}

// bar tells whether a bar is met, and at the full size only.
func (s *set) bar(have, bar float64) string {
	switch {
	case bar == 0:
		return "–"
	case s.sizes.Events != fullSize:
		return fmt.Sprintf("≥ %g", bar)
	}
	return fmt.Sprintf("≥ %g %s", bar, met(have >= bar))
}

func (s *set) questionTable(w io.Writer) {
	fmt.Fprintf(w, "### Questions: %s events, %s profiles\n\n", count(s.sizes.Events), count(s.sizes.Profiles))
	fmt.Fprint(w, "| question | Wend, ms | ClickHouse, ms | DuckDB, ms | × ClickHouse | bar | × DuckDB | bar |\n|---|--:|--:|--:|--:|---|--:|---|\n")
	for _, c := range s.compared() {
		x, _ := c.times(c.click)
		y, _ := c.times(c.duck)
		fmt.Fprintf(w, "| %s | %.1f | %.0f | %.0f | **%.1f** | %s | **%.1f** | %s |\n", c.Label, c.wend.Millis, c.click.Millis, c.duck.Millis,
			x, s.bar(x, c.question.click), y, s.bar(y, c.question.duck))
	}
	fmt.Fprint(w, "\nThe same in processor time, all threads together, which other work on the machine changes less:\n\n")
	fmt.Fprint(w, "| question | Wend, ms | ClickHouse, ms | DuckDB, ms | × ClickHouse | × DuckDB | numbers that are equal |\n|---|--:|--:|--:|--:|--:|--:|\n")
	for _, c := range s.compared() {
		_, x := c.times(c.click)
		_, y := c.times(c.duck)
		fmt.Fprintf(w, "| %s | %.1f | %.0f | %.0f | **%.1f** | **%.1f** | %s |\n", c.Label, c.wend.Processor, c.click.Processor, c.duck.Processor, x, y, count(len(c.wend.Rows)))
	}
	fmt.Fprint(w, "\n<details><summary>All forms that the peers were asked in, ms</summary>\n\n")
	for _, c := range s.compared() {
		fmt.Fprintf(w, "- %s. ClickHouse: %s. DuckDB: %s.\n", c.Label, forms(c.click), forms(c.duck))
	}
	fmt.Fprint(w, "\n</details>\n\n")
	fmt.Fprintf(w, "To generate the events, load them into Wend and write the peers' files (%s) took %.0f s. ClickHouse took %.0f s to load and merge, and %s on disk in %d part(s); DuckDB %.0f s and %s.\n\n",
		size(s.sizes.PeerBytes), s.sizes.Seconds, s.click.LoadSeconds, size(s.click.Bytes), s.click.Parts, s.duck.LoadSeconds, size(s.duck.Bytes))
}

// forms lists how a peer was asked; the form that counts stands out.
func forms(t *timed) string {
	var out []string
	for _, f := range t.Forms {
		text := fmt.Sprintf("%s %.0f", f.How, f.Millis)
		if f.How == t.How {
			text = "**" + text + "**"
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (s *set) scanTable(w io.Writer) {
	e := s.engine
	fmt.Fprintf(w, "### The scan, and the first question: %s events\n\n", count(s.sizes.Events))
	fmt.Fprintf(w, "A summing scan over the times and codes of all events reads %s in %.1f ms (%.1f GB/s), %.1f ms of processor time.\n\n",
		size(e.Scanned), e.Scan, float64(e.Scanned)/e.Scan/1e6, e.ScanCPU)
	fmt.Fprint(w, "| question | Wend, ms | share of the scan's speed | by processor time |\n|---|--:|--:|--:|\n")
	for _, a := range e.Answers {
		fmt.Fprintf(w, "| %s | %.1f | %.0f %% | %.0f %% |\n", a.Label, a.Millis, 100*e.Scan/a.Millis, 100*e.ScanCPU/a.Processor)
	}
	share := e.Scan / e.Answers[0].Millis
	fmt.Fprintf(w, "\nBar for the first: ≥ %.0f %% (%s). The very first question after opening took %.0f ms.\n\n", 100*barScan, met(share >= barScan), e.First)
}

func (r results) growthTable(w io.Writer) {
	fmt.Fprint(w, "### Growth: time against the events of the named steps\n\nFunnels of three neighbours in the order of frequency. A flat last column is a time that grows with the events named and no faster.\n\n")
	fmt.Fprint(w, "| events in all | steps | events of the steps | ms | ns of processor time per event of the steps | per event in all |\n|--:|---|--:|--:|--:|--:|\n")
	for _, s := range r.sets {
		for _, g := range s.engine.Growth {
			n := s.sizes.of(g.Steps)
			fmt.Fprintf(w, "| %s | %s | %s | %.2f | %.2f | %.2f |\n", count(s.sizes.Events), strings.Join(g.Steps, " → "), count(n), g.Millis,
				g.Processor*1e6/float64(n), g.Processor*1e6/float64(s.sizes.Events))
		}
	}
	fmt.Fprintln(w)
}

func (s *set) conformTable(w io.Writer) {
	c := s.engine.Conform
	bar := ""
	if s.sizes.Events == fullSize {
		bar = fmt.Sprintf(" Bar: a million traces in < %d s (%s).", barConform/1000, met(c.perMillion(c.Millis) < barConform))
	}
	fmt.Fprintf(w, "### Conformance: %s traces out of %s events\n\n", count(c.Traces), count(s.sizes.Events))
	fmt.Fprintf(w, "A model of %d touchpoints, %s distinct variants, %s clean traces: **%.0f ms**, %.0f ms of processor time; %.0f ms and %.0f ms for a million traces.%s\n\n",
		conformTouchpoints, count(c.Variants), count(c.Clean), c.Millis, c.Processor, c.perMillion(c.Millis), c.perMillion(c.Processor), bar)
}

// of is how many events have one of the names.
func (z *sizes) of(names []string) (n int) {
	for _, name := range names {
		n += z.Named[name]
	}
	return n
}

func (s *set) servedTable(w io.Writer) {
	v := s.served
	fmt.Fprintf(w, "### Over HTTP: %s events\n\n", count(s.sizes.Events))
	bar := ""
	switch s.sizes.Events {
	case fullSize:
		bar = fmt.Sprintf(" Bar: < %d ms (%s).", barLive, met(v.Live.median < barLive))
	case fullSize / 5:
		bar = fmt.Sprintf(" Bar: < %d ms (%s).", barLive10, met(v.Live.median < barLive10))
	}
	fmt.Fprintf(w, "`journeys/{id}/live`, 20 touchpoints in 5 stages, the second half of the time beside the first, %s visits: **%.0f ms** (median of %d; %.0f ms of processor time).%s\n\n",
		count(v.Visits), v.Live.median, repeats, v.Live.processor, bar)
	fmt.Fprint(w, "All the questions above in turn, by so many clients at once:\n\n| clients | questions/s | p50, ms | p95, ms | worst, ms | processor time per question, ms |\n|--:|--:|--:|--:|--:|--:|\n")
	for _, l := range v.Loads {
		fmt.Fprintf(w, "| %d | %.1f | %.0f | %.0f | %.0f | %.0f |\n", l.Clients, l.Rate, l.P50, l.P95, l.Worst, l.Processor)
	}
	fmt.Fprintln(w)
}

func (s *set) sizeTable(w io.Writer) {
	z, events := s.sizes, float64(s.sizes.Events)
	fmt.Fprintf(w, "### Size, start, memory: %s events\n\n| | | bar | |\n|---|--:|--:|---|\n", count(z.Events))
	part := float64(z.PartBytes) / events
	fmt.Fprintf(w, "| part, bytes per event (%d files); one in five carries a string of 1,000 values | %.1f | ≤ %d | %s |\n", z.Parts, part, barBytes, met(part <= barBytes))
	fmt.Fprintf(w, "| lake, bytes per event (its message id is 16 random digits) | %.1f | | |\n", float64(z.LakeBytes)/events)
	if e := s.engine; e != nil {
		fmt.Fprintf(w, "| memory after all questions, bytes per event (%s resident) | %.1f | | |\n", size(e.Resident), float64(e.Resident)/events)
		fmt.Fprintf(w, "| of it not mapped files (%s) | %.2f | | |\n", size(e.Private), float64(e.Private)/events)
	}
	if st := s.start; st != nil {
		fmt.Fprintf(w, "| start, files in the system's cache, s (median of 3) | %.2f | < %d | %s |\n", st.warm, barStart, met(st.warm < barStart))
		fmt.Fprintf(w, "| start, files forgotten by the system, s | %.2f | < %d | %s |\n", st.cold, barStart, met(st.cold < barStart))
		fmt.Fprintf(w, "| its first funnel, ms | %.0f | | |\n", st.coldFunnel)
		fmt.Fprintf(w, "| first start on a data directory, s | %.2f | | |\n", st.first)
		fmt.Fprintf(w, "| the first of the funnels over the API, ms (median of 5) | %.1f | | |\n", st.funnel)
		fmt.Fprintf(w, "| resident after it (%s not mapped files) | %s | < %s | %s |\n", size(st.private), size(st.all), size(barServing), met(st.all < barServing))
		fmt.Fprintf(w, "| resident, idle on an empty data directory (%s not mapped files) | %s | < %s | %s |\n", size(st.idleAnon), size(st.idle), size(barIdle), met(st.idle < barIdle))
	}
	fmt.Fprintln(w)
}
