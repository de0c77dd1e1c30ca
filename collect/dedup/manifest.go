package dedup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// manifest names the generations of a set. It is a line of text: "wenddup1 mark next gen gen … sum".
type manifest struct {
	mark        store.Mark
	next        uint64
	generations []uint64
}

const manifestName = "manifest"

func (m manifest) write(dir string) error {
	line := fmt.Sprintf("%s %d %d", magic, m.mark, m.next)
	for _, g := range m.generations {
		line += " " + strconv.FormatUint(g, 10)
	}
	line += fmt.Sprintf(" %016x\n", xxhash.Sum64String(line))
	path := filepath.Join(dir, manifestName)
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(dir)
}

func readManifest(dir string) (manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return manifest{}, nil
	}
	if err != nil {
		return manifest{}, fmt.Errorf("cannot read the dedup manifest: %w", err)
	}
	line := strings.TrimSuffix(string(b), "\n")
	cut := strings.LastIndexByte(line, ' ')
	words := strings.Fields(line)
	if cut < 0 || len(words) < 4 || words[0] != magic || line[cut+1:] != fmt.Sprintf("%016x", xxhash.Sum64String(line[:cut])) {
		return manifest{}, errors.New("the dedup manifest is damaged")
	}
	var numbers []uint64
	for _, w := range words[1 : len(words)-1] {
		n, err := strconv.ParseUint(w, 10, 64)
		if err != nil {
			return manifest{}, fmt.Errorf("the dedup manifest is damaged: %w", err)
		}
		numbers = append(numbers, n)
	}
	return manifest{mark: store.Mark(numbers[0]), next: numbers[1], generations: numbers[2:]}, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// generationFiles lists the numbers of the generation files in a folder.
func generationFiles(dir string) (numbers []uint64) {
	names, _ := filepath.Glob(filepath.Join(dir, "gen-*"))
	for _, name := range names {
		if n, err := strconv.ParseUint(strings.TrimPrefix(filepath.Base(name), "gen-"), 10, 64); err == nil {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func highestFile(dir string) (highest uint64) {
	for _, n := range generationFiles(dir) {
		highest = max(highest, n)
	}
	return highest
}

// removeStrays deletes files that a crash left before the manifest named them, or after it no longer did.
func removeStrays(dir string, keep []uint64) error {
	for _, n := range generationFiles(dir) {
		if slices.Contains(keep, n) {
			continue
		}
		if err := os.Remove(fileName(dir, n)); err != nil {
			return fmt.Errorf("cannot remove a stray dedup file: %w", err)
		}
	}
	return nil
}

// Check reads every file of a set fully and compares all sums. It must not run beside a Flush.
func Check(dir string) error {
	m, err := readManifest(dir)
	for _, n := range m.generations {
		g, gerr := openGeneration(dir, n)
		if gerr == nil {
			gerr = errors.Join(g.check(), g.close())
		}
		err = errors.Join(err, gerr)
	}
	return err
}

// compact merges neighbouring generations: a newer one that has grown to half of the one before it, as long as the
// two lie within a quarter of the retention and are no more than an eighth of the capacity together, so that old ids
// still go in small steps; and the smallest pair when there are too many files.
func (s *Set) compact() error {
	for {
		s.mu.RLock()
		gens := slices.Clone(s.gens)
		number := s.number
		s.mu.RUnlock()
		i := pick(gens, event.Millis(s.o.Retention.Milliseconds()/4), s.o.Capacity/8)
		if i < 0 {
			return nil
		}
		a, b := gens[i], gens[i+1]
		merged, err := writeGeneration(s.dir, number, min(a.first, b.first), max(a.last, b.last),
			&mergeRun{a: sliceRun{a.ids}, b: sliceRun{b.ids}})
		if err != nil {
			return fmt.Errorf("cannot merge dedup generations: %w", err)
		}
		s.mu.Lock()
		s.number = number + 1
		s.mu.Unlock()
		if err := s.install(slices.Replace(gens, i, i+2, merged), 0); err != nil {
			_ = merged.close()
			_ = os.Remove(merged.path)
			return err
		}
	}
}

// pick is the index of the first of two neighbours to merge, -1 if none should be.
func pick(gens []*generation, span event.Millis, most int) int {
	if last := len(gens) - 1; last > 0 {
		a, b := gens[last-1], gens[last]
		if (a.n <= 2*b.n || a.n < 1<<16) && b.last-a.first <= span && a.n+b.n <= most {
			return last - 1
		}
	}
	if len(gens) <= maxGenerations {
		return -1
	}
	best := 0
	for i := range len(gens) - 1 {
		if gens[i].n+gens[i+1].n < gens[best].n+gens[best+1].n {
			best = i
		}
	}
	return best
}
