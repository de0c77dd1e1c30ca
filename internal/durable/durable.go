// Package durable is a leaf tool: bytes in, a file out that is either wholly there or not there at all, even after
// a power cut.
//
// The file is written under a temporary name beside its own, synced, renamed, and its folder synced.
package durable

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Suffix marks a file that was being written. What carries it after a crash is rubbish and may be deleted.
const Suffix = ".tmp"

// File is a file being written. Exactly one of Commit and Abort ends it; Abort after Commit does nothing.
type File struct {
	path string
	file *os.File
	done bool
}

// Create starts a file that will stand at path after Commit, in place of what is there. The folder is made if absent.
func Create(path string) (*File, error) {
	if err := mkdirAll(filepath.Dir(path)); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path+Suffix, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	return &File{path: path, file: f}, nil
}

// Write appends to the file.
func (f *File) Write(p []byte) (int, error) { return f.file.Write(p) }

// Commit syncs the file, gives it its name and syncs the folder. On an error the temporary file is gone.
func (f *File) Commit() error {
	if f.done {
		return errors.New("file is already done with")
	}
	if err := f.file.Sync(); err != nil {
		f.Abort()
		return err
	}
	f.done = true
	if err := errors.Join(f.file.Close(), os.Rename(f.file.Name(), f.path)); err != nil {
		_ = os.Remove(f.file.Name())
		return err
	}
	return SyncDir(filepath.Dir(f.path))
}

// Abort removes the temporary file.
func (f *File) Abort() {
	if f.done {
		return
	}
	f.done = true
	_ = f.file.Close()
	_ = os.Remove(f.file.Name())
}

// WriteFile writes data to path in one durable step.
func WriteFile(path string, data []byte) error {
	f, err := Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit()
}

// SyncDir makes the creations, renames and removals in a folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// mkdirAll makes a folder and those above it, each synced into the one that holds it.
func mkdirAll(dir string) error {
	if _, err := os.Stat(dir); err == nil || filepath.Dir(dir) == dir {
		return err
	}
	if err := mkdirAll(filepath.Dir(dir)); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return SyncDir(filepath.Dir(dir))
}

// IsFull says whether an error means that there is no room: disk or quota.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// Sweep removes the temporary files that a crash left directly in a folder. A folder that is absent has none.
func Sweep(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Type().IsRegular() && strings.HasSuffix(e.Name(), Suffix) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("cannot sweep: %w", err)
			}
		}
	}
	return nil
}

var _ io.Writer = (*File)(nil)
