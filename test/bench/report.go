package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// The bars of the design. A run below the full size still prints them: they are for the full size.
const (
	barLive    = 1000 // milliseconds for a map over the full size
	barLive10  = 300  // over a fifth of it
	barConform = 3000 // milliseconds for the conformance of a million traces
	barScan    = 0.5  // share of a summing scan's speed
	barIngest  = 0.5  // share of the decode rate of one core
	barAck     = 50   // milliseconds, p99 at half the rate
	barBytes   = 14   // bytes of part per event without properties
	barStart   = 3    // seconds
	barServing = 2 << 30
	barIdle    = 100 << 20
)

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

func (r results) markdown(w io.Writer, o options) {
	header(w, r, o)
	for _, s := range r.sets {
		if s.engine != nil {
			s.questionTable(w)
			s.conformTable(w)
		}
	}
	if m := r.main(); m != nil && m.engine != nil {
		m.scanTable(w)
		r.growthTable(w)
	}
	for _, s := range r.sets {
		if s.served != nil {
			s.servedTable(w)
		}
		s.sizeTable(w)
	}
	if r.ingest != nil {
		r.ingest.table(w)
	}
}

func header(w io.Writer, r results, o options) {
	p := func(k, v string) { fmt.Fprintf(w, "| %s | %s |\n", k, v) }
	fmt.Fprint(w, "### This run\n\n| | |\n|---|---|\n")
	p("when", time.Now().UTC().Format("2006-01-02 15:04 UTC"))
	p("commit", first(output("git", "-C", o.root, "describe", "--always", "--dirty", "--abbrev=12"), "unknown"))
	p("machine", fmt.Sprintf("%s, %d cores, %s of memory, file system %s", processor(), runtime.NumCPU(), memory(), output("stat", "-f", "-c", "%T", o.dir)))
	p("system", output("uname", "-sr"))
	versions := runtime.Version()
	if m := r.main(); m != nil && m.click != nil {
		versions += fmt.Sprintf(", ClickHouse %s (chdb, %d threads), DuckDB %s (%d threads), Node %s",
			m.click.Version, m.click.Threads, m.duck.Version, m.duck.Threads, output("node", "--version"))
	}
	p("versions", versions)
	sizes := strings.Trim(strings.ReplaceAll(fmt.Sprint(o.sizes), " ", ","), "[]")
	command := fmt.Sprintf("`bash test/bench/run.sh --sizes %s --ingest-events %d", sizes, o.ingestEvents)
	if o.only != "" {
		command += " --only " + o.only
	}
	p("command", command+"`")
	p("load average", loadAverage())
	fmt.Fprintln(w)
}

func (in *ingested) table(w io.Writer) {
	fmt.Fprintf(w, "### Ingestion: batches of %d events of %d bytes over HTTP, acknowledged after fsync\n\n", batch, in.perEvent)
	fmt.Fprint(w, "| | events/s | share of the bar's yardstick |\n|---|--:|--:|\n")
	yardstick, name := 0.0, ""
	for _, d := range in.decode {
		if d.Bar {
			yardstick, name = d.Rate, d.How
		}
	}
	for _, d := range in.decode {
		fmt.Fprintf(w, "| one core, decoding alone: %s | %s | %.0f %% |\n", d.How, count(int(d.Rate)), 100*d.Rate/yardstick)
	}
	rate := float64(in.full.Events) / in.full.Seconds
	fmt.Fprintf(w, "| **the whole server**, %d connections, load generator on the same cores | **%s** | **%.0f %%** |\n\n", in.conns, count(int(rate)), 100*rate/yardstick)
	fmt.Fprintf(w, "Bar: ≥ %.0f %% of the rate of the fastest library on one core, which is %s (%s).\n", 100*barIngest, name, met(rate >= barIngest*yardstick))
	fmt.Fprintf(w, "Processor time per event at full rate: server %.1f µs, load generator %.1f µs; our own decoding alone is %.1f µs.\n", in.server, in.generator, 1e6/in.decode[len(in.decode)-1].Rate)
	fmt.Fprintf(w, "Every acknowledged event is seen by questions afterwards: %s of %s.\n\n", count(int(in.stored)), count(int(in.full.Events+in.steady.Events)))
	fmt.Fprint(w, "| acknowledgement, ms | p50 | p99 | worst |\n|---|--:|--:|--:|\n")
	fmt.Fprintf(w, "| at full rate, closed loop | %.1f | %.1f | %.1f |\n", in.full.P50, in.full.P99, in.full.Worst)
	fmt.Fprintf(w, "| **at half that rate** (%s events/s), open loop | %.1f | **%.1f** | %.1f |\n", count(int(in.steadyRate)), in.steady.P50, in.steady.P99, in.steady.Worst)
	fmt.Fprintf(w, "| the disk alone: write and fsync 60 kB | %.1f | %.1f | |\n\n", in.sync50, in.sync99)
	fmt.Fprintf(w, "Bar: p99 < %d ms at half the rate (%s). Requests told to wait (429, 503): %d and %d.\n\n",
		barAck, met(in.steady.P99 < barAck), in.full.Refused, in.steady.Refused)
	in.memoryTable(w)
}

// memoryTable shows the run in ten stretches.
func (in *ingested) memoryTable(w io.Writer) {
	if len(in.samples) == 0 {
		return
	}
	fmt.Fprint(w, "| events acknowledged | events/s since the line above | resident | of it not mapped files |\n|--:|--:|--:|--:|\n")
	const lines = 10
	var last sample
	peak := int64(0)
	for i, s := range in.samples {
		peak = max(peak, s.private)
		if i != len(in.samples)-1 && (i+1)*lines/len(in.samples) == i*lines/len(in.samples) {
			continue
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", count(int(s.acked)), count(int(float64(s.acked-last.acked)/(s.seconds-last.seconds))), size(s.all), size(s.private))
		last = s
	}
	fmt.Fprintf(w, "\nMost memory seen that is not mapped files: %s.\n\n", size(peak))
}

// The tables of the document stand between these lines.
const (
	beginMark = "<!-- begin: written by test/bench/run.sh --write -->"
	endMark   = "<!-- end -->"
)

// writeInto replaces what stands between the marks of a document.
func writeInto(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fresh, err := replaceBetween(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(fresh), 0o644)
}

func replaceBetween(doc, text string) (string, error) {
	head, rest, ok := strings.Cut(doc, beginMark)
	_, tail, ok2 := strings.Cut(rest, endMark)
	if !ok || !ok2 {
		return "", fmt.Errorf("it has no lines %q and %q", beginMark, endMark)
	}
	return head + beginMark + "\n\n" + strings.TrimSpace(text) + "\n\n" + endMark + tail, nil
}

// count writes a number with its thousands apart.
func count[T int | int64](n T) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// size writes bytes in MiB, or in GiB from two of them on.
func size(bytes int64) string {
	if bytes >= 2<<30 {
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	}
	return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20))
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func output(name string, args ...string) string {
	text, _ := exec.Command(name, args...).Output()
	return strings.TrimSpace(string(text))
}

func processor() string { return first(field("/proc/cpuinfo", "model name"), runtime.GOARCH) }

func memory() string {
	var kb int64
	_, _ = fmt.Sscan(field("/proc/meminfo", "MemTotal"), &kb)
	return size(kb << 10)
}

func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg")
	words := strings.Fields(string(text))
	if len(words) < 3 {
		return "unknown"
	}
	return strings.Join(words[:3], " ") + " (1, 5, 15 minutes, at the end of the run)"
}

// field is what follows a name and a colon in a file of /proc.
func field(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == name {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
