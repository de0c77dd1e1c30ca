//go:build unix

package segment

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"wend.dev/wend/identity"
	"wend.dev/wend/store"
	"wend.dev/wend/store/log"
	"wend.dev/wend/store/part"
)

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCost tells what each step of an event's way into a segment costs in processor time, the garbage collector
// included: taking it, sealing it into lake files, sealing it into parts.
func BenchmarkCost(b *testing.B) {
	const size, messages = 1000, 400
	var raw [][]byte
	for i := range messages {
		raw = append(raw, log.Encode(nil, shop(size, i)))
	}
	var taken, lakes, parts time.Duration
	for b.Loop() {
		s, err := Open(b.Context(), Options{Dir: b.TempDir(), Clock: wall{}, Identities: identity.New(), SealEvents: 1 << 30, SealBytes: 1 << 40, manual: true})
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		start := cpu(b)
		for i := range raw {
			events, err := log.Decode(raw[i])
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Append(b.Context(), store.Mark(i+1), events); err != nil {
				b.Fatal(err)
			}
			if i%25 == 24 { // 100,000 a second
				s.freezeOften()
			}
		}
		s.rotate()
		taken += cpu(b) - start
		runtime.GC()
		e := entry{ID: s.nextID()}
		start = cpu(b)
		w := lakeWriter(s.dir, e.ID)
		if e.Lake, err = writeLake(b.Context(), w, w.AddPacked, s.old.events()); err != nil {
			b.Fatal(err)
		}
		lakes += cpu(b) - start
		runtime.GC()
		start = cpu(b)
		if err := writeParts(s.dir, &e, noErrors(b.Context(), part.Merge(s.old.blocks, part.MergeOptions{MaxRows: partRows}))); err != nil {
			b.Fatal(err)
		}
		parts += cpu(b) - start
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	per := func(d time.Duration, unit string) {
		b.ReportMetric(float64(d.Nanoseconds())/1000/float64(b.N*size*messages), unit)
	}
	per(taken, "take-cpu-µs/event")
	per(lakes, "lake-cpu-µs/event")
	per(parts, "part-cpu-µs/event")
}
