package main

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/snappy"

	"wend.dev/wend/event"
	"wend.dev/wend/identity"
	"wend.dev/wend/store/segment"
)

// sizes is what a generated data set weighs.
type sizes struct {
	Events    int     `json:"events"`
	Tracks    int     `json:"tracks"` // of the events, those that are no identify calls: what the peers hold
	Profiles  int     `json:"profiles"`
	Parts     int     `json:"parts"`
	PartBytes int64   `json:"part_bytes"`
	LakeBytes int64   `json:"lake_bytes"`
	PeerBytes int64   `json:"peer_bytes"`
	Seconds   float64 `json:"seconds"` // to make them and load them into Wend, the peers' files included

	Named map[string]int `json:"named"` // events by name
	Late  map[string]int `json:"late"`  // those of them in the second half of the time
}

// peerEvent is a row of the peers' file: the events that are no identify calls, by profile, then time.
type peerEvent struct {
	Profile uint64 `parquet:"profile"`
	Time    int64  `parquet:"time"` // milliseconds
	Event   string `parquet:"event,dict"`
	Brand   string `parquet:"brand,dict"` // "" for none
}

// peerProfile is a row of the peers' other file: the plan that a profile has in the end.
type peerProfile struct {
	Profile uint64 `parquet:"profile"`
	Plan    string `parquet:"plan,dict"`
}

// peerFiles are the two files that the peers load.
func peerFiles(base string) (events, profiles string) {
	return base + ".parquet", base + ".profiles.parquet"
}

// generate writes the same events as a Wend data directory and as files for the peers.
func generate(ctx context.Context, dir, peer string, events int, seed uint64) (out sizes, err error) {
	began := time.Now()
	w := newWorld(events, seed)
	out = sizes{Events: events, Profiles: len(w.ids), Named: map[string]int{}, Late: map[string]int{}}
	e, p := peerFiles(peer)
	files, err := newPeerWriter(e, p)
	if err != nil {
		return out, err
	}
	defer files.abort()
	s, err := segment.Open(ctx, segment.Options{Dir: dir, Clock: wall{}, Identities: identity.New()})
	if err != nil {
		return out, err
	}
	var drawn error
	err = s.Load(ctx, func(yield func(*event.Event) bool) { drawn = w.write(files, &out, yield) })
	st := s.Stats()
	if err = errors.Join(err, drawn, s.Close(ctx)); err != nil {
		return out, err
	}
	if out.PeerBytes, err = files.close(); err != nil {
		return out, err
	}
	if st.Rows != int64(events) {
		return out, fmt.Errorf("%d events were stored instead of %d", st.Rows, events)
	}
	out.Parts, out.PartBytes, out.LakeBytes, out.Seconds = st.Parts, st.PartBytes, st.LakeBytes, time.Since(began).Seconds()
	return out, nil
}

var errStopped = errors.New("the store stopped taking events")

func (w *world) write(files *peerWriter, out *sizes, yield func(*event.Event) bool) error {
	var id [8]byte
	brandFields, planFields := values(brandPath, brandNames()), values(planPath, planNames())
	named, late, half := make([]int, len(vocabulary)), make([]int, len(vocabulary)), event.MillisOf(middle())
	err := w.each(func(p person, moments []moment) error {
		if err := files.add(p, moments); err != nil {
			return err
		}
		for _, m := range moments {
			binary.BigEndian.PutUint64(id[:], w.rng.Uint64())
			e := &event.Event{MessageID: hex.EncodeToString(id[:]), Kind: event.Identify, Name: event.Identify.DefaultName(),
				Time: m.at, ReceivedAt: m.at + 500, Profile: p.profile, UserID: p.user, Source: "bench"}
			if m.code == identify {
				e.Fields = planFields[m.plan]
			} else {
				e.Kind, e.Name = event.Track, vocabulary[m.code].name
				named[m.code]++
				if m.at >= half {
					late[m.code]++
				}
				if m.brand > 0 {
					e.Fields = brandFields[m.brand-1]
				}
			}
			if !yield(e) {
				return errStopped
			}
		}
		return nil
	})
	for code, n := range named {
		out.Named[vocabulary[code].name] = n
		out.Late[vocabulary[code].name] = late[code]
		out.Tracks += n
	}
	return err
}

// values are events' fields, one for each value of a path, made once.
func values(path string, texts []string) [][]event.Field {
	out := make([][]event.Field, len(texts))
	for i, text := range texts {
		out[i] = []event.Field{{Path: path, Value: event.StringValue(text)}}
	}
	return out
}

func brandNames() []string {
	out := make([]string, brands)
	for i := range out {
		out[i] = fmt.Sprintf("brand-%04d", i+1)
	}
	return out
}

func planNames() []string {
	out := make([]string, len(plans))
	for i, p := range plans {
		out[i] = p.name
	}
	return out
}

// peerWriter writes the peers' files.
type peerWriter struct {
	files    [2]*os.File
	events   *parquet.GenericWriter[peerEvent]
	profiles *parquet.GenericWriter[peerProfile]
	brands   []string // from 1
	rows     []peerEvent
}

func newPeerWriter(events, profiles string) (*peerWriter, error) {
	w := &peerWriter{brands: append([]string{""}, brandNames()...)}
	for i, path := range []string{events, profiles} {
		f, err := os.Create(path)
		if err != nil {
			w.abort()
			return nil, err
		}
		w.files[i] = f
	}
	options := []parquet.WriterOption{parquet.Compression(&snappy.Codec{}), parquet.MaxRowsPerRowGroup(1 << 20)}
	w.events = parquet.NewGenericWriter[peerEvent](w.files[0], options...)
	w.profiles = parquet.NewGenericWriter[peerProfile](w.files[1], options...)
	return w, nil
}

func (w *peerWriter) add(p person, moments []moment) error {
	plan := uint8(0)
	for _, m := range moments {
		if m.code == identify {
			plan = m.plan
			continue
		}
		w.rows = append(w.rows, peerEvent{uint64(p.profile), int64(m.at), vocabulary[m.code].name, w.brands[m.brand]})
	}
	if len(w.rows) >= 1<<13 {
		if _, err := w.events.Write(w.rows); err != nil {
			return err
		}
		w.rows = w.rows[:0]
	}
	_, err := w.profiles.Write([]peerProfile{{uint64(p.profile), plans[plan].name}})
	return err
}

// close ends the files and tells how large they are together.
func (w *peerWriter) close() (bytes int64, err error) {
	if _, err := w.events.Write(w.rows); err != nil {
		return 0, err
	}
	if err := errors.Join(w.events.Close(), w.profiles.Close()); err != nil {
		return 0, err
	}
	for i, f := range w.files {
		st, err := f.Stat()
		if err := errors.Join(err, f.Close()); err != nil {
			return 0, err
		}
		bytes += st.Size()
		w.files[i] = nil
	}
	return bytes, nil
}

// abort lets go of the files of an unfinished writer.
func (w *peerWriter) abort() {
	for _, f := range w.files {
		if f != nil {
			_ = f.Close()
		}
	}
}
