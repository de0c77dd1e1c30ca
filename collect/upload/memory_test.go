package upload

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestMemory imports a file many times as large as the memory that may be live at any time.
func TestMemory(t *testing.T) {
	const rows, limit = 500_000, 24 << 20
	path := filepath.Join(t.TempDir(), "orders.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,customer,at,total,note")
	for i := range rows {
		fmt.Fprintf(w, "%d,c%d,2026-03-01 10:00:00,%d,%0200d\n", i, i%5000, i, i)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() < 4*limit {
		t.Fatalf("the file has %d bytes, %v", info.Size(), err)
	}
	live := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before, most, calls := live(), uint64(0), 0
	sum, err := Run(context.Background(), Options{
		Files: []string{path}, Mapping: write(t, "mapping.yaml", plainMapping), DryRun: true, Clock: &tick{},
		Progress: func(Progress) {
			if calls++; calls%20 == 0 {
				most = max(most, live())
			}
		},
	})
	if err != nil || sum.Rows != rows {
		t.Fatalf("%+v, %v", sum, err)
	}
	if most == 0 || most > before+limit {
		t.Errorf("%d MB were live, %d before; the file has %d", most>>20, before>>20, info.Size()>>20)
	}
}
