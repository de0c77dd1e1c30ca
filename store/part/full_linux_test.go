package part

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"wend.dev/wend/store"
)

// TestFullDisk writes to a file system with too little room, where the test may mount one. (durable's own tests hold the
// recognition of a full disk everywhere.)
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("cannot mount a small file system here:", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	err := Write(filepath.Join(dir, "big.part"), FromEvents(plenty(20_000, 3)))
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Fatalf("left behind: %v, %v", entries, err)
	}
	if err := Write(filepath.Join(dir, "small.part"), small()); err != nil {
		t.Fatal("there is room again:", err)
	}
}
