package part

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"wend.dev/wend/store"
)

// Verify reads the whole file and checks every sum and every index in the columns. After it says nil, no value of
// the block can be out of bounds. It changes nothing and may run while the block is read.
func (p *Part) Verify() error {
	table, err := readTable(p.data)
	if err != nil {
		return fmt.Errorf("part %q: %w", p.path, err)
	}
	for i, e := range table {
		if err := p.check(e); err != nil {
			return fmt.Errorf("part %q: %w", p.path, err)
		}
		if i < cores {
			continue
		}
		c := p.block.Columns[i-cores]
		if err := checkColumn(c, p.block.Rows()); err != nil {
			return fmt.Errorf("part %q: column %s: %w", p.path, c.Path, err)
		}
	}
	return nil
}

func checkColumn(c *store.Column, rows int) error {
	n := 0
	for i, w := range c.Present {
		if i&7 == 0 && c.Rank[i>>3] != uint32(n) {
			return errors.New("a rank is not the number of values before it")
		}
		n += bits.OnesCount64(w)
	}
	if tail := rows & 63; tail != 0 && c.Present[len(c.Present)-1]>>tail != 0 {
		return errors.New("a row past the last has a value")
	}
	if n != c.Len() {
		return fmt.Errorf("%d rows have a value, %d values are there", n, c.Len())
	}
	for _, f := range c.Nums {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return errors.New("a number is not finite")
		}
	}
	if c.Nums != nil {
		return nil
	}
	if err := checkStrings(c.Dict); err != nil {
		return err
	}
	if top := maxCode(c.Codes); int(top) >= c.Dict.Len() {
		return fmt.Errorf("a value has string %d of %d", top, c.Dict.Len())
	}
	return nil
}

func maxCode(c store.Codes) uint32 {
	switch {
	case c.U8 != nil:
		return uint32(slices.Max(c.U8))
	case c.U16 != nil:
		return uint32(slices.Max(c.U16))
	}
	return slices.Max(c.U32)
}

// checkStrings checks that every string lies within the bytes. A section always has the first offset.
func checkStrings(s store.Strings) error {
	if s.Offsets[0] != 0 || int(s.Offsets[len(s.Offsets)-1]) != len(s.Bytes) || !slices.IsSorted(s.Offsets) {
		return errors.New("strings do not cover their bytes")
	}
	return nil
}
