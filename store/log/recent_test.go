package log

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/event"
	"wend.dev/wend/store"
)

// Whatever is appended, left out and dropped: a reader gets every mark once and in order, from memory or from the server.
func TestRecentGivesEveryMarkOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &recent{more: make(chan struct{})}
		end := store.Mark(rapid.IntRange(0, 3).Draw(t, "before"))
		r.start(end)
		served := rapid.IntRange(1, 2).Draw(t, "readers")
		next := make([]store.Mark, served)
		for i := range next {
			next[i] = 1
		}
		r.join(served)
		read := func(i int) {
			e, ok, behind, more := r.take(next[i])
			switch {
			case ok && e.mark != next[i]:
				t.Fatalf("wanted %d and got %d", next[i], e.mark)
			case ok || behind && next[i] <= end:
				next[i]++
			case behind:
				t.Fatalf("sent to the server for %d, which ends at %d", next[i], end)
			case next[i] <= end && more != nil && r.last() >= next[i]:
				t.Fatalf("waits for %d, which is there", next[i])
			}
		}
		for range rapid.IntRange(0, 60).Draw(t, "n") {
			switch rapid.IntRange(0, 5).Draw(t, "do") {
			case 0, 1:
				end++
				r.add(entry{end, []event.Event{{}}, rapid.SampledFrom([]int{1, recentBytes / 3, recentBytes}).Draw(t, "bytes")})
			case 2: // two appends whose answers come the other way round
				r.add(entry{end + 2, nil, 1})
				r.add(entry{end + 1, nil, 1})
				end += 2
			case 3: // one whose fate was unknown
				end++
			default:
				read(rapid.IntRange(0, served-1).Draw(t, "reader"))
			}
		}
		end++
		r.add(entry{end, nil, 1})
		for i := range next {
			for range int(end) + 1 {
				read(i)
			}
			if next[i] != end+1 {
				t.Fatalf("reader %d stands at %d, the end is %d", i, next[i], end)
			}
		}
	})
}

// A reader that has fallen behind what is held in memory gets the rest from the server, and then goes on from memory.
func TestReadBehindMemory(t *testing.T) {
	l := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reading, resume := make(chan struct{}), make(chan struct{})
	var got []store.Mark
	done := make(chan error, 1)
	go func() {
		done <- l.Read(ctx, 0, func(m store.Mark, _ []event.Event) error {
			if got = append(got, m); len(got) == 1 {
				close(reading)
				<-resume
			}
			if len(got) == 12 {
				return errEnough
			}
			return nil
		})
	}()
	appendOne(t, l, "first")
	<-reading
	for range 10 {
		appendOne(t, l, "more")
	}
	l.recent.mu.Lock()
	for range 5 {
		l.recent.drop()
	}
	l.recent.mu.Unlock()
	close(resume)
	appendOne(t, l, "last")
	if err := <-done; !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
	if want := []store.Mark{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}; !slices.Equal(got, want) {
		t.Errorf("read %v", got)
	}
}
