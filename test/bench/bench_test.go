package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"wend.dev/wend/event"
)

type flat struct {
	profile event.ProfileID
	moment
}

func (f flat) name() string {
	if f.code == identify {
		return "Identify"
	}
	return vocabulary[f.code].name
}

func flatten(t *testing.T, events int, seed uint64) (out []flat) {
	t.Helper()
	err := newWorld(events, seed).each(func(p person, moments []moment) error {
		for _, m := range moments {
			out = append(out, flat{p.profile, m})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWorldIsExactSortedAndTheSameEachTime(t *testing.T) {
	a := flatten(t, 50_000, 1)
	if len(a) != 50_000 {
		t.Fatalf("%d events instead of 50,000", len(a))
	}
	if !slices.Equal(a, flatten(t, 50_000, 1)) {
		t.Error("the same seed gives different events")
	}
	if slices.Equal(a, flatten(t, 50_000, 2)) {
		t.Error("another seed gives the same events")
	}
	people, names := map[event.ProfileID]int{}, map[string]int{}
	for i, e := range a {
		if people[e.profile]++; people[e.profile] == 1 && e.code != identify {
			t.Fatalf("profile %s begins with %s", e.profile, e.name())
		}
		names[e.name()]++
		if i > 0 && a[i-1].profile > e.profile {
			t.Fatalf("event %d is out of order", i)
		}
		if i > 0 && a[i-1].profile == e.profile {
			if tie := a[i-1].at == e.at; a[i-1].at > e.at || tie && a[i-1].code != identify && e.code != identify {
				t.Fatalf("event %d comes before or with the one before it", i)
			}
		}
	}
	if len(people) != 1000 || len(names) != len(vocabulary)+1 {
		t.Errorf("%d profiles and %d names instead of 1,000 and %d", len(people), len(names), len(vocabulary)+1)
	}
	if names["Page Viewed"] < 50*names["Survey Answered"] {
		t.Errorf("the names are not skewed: %v", names)
	}
}

// An identify call is at the instant of another event of its profile, so that leaving it out moves no session's border.
func TestIdentifyCallsComeWithAnEvent(t *testing.T) {
	a, seen, calls, alone := flatten(t, 50_000, 3), map[string]int{}, 0, 0
	for i, e := range a {
		if e.brand > 0 {
			seen[fmt.Sprint("brand ", e.brand)]++
			if e.code == identify || !branded[e.code] || e.brand > brands {
				t.Fatalf("event %d, %s, carries brand %d", i, e.name(), e.brand)
			}
		} else if e.code != identify && branded[e.code] {
			t.Fatalf("event %d, %s, carries no brand", i, e.name())
		}
		if e.code != identify {
			continue
		}
		calls++
		seen[plans[e.plan].name]++
		with := func(j int) bool {
			return j >= 0 && j < len(a) && a[j].profile == e.profile && a[j].at == e.at && a[j].code != identify
		}
		if !with(i-1) && !with(i+1) {
			if alone++; i > 0 && a[i-1].profile == e.profile || i+1 < len(a) && a[i+1].profile == e.profile {
				t.Fatalf("event %d, an identify call, comes with no other event", i)
			}
		}
	}
	if calls < 1100 || calls > 1300 || alone > 100 {
		t.Errorf("%d identify calls of 1,000 profiles, %d of them without an event", calls, alone)
	}
	if seen["free"] < 2*seen["plus"] || seen["team"] == 0 || len(seen) < brands*9/10 {
		t.Errorf("%d different brands and plans; plans %d, %d, %d", len(seen), seen["free"], seen["plus"], seen["team"])
	}
}

// The engine's answers on the generated data directory are what the events say, and the peers' files hold the same
// events.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	z, err := generate(t.Context(), data, data, 20_000, 1)
	if err != nil {
		t.Fatal(err)
	}
	if per := float64(z.PartBytes) / 20_000; per > 1.3*barBytes || per < 10 {
		t.Errorf("%.1f bytes of part per event", per)
	}
	got, err := askEngine(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	events, late := newWorldEvents(t, 20_000), 0
	var peers, tracks []peerEvent
	plan := map[uint64]string{}
	for _, own := range events {
		for _, e := range own {
			if e.code == identify {
				plan[uint64(e.profile)] = plans[e.plan].name
				continue
			}
			brand := ""
			if e.brand > 0 {
				brand = brandNames()[e.brand-1]
			}
			tracks = append(tracks, peerEvent{uint64(e.profile), int64(e.at), e.name(), brand})
			if e.code == 0 && !e.at.Time().Before(middle()) {
				late++
			}
		}
	}
	file, profiles := peerFiles(data)
	if peers, err = parquet.ReadFile[peerEvent](file); err != nil {
		t.Fatal(err)
	}
	byProfile := func(a, b peerEvent) int {
		return cmp.Or(cmp.Compare(a.Profile, b.Profile), cmp.Compare(a.Time, b.Time))
	}
	slices.SortFunc(tracks, byProfile)
	if !slices.Equal(peers, tracks) || len(tracks) != z.Tracks {
		t.Errorf("the peers' file has %d events that are not the %d generated", len(peers), len(tracks))
	}
	people, err := parquet.ReadFile[peerProfile](profiles)
	if err != nil || len(people) != z.Profiles {
		t.Fatalf("%d profiles instead of %d: %v", len(people), z.Profiles, err)
	}
	for _, p := range people {
		if p.Plan != plan[p.Profile] {
			t.Fatalf("profile %x is %q, its last identify call says %q", p.Profile, p.Plan, plan[p.Profile])
		}
	}
	if z.Late[vocabulary[0].name] != late || z.of([]string{vocabulary[0].name}) <= late {
		t.Errorf("%d of %d page views are late, not %d", z.Late[vocabulary[0].name], z.Named[vocabulary[0].name], late)
	}
	for i, q := range questions {
		var want []row
		switch q.Kind {
		case "funnel":
			for k, n := range bruteFunnel(events, q.Steps) {
				if n > 0 {
					want = append(want, row{fmt.Sprint(k + 1), n})
				}
			}
		case "paths":
			want = brutePaths(events)
		case "retention":
			want = bruteRetention(events, q)
		case "segment":
			want = []row{{"size", bruteSegment(events, q)}}
		default:
			continue // the peers are the judges
		}
		if err := equal(got.Answers[i].Rows, want, "the reference"); err != nil {
			t.Errorf("%s: %v", q.Label, err)
		}
	}
}

// newWorldEvents reads the events as generate draws them: it takes message ids from the same random numbers.
func newWorldEvents(t *testing.T, n int) map[event.ProfileID][]flat {
	t.Helper()
	out := map[event.ProfileID][]flat{}
	w := newWorld(n, 1)
	err := w.each(func(p person, moments []moment) error {
		for _, m := range moments {
			out[p.profile] = append(out[p.profile], flat{p.profile, m})
			w.rng.Uint64()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// brutePaths walks session by session.
func brutePaths(events map[event.ProfileID][]flat) (out []row) {
	sums := map[string]int64{}
	for _, own := range events {
		step, before, last := 0, "", event.Millis(0)
		for _, e := range own {
			if e.at-last >= event.Millis(gap.Milliseconds()) {
				step, before = 0, ""
			}
			last = e.at
			if e.code == identify || e.name() == before {
				continue
			}
			if step > 0 && step < pathSteps {
				sums[fmt.Sprintf("%d|%s|%s", step, before, e.name())]++
			}
			step, before = step+1, e.name()
		}
	}
	for k, n := range sums {
		out = append(out, row{k, n})
	}
	sortRows(out)
	return out
}

// bruteRetention looks for a first event in each week, and for a second in each week after.
func bruteRetention(events map[event.ProfileID][]flat, q question) (out []row) {
	sums := map[string]int64{}
	for _, own := range events {
		does := func(week int, name string) bool {
			from := event.MillisOf(firstMonday().AddDate(0, 0, 7*week))
			to := event.MillisOf(firstMonday().AddDate(0, 0, 7*week+7))
			return slices.ContainsFunc(own, func(e flat) bool { return e.at >= from && e.at < to && (name == "" || e.name() == name) })
		}
		for j := range weeks {
			for k := range weeks - j {
				if does(j, q.Steps[0]) && (k == 0 || does(j+k, q.Steps[1])) {
					sums[fmt.Sprintf("%d|%d", j, k)]++
				}
			}
		}
	}
	for k, n := range sums {
		out = append(out, row{k, n})
	}
	sortRows(out)
	return out
}

func bruteSegment(events map[event.ProfileID][]flat, q question) (size int64) {
	at := event.MillisOf(segmentAt())
	for _, own := range events {
		often, lately, plan := 0, 0, ""
		for _, e := range own {
			switch {
			case e.at > at:
			case e.code == identify:
				plan = plans[e.plan].name
			case e.name() == q.Steps[0]:
				often++
			case e.name() == q.Steps[1] && e.at >= at-event.Millis(recent.Milliseconds()):
				lately++
			}
		}
		if often >= 2 && lately >= 1 && plan == q.Plan {
			size++
		}
	}
	return size
}

// bruteFunnel tries every first event: the deepest step reached in turn within the window of it.
func bruteFunnel(events map[event.ProfileID][]flat, steps []string) []int64 {
	counts := make([]int64, len(steps))
	for _, own := range events {
		deepest := 0
		for i, first := range own {
			if first.name() != steps[0] {
				continue
			}
			reached, used, at := 1, map[int]bool{i: true}, first.at
			for reached < len(steps) {
				found := -1
				for j, e := range own { // the earliest not before the last step, ties in any order
					if !used[j] && e.name() == steps[reached] && e.at >= at && e.at <= first.at+event.Millis(window.Milliseconds()) {
						found = j
						break
					}
				}
				if found < 0 {
					break
				}
				reached, used[found], at = reached+1, true, own[found].at
			}
			deepest = max(deepest, reached)
		}
		for k := range deepest {
			counts[k]++
		}
	}
	return counts
}

// segmentBatch is what a collector reads of a batch.
type segmentBatch struct {
	Batch []struct {
		MessageID   string `json:"messageId"`
		AnonymousID string `json:"anonymousId"`
		UserID      string `json:"userId"`
	} `json:"batch"`
	SentAt time.Time `json:"sentAt"`
}

// fakeCollector acknowledges batches and remembers what it saw.
type fakeCollector struct {
	mu      sync.Mutex
	ids     map[string]bool
	refuse  int // so many requests are told to wait first
	badBody error
}

func (f *fakeCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b segmentBatch
	err := json.NewDecoder(r.Body).Decode(&b)
	f.mu.Lock()
	defer f.mu.Unlock()
	user, _, _ := r.BasicAuth()
	if err != nil || user != writeKey || len(b.Batch) != batch || time.Since(b.SentAt).Abs() > time.Minute {
		f.badBody = fmt.Errorf("user %q, %d events, sent at %s: %w", user, len(b.Batch), b.SentAt, err)
	}
	if f.refuse > 0 {
		f.refuse--
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	for _, e := range b.Batch {
		f.ids[e.MessageID] = true
		if len(e.UserID) != 9 || !strings.HasSuffix(e.AnonymousID, e.UserID[2:]) {
			f.badBody = fmt.Errorf("user %q on device %q", e.UserID, e.AnonymousID)
		}
	}
	_, _ = io.WriteString(w, `{"success":true}`)
}

func TestLoad(t *testing.T) {
	for _, rate := range []string{"0", "20000"} {
		f := &fakeCollector{ids: map[string]bool{}, refuse: 2}
		s := httptest.NewServer(f)
		defer s.Close()
		var out bytes.Buffer
		address := s.Listener.Addr().(*net.TCPAddr).String()
		args := []string{"-address", address, "-connections", "3", "-events", "2000", "-rate", rate}
		if err := load(t.Context(), flag.NewFlagSet("load", flag.ContinueOnError), args, &out); err != nil {
			t.Fatal(err)
		}
		if f.badBody != nil {
			t.Error(f.badBody)
		}
		if len(f.ids) != 2000 {
			t.Errorf("rate %s: %d different message ids instead of 2,000", rate, len(f.ids))
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		var last message
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Result == nil {
			t.Fatalf("the last line is %q: %v", lines[len(lines)-1], err)
		}
		if r := last.Result; r.Events != 2000 || r.Refused != 2 || r.P50 <= 0 || r.P99 < r.P50 || r.Worst < 20 {
			t.Errorf("rate %s: %+v", rate, *r)
		}
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i + 1)
	}
	for q, want := range map[float64]float64{0.5: 50, 0.99: 99, 1: 100, 0: 1} {
		if got := quantile(hundred, q); got != want {
			t.Errorf("quantile %g is %g instead of %g", q, got, want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("of nothing: %g", got)
	}
}

func TestFoldBrands(t *testing.T) {
	var rows, want []row
	for i := range keptBrands + 2 {
		rows = append(rows, row{fmt.Sprintf("b%03d|1", i), int64(1000 - i)}, row{fmt.Sprintf("b%03d|2", i), 10})
		if i < keptBrands {
			want = append(want, rows[2*i:]...)
		}
	}
	want = append(want, row{"other|1", 1000 - keptBrands + 999 - keptBrands}, row{"other|2", 20})
	if got := foldBrands(rows); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestEqual(t *testing.T) {
	a := []row{{"1", 5}, {"2", 3}}
	if err := equal(a, slices.Clone(a), "peer"); err != nil {
		t.Error(err)
	}
	for _, b := range [][]row{a[:1], {{"1", 5}, {"2", 4}}, {{"1", 5}, {"3", 3}}, append(slices.Clone(a), row{"3", 1}), nil} {
		if equal(a, b, "peer") == nil || equal(b, a, "peer") == nil {
			t.Errorf("%v is taken for %v", b, a)
		}
	}
	if equal(nil, nil, "peer") == nil {
		t.Error("two empty answers prove nothing")
	}
}

// A row goes through JSON as the peers write it.
func TestRowJSON(t *testing.T) {
	var r row
	if err := json.Unmarshal([]byte(`["1|Page Viewed|Product Viewed", 12]`), &r); err != nil || r != (row{"1|Page Viewed|Product Viewed", 12}) {
		t.Errorf("%v: %v", r, err)
	}
	if b, err := json.Marshal(r); err != nil || string(b) != `["1|Page Viewed|Product Viewed",12]` {
		t.Errorf("%s: %v", b, err)
	}
	if json.Unmarshal([]byte(`["a"]`), &r) == nil || json.Unmarshal([]byte(`{}`), &r) == nil {
		t.Error("what is no pair is taken for one")
	}
}

// The picture is well-formed and shows every question with its ratio; the main data set is the full one, or the largest.
func TestPicture(t *testing.T) {
	answers := func(ms float64) (out []timed) {
		for i, q := range questions {
			out = append(out, timed{Label: q.Label, Millis: ms * float64(i+1), Processor: ms})
		}
		return out
	}
	one := func(events int) *set {
		return &set{sizes: &sizes{Events: events}, engine: &asked{Answers: answers(2)}, click: &peer{Answers: answers(50)}, duck: &peer{Answers: answers(300)}}
	}
	r := results{sets: []*set{one(20_000_000), one(fullSize), one(100_000_000)}}
	if got := r.main().sizes.Events; got != fullSize {
		t.Errorf("the bars are read from %d events", got)
	}
	if got := (results{sets: r.sets[:1]}).main().sizes.Events; got != 20_000_000 {
		t.Errorf("of one data set, %d is taken", got)
	}
	text := r.picture()
	if err := xml.Unmarshal([]byte(text), new(struct{})); err != nil {
		t.Error(err)
	}
	for _, q := range questions {
		if !strings.Contains(text, ">"+q.Label+"<") {
			t.Errorf("%q is not in the picture", q.Label)
		}
	}
	if strings.Count(text, "· 25.0 ×") != len(questions) || strings.Count(text, "· 150.0 ×") != len(questions) {
		t.Errorf("the ratios are not in the picture: %s", text)
	}
	var table strings.Builder
	r.sets[1].questionTable(&table)
	if !strings.Contains(table.String(), "≥ 20 met") || strings.Contains(table.String(), "**missed**") {
		t.Errorf("25 times and 150 times miss a bar: %s", table.String())
	}
}

func TestSizes(t *testing.T) {
	var o options
	if err := o.setSizes("20_000_000,1000"); err != nil || !slices.Equal(o.sizes, []int{20_000_000, 1000}) {
		t.Errorf("%v: %v", o.sizes, err)
	}
	for _, bad := range []string{"", "x", "49", "1000,"} {
		if o.setSizes(bad) == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestReport(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 50_000_000: "50,000,000", -1234: "-1,234"} {
		if got := count(n); got != want {
			t.Errorf("count(%d) is %q", n, got)
		}
	}
	doc := "before\n" + beginMark + "\nold\n" + endMark + "\nafter\n"
	got, err := replaceBetween(doc, "new\n")
	if want := "before\n" + beginMark + "\n\nnew\n\n" + endMark + "\nafter\n"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := replaceBetween("no marks", "new"); err == nil {
		t.Error("a document without marks was taken")
	}
	text, err := os.ReadFile("../../docs/benchmarks.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := replaceBetween(string(text), ""); err != nil {
		t.Errorf("docs/benchmarks.md: %v", err)
	}
}

func TestSumOf(t *testing.T) {
	for n := range 10 {
		v, want := make([]uint16, n), int64(0)
		for i := range v {
			v[i] = math.MaxUint16 - uint16(i)
			want += int64(v[i])
		}
		if got := sumOf(v); got != want {
			t.Errorf("of %d: %d instead of %d", n, got, want)
		}
	}
}
