package segment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/internal/durable"
	"wend.dev/wend/store"
	"wend.dev/wend/store/lake"
)

// The two copies of the manifest. The second is written after the first; files are removed and the log is trimmed
// only when both say so, so that either of them alone describes a whole store.
const (
	manifestName = "MANIFEST"
	copyName     = "MANIFEST.copy"

	manifestVersion = 2 // 2: erasures; written as 1 while there are none
)

var errNoManifest = errors.New("there is no manifest")

// manifest is what the store holds. It is a value: clone it, change the clone, save it.
type manifest struct {
	Version  int          `json:"version"`
	Mark     store.Mark   `json:"mark"`                // all messages up to here are in the segments
	Next     uint64       `json:"next"`                // the next segment's number
	KeptFrom event.Millis `json:"kept_from,omitempty"` // retention has dropped what is older
	Erased   []erasure    `json:"erased,omitempty"`    // that identity.snap may not know of, oldest first
	Segments []entry      `json:"segments"`            // in order of arrival
}

// entry is one segment's line.
type entry struct {
	ID      uint64       `json:"id"`
	Born    uint64       `json:"born"` // the newest of the sealed segments it was made of
	Rows    int          `json:"rows"`
	MinTime event.Millis `json:"min_time"`
	MaxTime event.Millis `json:"max_time"`
	Newest  event.Millis `json:"newest"` // ReceivedAt of its newest event
	Lake    []lake.File  `json:"lake"`   // one per day; paths are relative to the lake's folder
	Parts   []partFile   `json:"parts"`

	// An erasure that the lake files have still to follow; the parts have.
	Gone  []event.ProfileID `json:"gone,omitempty"`  // profiles whose events in the lake files do not count, ascending
	Stale []string          `json:"stale,omitempty"` // the days whose lake files have such events, ascending
}

// partFile is one part of a segment; several parts hold ascending ranges of profiles.
type partFile struct {
	Path  string `json:"path"` // relative to the data directory
	Rows  int    `json:"rows"`
	Bytes int64  `json:"bytes"`
}

func (m manifest) clone() manifest {
	m.Segments = slices.Clone(m.Segments)
	return m
}

// index is the place of a segment, -1 if it is gone.
func (m manifest) index(id uint64) int {
	return slices.IndexFunc(m.Segments, func(e entry) bool { return e.ID == id })
}

// paths are all files the manifest names.
func (m manifest) paths() map[string]bool {
	out := map[string]bool{}
	for _, e := range m.Segments {
		for _, p := range e.paths() {
			out[p] = true
		}
	}
	return out
}

func (e entry) paths() (out []string) {
	for _, f := range e.Lake {
		out = append(out, lakePath(f))
	}
	for _, f := range e.Parts {
		out = append(out, f.Path)
	}
	return out
}

// encode gives the file's bytes: one line of JSON, one line with its XXH64 sum.
func (m manifest) encode() []byte {
	m.Version = m.version()
	b, err := json.Marshal(m)
	if err != nil {
		panic("BUG: manifest is no JSON: " + err.Error())
	}
	return fmt.Appendf(b, "\nxxh64 %016x\n", xxhash.Sum64(b))
}

// version is the lowest that can say what the manifest says.
func (m manifest) version() int {
	erasing := func(e entry) bool { return len(e.Gone) > 0 }
	if len(m.Erased) > 0 || slices.ContainsFunc(m.Segments, erasing) {
		return manifestVersion
	}
	return 1
}

func decodeManifest(b []byte) (m manifest, err error) {
	line, rest, ok := bytes.Cut(b, []byte("\n"))
	if !ok || string(rest) != fmt.Sprintf("xxh64 %016x\n", xxhash.Sum64(line)) {
		return m, errors.New("its checksum does not match")
	}
	if err := json.Unmarshal(line, &m); err != nil {
		return m, err
	}
	if m.Version < 1 || m.Version > manifestVersion {
		return m, fmt.Errorf("it has version %d, this program reads 1 to %d", m.Version, manifestVersion)
	}
	return m, nil
}

// saveManifest writes one copy. The write has taken place if and only if the error is nil.
func saveManifest(dir, name string, m manifest) error {
	path, b := filepath.Join(dir, name), m.encode()
	err := durable.WriteFile(path, b)
	if err == nil {
		return nil
	}
	if got, read := os.ReadFile(path); read == nil && bytes.Equal(got, b) {
		return nil // renamed, and only what came after failed
	}
	return fmt.Errorf("cannot write %s: %w", name, full(err))
}

// loadManifest reads the manifest, or its copy when it is damaged. damage tells what was wrong with the first.
func loadManifest(dir string) (m manifest, damage, err error) {
	m, first := readManifest(dir, manifestName)
	if first == nil {
		return m, nil, nil
	}
	m, second := readManifest(dir, copyName)
	switch {
	case second == nil:
		return m, first, nil
	case errors.Is(first, os.ErrNotExist) && errors.Is(second, os.ErrNotExist):
		return m, nil, errNoManifest
	}
	return m, nil, fmt.Errorf("both copies of the manifest are unreadable: %w", errors.Join(first, second))
}

func readManifest(dir, name string) (manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return manifest{}, err
	}
	m, err := decodeManifest(b)
	if err != nil {
		return m, fmt.Errorf("%s is damaged: %w", name, err)
	}
	return m, nil
}

// full makes an error of the disk into store.ErrFull if that is what it says.
func full(err error) error {
	if durable.IsFull(err) && !errors.Is(err, store.ErrFull) {
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	}
	return err
}

// Files lists every file that a data directory's store is made of, relative to it, the manifest first: what a backup
// has to hold. The manifest may be replaced and files be deleted while a server runs; the caller tries again then.
func Files(dir string) ([]string, error) {
	m, damage, err := loadManifest(dir)
	if err != nil {
		return nil, err
	}
	if damage != nil {
		return nil, damage
	}
	out := []string{manifestName}
	for path := range m.paths() {
		out = append(out, path)
	}
	slices.Sort(out[1:])
	for _, name := range []string{copyName, identityName} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			out = append(out, name)
		}
	}
	return out, nil
}
