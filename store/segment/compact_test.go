package segment

import (
	"testing"

	"wend.dev/wend/store/lake"
)

func TestSmallFiles(t *testing.T) {
	f := func(want string, rows ...int64) {
		t.Helper()
		var files []lake.File
		for _, n := range rows {
			files = append(files, lake.File{Rows: n})
		}
		from, to := smallFiles(files)
		got := make([]byte, len(rows))
		for i := range got {
			got[i] = 'k'
			if i >= from && i < to {
				got[i] = 'm'
			}
		}
		if string(got) != want {
			t.Errorf("%v: %s, want %s", rows, got, want)
		}
	}
	const big = largeFile
	f("")
	f("k", 10)                                  // alone
	f("k", big)                                 // alone and large
	f("mm", 10, big-1)                          // both small
	f("kk", big, big)                           // reading them again gains nothing
	f("kmm", big, 10, 20)                       // the large one stays before those that came later
	f("kk", 10, big)                            // one small one has no neighbour to go with
	f("kkkmmm", 10, 20, big, 30, 40, 50)        // the longest run; the other waits for the next merge
	f("kmmk", big, 10, 20, big)                 // between large ones
	f("mmkkkk", 10, 20, big, 30, big, 40)       // single ones stay
	f("mmmmmm", 1, 2, 3, 4, 5, 6)               // the usual: parts of a quiet day
	f("kkkkkk", big, big, big, big, big, big*9) // the usual under load
}
