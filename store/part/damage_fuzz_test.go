package part

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"wend.dev/wend/engine/enginetest"
	"wend.dev/wend/engine/exec"
	"wend.dev/wend/store"
)

// damage changes a file as a list of edits says, three bytes each: where (of 65,536 parts of it) and what to turn; then
// cuts off what is more than keep of those parts.
func damage(data, edits []byte, keep uint16) []byte {
	data = bytes.Clone(data)
	for ; len(edits) >= 3; edits = edits[3:] {
		data[(int(edits[0])<<8|int(edits[1]))*len(data)>>16] ^= edits[2]
	}
	return data[:(int(keep)+1)*len(data)>>16]
}

// FuzzDamage: what is left of a part is refused, or read as it was.
func FuzzDamage(f *testing.F) {
	good := smallBytes(f)
	want, err := load(good)
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{}, uint16(65535))
	f.Add([]byte{0, 200, 1, 128, 0, 255}, uint16(65535))
	f.Add([]byte{}, uint16(40000))
	f.Fuzz(func(t *testing.T, edits []byte, keep uint16) {
		got, err := load(damage(good, edits, keep))
		if err == nil && !reflect.DeepEqual(got, want) {
			t.Fatalf("a damaged part was read:\n%v\nas written:\n%v", got, want)
		}
	})
}

// FuzzAnswers: a part that lies, its sums being right, is refused, or every question about it is answered or refused:
// nothing panics, and what is answered is a number.
func FuzzAnswers(f *testing.F) {
	good := smallBytes(f)
	f.Add([]byte{}, uint16(65535))
	for at := range len(good) * 256 / 65536 * 16 {
		f.Add([]byte{byte(at >> 4), byte(at << 4), 1}, uint16(65535))
	}
	questions := enginetest.Questions(time.UnixMilli(1767225600000).UTC())
	f.Fuzz(func(t *testing.T, edits []byte, keep uint16) {
		data := damage(good, edits, keep)
		if len(data) < headerSize {
			return
		}
		p, err := parse(aligned(resum(data)))
		if err != nil || p.Verify() != nil {
			return
		}
		b := loaded{p.Block()}
		e := exec.New(b, b)
		for _, method := range enginetest.Methods() {
			for _, q := range questions[method] {
				a, err := enginetest.Ask(t.Context(), e, method, q)
				if err != nil {
					continue
				}
				if _, err := json.Marshal(a); err != nil {
					t.Fatalf("%s %s: %v", method, q, err)
				}
			}
		}
	})
}

// loaded is one block, and a clock that stands.
type loaded struct{ b *store.Block }

func (l loaded) Snapshot(context.Context) (*store.Snapshot, error) {
	return &store.Snapshot{Blocks: []*store.Block{l.b}}, nil
}

func (loaded) Now() time.Time { return time.UnixMilli(1767225700000).UTC() }
