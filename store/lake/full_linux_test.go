package lake

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"

	"wend.dev/wend/store"
)

// TestFullDisk writes to a file system with too little room, where the test may mount one.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skip("cannot mount a small file system here:", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	for _, budget := range []int{100_000, defaultBudget} { // full while spilling, full while committing
		w := NewWriter(dir, "s")
		w.budget = budget
		if _, err := commit(w, shop(20_000, 2)); !errors.Is(err, store.ErrFull) {
			t.Fatalf("got %v", err)
		}
		files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
		spills, err2 := filepath.Glob(filepath.Join(dir, "*"+SpillSuffix))
		if err != nil || err2 != nil || len(files)+len(spills) != 0 {
			t.Fatalf("left behind: %v %v", files, spills)
		}
	}
	if _, err := commit(NewWriter(dir, "s"), shop(20, 2)); err != nil {
		t.Fatal("there is room again:", err)
	}
}
