package app

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"wend.dev/wend/internal/durable"
	"wend.dev/wend/meta/sqlite"
	"wend.dev/wend/store/segment"
)

// A backup is a zstd-compressed tar of the data directory. It may be made while a server runs, because of its order:
// first the log, then the sealed files that the manifest names after that. So whatever was sealed (and trimmed from
// the log) in between is in the files, and everything acknowledged before the backup began is in one or the other.
// The de-duplication memory is learnt again from the log; the state is copied by SQLite itself.

// Backup writes a data directory into one file.
func Backup(ctx context.Context, data, file string, errs io.Writer) error {
	if _, err := os.Stat(filepath.Join(data, "meta.db")); err != nil {
		return fmt.Errorf("%s is no data directory: %w", data, err)
	}
	out, err := durable.Create(file)
	if err != nil {
		return err
	}
	defer out.Abort()
	z, err := zstd.NewWriter(out)
	if err != nil {
		return err
	}
	b := backup{ctx: ctx, data: data, tar: tar.NewWriter(z)}
	if err := errors.Join(b.run(), b.tar.Close(), z.Close()); err != nil {
		return fmt.Errorf("cannot back up %s: %w", data, err)
	}
	if err := out.Commit(); err != nil {
		return err
	}
	fmt.Fprintf(errs, "wend: %d files, %d MB backed up to %s\n", b.files, b.bytes>>20, file)
	return nil
}

type backup struct {
	ctx   context.Context
	data  string
	tar   *tar.Writer
	files int
	bytes int64
}

func (b *backup) run() error {
	if err := b.tree("log"); err != nil {
		return err
	}
	names, open, err := b.sealed()
	if err == nil {
		err = b.addAll(names, open)
	}
	closeAll(open)
	if err != nil {
		return err
	}
	if err := b.state(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(b.data, demoFile)); err == nil {
		return b.file(demoFile)
	}
	return nil
}

// sealed opens the manifest and all files that it names, as they are at one moment: a merge may replace some while they
// are being opened, and then it tries again.
func (b *backup) sealed() (names []string, open []*os.File, err error) {
	for range 20 {
		if names, err = segment.Files(b.data); err != nil {
			return nil, nil, err
		}
		open, err = openAll(b.data, names)
		if err == nil {
			var now []string
			if now, err = segment.Files(b.data); err == nil && slices.Equal(now, names) {
				return names, open, nil
			}
		}
		closeAll(open)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
	}
	return nil, nil, errors.New("the files change faster than they can be opened; try again")
}

// openAll opens files, so that they can be read even when they are deleted meanwhile.
func openAll(dir string, names []string) (open []*os.File, err error) {
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return open, err
		}
		open = append(open, f)
	}
	return open, nil
}

func closeAll(open []*os.File) {
	for _, f := range open {
		_ = f.Close()
	}
}

func (b *backup) addAll(names []string, open []*os.File) error {
	for i, f := range open {
		if err := b.add(names[i], f); err != nil {
			return err
		}
	}
	return nil
}

// state copies meta.db as SQLite sees it, with what is still in its write-ahead log.
func (b *backup) state() error {
	dir, err := os.MkdirTemp("", "wend-backup-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db, err := sqlite.Open(b.ctx, filepath.Join(b.data, "meta.db"), clock{})
	if err != nil {
		return err
	}
	copied := filepath.Join(dir, "meta.db")
	if err := errors.Join(db.Backup(b.ctx, copied), db.Close()); err != nil {
		return err
	}
	f, err := os.Open(copied)
	if err != nil {
		return err
	}
	defer f.Close()
	return b.add("meta.db", f)
}

// tree adds every file of a folder as it is now. One that goes away meanwhile is left out: the log's server deletes
// what is sealed.
func (b *backup) tree(name string) error {
	return filepath.WalkDir(filepath.Join(b.data, name), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() || d.Name() == "LOCK" || strings.HasSuffix(path, durable.Suffix) {
			return err
		}
		rel, err := filepath.Rel(b.data, path)
		if err != nil {
			return err
		}
		if err := b.file(rel); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func (b *backup) file(name string) error {
	f, err := os.Open(filepath.Join(b.data, name))
	if err != nil {
		return err
	}
	defer f.Close()
	return b.add(name, f)
}

// add writes as many bytes of a file as it has now; a file that grows is cut there.
func (b *backup) add(name string, f *os.File) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := &tar.Header{Name: filepath.ToSlash(name), Mode: int64(info.Mode().Perm()), Size: info.Size(), ModTime: info.ModTime()}
	if err := b.tar.WriteHeader(h); err != nil {
		return err
	}
	n, err := io.CopyN(b.tar, f, info.Size())
	b.files++
	b.bytes += n
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Restore makes a data directory from a backup and verifies it.
func Restore(ctx context.Context, data, file string, errs io.Writer) error {
	if entries, err := os.ReadDir(data); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty", data)
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	z, err := zstd.NewReader(in)
	if err != nil {
		return err
	}
	defer z.Close()
	t := tar.NewReader(z)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = unpack(data, h, t)
		}
		if err != nil {
			return fmt.Errorf("cannot restore %s: %w", file, err)
		}
	}
	problems, err := Check(ctx, data)
	for _, p := range problems {
		fmt.Fprintln(errs, p)
	}
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%d problems in what was restored", len(problems))
	}
	return err
}

func unpack(data string, h *tar.Header, from io.Reader) error {
	name := filepath.FromSlash(h.Name)
	if !filepath.IsLocal(name) || h.Typeflag != tar.TypeReg {
		return fmt.Errorf("%q is no file of a backup", h.Name)
	}
	path := filepath.Join(data, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := durable.Create(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := io.Copy(f, from); err != nil {
		return err
	}
	return f.Commit()
}
