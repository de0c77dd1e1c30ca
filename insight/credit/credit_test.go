package credit

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
)

// chainsOf reads "abc 2 1 30": touches as letters, conversions, nulls, value.
func chainsOf(lines ...string) (c Chains) {
	for _, l := range lines {
		var x Chain
		var word string
		if _, err := fmt.Sscan(l, &word, &x.Conversions, &x.Nulls, &x.Value); err != nil {
			panic(l)
		}
		for _, letter := range word {
			x.Touches = append(x.Touches, int(letter-'a'))
			c.Channels = max(c.Channels, int(letter-'a')+1)
		}
		c.List = append(c.List, x)
	}
	return c
}

func shared(t interface{ Fatalf(string, ...any) }, c Chains, m Model) Result {
	r, err := Share(c, m)
	if err != nil {
		t.Fatalf("%s: %v", m.Name, err)
	}
	return r
}

func same(t *testing.T, what string, got []float64, want ...float64) {
	t.Helper()
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && math.Abs(got[i]-want[i]) < 1e-9
	}
	if !ok {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestToy is the case of the brief: a>b>c converts, a does not, b>c does not.
func TestToy(t *testing.T) {
	toy := chainsOf("abc 1 0 100", "a 0 1 0", "bc 0 1 0")
	r := shared(t, toy, Model{Name: Markov, Order: 1})
	same(t, "removal effects", r.Effects, 0.5, 1, 1)
	same(t, "conversions", r.Conversions, 0.2, 0.4, 0.4)
	same(t, "value", r.Value, 20, 40, 40)
	if r.Low != nil || r.Interval != "" {
		t.Errorf("three chains have no interval: %+v", r)
	}
	// Order 3 knows that only a>b>c converts: without any of them nothing is left.
	same(t, "order 3", shared(t, toy, Model{Name: Markov, Order: 3}).Effects, 1, 1, 1)
	// Coalitions: {a} 0 of 1, {b,c} 0 of 1, all 1 of 3. a is missing in 1 of 3 orders' last places; so are b and c.
	same(t, "shapley", shared(t, toy, Model{Name: Shapley}).Conversions, 1.0/3, 1.0/3, 1.0/3)
	same(t, "shapley count", shared(t, toy, Model{Name: Shapley, Worth: "count"}).Conversions, 1.0/3, 1.0/3, 1.0/3)
}

func TestRules(t *testing.T) {
	f := func(m Model, chain string, want ...float64) {
		t.Helper()
		r := shared(t, chainsOf(chain+" 2 5 10"), m)
		same(t, m.Name+" "+chain, r.Conversions, want...)
		for i := range want {
			want[i] *= 5
		}
		same(t, m.Name+" value "+chain, r.Value, want...)
	}
	f(Model{Name: First}, "abc", 2, 0, 0)
	f(Model{Name: Last}, "abc", 0, 0, 2)
	f(Model{Name: Linear}, "abca", 1, 0.5, 0.5)
	direct := []bool{false, false, true}
	f(Model{Name: LastNonDirect, Direct: direct}, "abcc", 0, 2, 0)
	f(Model{Name: LastNonDirect, Direct: direct}, "ccc", 0, 0, 2)
	f(Model{Name: LastNonDirect, Direct: direct}, "acab", 0, 2, 0)
	position := Model{Name: Position, Ends: Ends{0.4, 0.4}}
	f(position, "a", 2)
	f(position, "ab", 1, 1)
	f(position, "abcd", 0.8, 0.2, 0.2, 0.8)
	f(position, "abca", 1.6, 0.2, 0.2)
	f(Model{Name: Position, Ends: Ends{0, 0}}, "ab", 1, 1)
	f(Model{Name: Position, Ends: Ends{0, 0}}, "abc", 0, 2, 0)
	f(Model{Name: J}, "abc", 0.4, 0.4, 1.2)
	f(Model{Name: J}, "ab", 0.5, 1.5)
	f(Model{Name: InverseJ}, "abc", 1.2, 0.4, 0.4)
	f(Model{Name: InverseJ}, "ab", 1.5, 0.5)
	decay := chainsOf("aba 2 0 30")
	decay.List[0].Decay, decay.List[0].DecayValue = []float64{0.1, 0.3, 0.6}, []float64{5, 5, 20}
	r := shared(t, decay, Model{Name: TimeDecay})
	same(t, "decay", r.Conversions, 1.4, 0.6)
	same(t, "decay's value", r.Value, 25, 5)
}

func TestRefused(t *testing.T) {
	f := func(c Chains, m Model, field, words string) {
		t.Helper()
		_, err := Share(c, m)
		var bad *seq.Invalid
		if !errors.As(err, &bad) || bad.Field != field || !strings.Contains(bad.Reason, words) {
			t.Errorf("%+v: %v", m, err)
		}
	}
	f(Chains{}, Model{Name: "markow"}, "models", `did you mean "markov"?`)
	var many Chains
	many.Channels = 30
	for a := range 30 {
		for b := range 30 {
			many.List = append(many.List, Chain{Touches: []int{a, b}, Conversions: 1})
		}
	}
	f(many, Model{Name: Markov, Order: 2}, "order", "931 states")
	shared(t, many, Model{Name: Markov, Order: 1})
}

func drawChains(t *rapid.T, channels int) (c Chains) {
	c.Channels = channels
	for range rapid.IntRange(0, 8).Draw(t, "chains") {
		x := Chain{
			Touches:     rapid.SliceOfN(rapid.IntRange(0, channels-1), 1, 7).Draw(t, "touches"),
			Conversions: float64(rapid.IntRange(0, 30).Draw(t, "conversions")), Nulls: float64(rapid.IntRange(0, 40).Draw(t, "nulls")),
		}
		if x.Conversions > 0 {
			x.Value = float64(rapid.IntRange(0, 500).Draw(t, "value"))
			sum := 0.0
			for range x.Touches {
				x.Decay = append(x.Decay, rapid.Float64Range(0.01, 1).Draw(t, "weight"))
				sum += x.Decay[len(x.Decay)-1]
			}
			for i := range x.Decay {
				x.Decay[i] /= sum
				x.DecayValue = append(x.DecayValue, x.Decay[i]*x.Value)
			}
		}
		c.List = append(c.List, x)
	}
	return c
}

// TestCreditsAddUp: every model shares out all conversions and all value, and only to channels that touched.
func TestCreditsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "channels")
		c := drawChains(t, n)
		conversions, value := c.total()
		touched := make([]bool, n)
		for _, x := range c.List {
			for _, ch := range x.Touches {
				touched[ch] = touched[ch] || x.Conversions+x.Nulls > 0
			}
		}
		m := Model{Order: rapid.IntRange(1, 3).Draw(t, "order"), Direct: make([]bool, n), Ends: Ends{0.3, 0.5}, Seed: rapid.Uint64().Draw(t, "seed")}
		m.Direct[0] = true
		m.Worth = rapid.SampledFrom([]string{"", "rate", "count"}).Draw(t, "worth")
		for _, m.Name = range Names() {
			r := shared(t, c, m)
			sum, worth := 0.0, 0.0
			for i := range r.Conversions {
				if r.Conversions[i] != 0 && !touched[i] {
					t.Fatalf("%s credits channel %d, which touched nobody", m.Name, i)
				}
				if r.Low != nil && (r.Low[i] > r.Conversions[i]+1e-9 || r.High[i] < r.Conversions[i]-1e-9) {
					t.Fatalf("%s: %v is not in %v to %v", m.Name, r.Conversions[i], r.Low[i], r.High[i])
				}
				sum += r.Conversions[i]
				worth += r.Value[i]
			}
			if math.Abs(sum-conversions) > 1e-6 || math.Abs(worth-value) > 1e-5 {
				t.Fatalf("%s shares %v of %v conversions and %v of %v", m.Name, sum, conversions, worth, value)
			}
			again := shared(t, c, m)
			if fmt.Sprint(again) != fmt.Sprint(r) {
				t.Fatalf("%s answers otherwise when asked again", m.Name)
			}
		}
	})
}

// flow is the Markov model in the plainest words: states are texts, and what is under way is moved on until nothing is.
func flow(c Chains, order, removed int) float64 {
	moves := map[string]map[string]float64{}
	add := func(from, to string, n float64) {
		if moves[from] == nil {
			moves[from] = map[string]float64{}
		}
		moves[from][to] += n
	}
	for _, x := range c.List {
		from := ""
		for i := range x.Touches {
			to := fmt.Sprint(x.Touches[max(0, i+1-order) : i+1])
			add(from, to, x.Conversions+x.Nulls)
			from = to
		}
		add(from, "won", x.Conversions)
		add(from, "lost", x.Nulls)
	}
	here, won := map[string]float64{"": 1}, 0.0
	for left := 1.0; left > 1e-14; {
		next := map[string]float64{}
		left = 0
		for from, share := range here {
			all := 0.0
			for _, n := range moves[from] {
				all += n
			}
			for to, n := range moves[from] {
				last := strings.TrimSuffix(to[strings.LastIndexAny(to, " [")+1:], "]")
				switch {
				case all == 0 || to == "lost" || last == strconv.Itoa(removed):
				case to == "won":
					won += share * n / all
				default:
					next[to] += share * n / all
					left += share * n / all
				}
			}
		}
		here = next
	}
	return won
}

func TestMarkovAgainstFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "channels")
		c := drawChains(t, n)
		for i := range c.List {
			c.List[i].Nulls++ // so that the flow runs dry soon
		}
		order := rapid.IntRange(1, 3).Draw(t, "order")
		r := shared(t, c, Model{Name: Markov, Order: order})
		all := flow(c, order, -1)
		for ch := range n {
			want := 0.0
			if all > 0 {
				want = 1 - flow(c, order, ch)/all
			}
			if math.Abs(r.Effects[ch]-want) > 1e-8 {
				t.Fatalf("order %d: without %d %v of the conversions are lost, want %v", order, ch, r.Effects[ch], want)
			}
		}
	})
}

// orders is Shapley's value by its definition: the mean over all orders of joining.
func orders(c Chains, n int, count bool) []float64 {
	worth := func(in []bool) float64 {
		won, all := 0.0, 0.0
		for _, x := range c.List {
			if !slices.ContainsFunc(x.Touches, func(ch int) bool { return !in[ch] }) {
				won += x.Conversions
				all += x.Conversions + x.Nulls
			}
		}
		if count {
			return won
		}
		return rate(won, all)
	}
	sum, tried := make([]float64, n), 0.0
	var join func(order []int, left []int)
	join = func(order, left []int) {
		if len(left) == 0 {
			in, before := make([]bool, n), 0.0
			for _, ch := range order {
				in[ch] = true
				now := worth(in)
				sum[ch] += now - before
				before = now
			}
			tried++
			return
		}
		for i, ch := range left {
			join(append(slices.Clone(order), ch), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	join(nil, all)
	for i := range sum {
		sum[i] /= tried
	}
	return sum
}

func TestShapleyAgainstOrders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "channels")
		c := drawChains(t, n)
		conversions, _ := c.total()
		chains := 0.0
		for _, x := range c.List {
			chains += x.Conversions + x.Nulls
		}
		worth := rapid.SampledFrom([]string{"rate", "count"}).Draw(t, "worth")
		r := shared(t, c, Model{Name: Shapley, Worth: worth})
		for ch, v := range orders(c, n, worth == "count") {
			want := 0.0
			if worth == "count" {
				want = v
			} else if conversions > 0 {
				want = v * chains
			}
			if math.Abs(r.Conversions[ch]-want) > 1e-9*(1+chains) {
				t.Fatalf("channel %d is given %v, want %v", ch, r.Conversions[ch], want)
			}
		}
	})
}

// TestSampledShapley: on chains whose value is known exactly, the interval of the samples holds it in about 95 of 100
// cases, and another seed gives another estimate.
func TestSampledShapley(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	held, of := 0, 0
	for seed := range uint64(40) {
		var c Chains
		c.Channels = 8
		for range 60 {
			x := Chain{Conversions: float64(rng.IntN(9)), Nulls: float64(rng.IntN(40))}
			for range 1 + rng.IntN(4) {
				x.Touches = append(x.Touches, rng.IntN(8))
			}
			c.List = append(c.List, x)
		}
		used := []int{0, 1, 2, 3, 4, 5, 6, 7}
		coalitions, _ := gather(c)
		exact := exactValues(coalitions, used)
		mean, half := sampledValues(coalitions, used, seed)
		for i := range exact {
			of++
			if math.Abs(mean[i]-exact[i]) <= half[i] {
				held++
			}
		}
	}
	if share := float64(held) / float64(of); share < 0.91 || share > 0.985 {
		t.Errorf("the interval holds the value in %d of %d cases", held, of)
	}
}

func TestManyChannelsAreSampled(t *testing.T) {
	var c Chains
	c.Channels = 16
	for i := range 16 {
		c.List = append(c.List, Chain{Touches: []int{i, (i + 1) % 16}, Conversions: float64(i), Nulls: 10})
	}
	r := shared(t, c, Model{Name: Shapley, Seed: 1})
	if r.Interval != "sampling" || r.High[3] <= r.Low[3] {
		t.Errorf("%+v", r)
	}
	if other := shared(t, c, Model{Name: Shapley, Seed: 2}); other.Conversions[3] == r.Conversions[3] {
		t.Error("another seed gives the same")
	}
	c.List[15].Touches, c.List[14].Touches = []int{0, 1}, []int{13, 14} // 15 channels are left
	if r := shared(t, c, Model{Name: Shapley, Seed: 1}); r.Interval != "chains" {
		t.Errorf("15 channels: the interval is of %q", r.Interval)
	}
}

// TestIntervalHolds: chains are drawn again and again from a known law; the interval of the share holds the share
// under the law in about 95 of 100 cases.
func TestIntervalHolds(t *testing.T) {
	law := chainsOf("abc 30 60 0", "a 20 200 0", "cb 40 100 0", "bc 10 90 0", "c 50 300 0", "acb 30 70 0")
	law.Channels = 3
	total := 1000.0
	for _, name := range []string{First, Linear, Position, Markov, Shapley} {
		m := Model{Name: name, Order: 1, Seed: 3, Ends: Ends{0.4, 0.4}}
		truth := shared(t, law, m)
		all, _ := law.total()
		rng := rand.New(rand.NewPCG(1, 2))
		held, of := 0, 0
		for range 120 {
			c := Chains{Channels: 3}
			for _, x := range law.List {
				c.List = append(c.List, Chain{Touches: x.Touches})
			}
			for range 2000 {
				u := rng.Float64() * total
				for i, x := range law.List {
					if u -= x.Conversions; u < 0 {
						c.List[i].Conversions++
						break
					}
					if u -= x.Nulls; u < 0 {
						c.List[i].Nulls++
						break
					}
				}
			}
			got, _ := c.total()
			r := shared(t, c, m)
			if r.Interval != "chains" {
				t.Fatalf("%s: no interval", name)
			}
			for i := range 3 {
				of++
				if want := truth.Conversions[i] / all * got; r.Low[i] <= want && want <= r.High[i] {
					held++
				}
			}
		}
		if share := float64(held) / float64(of); share < 0.90 || share > 0.995 {
			t.Errorf("%s: the interval holds the share in %d of %d cases", name, held, of)
		}
	}
}

// realChains are 10,000 channel paths, with conversions, value and nulls, from beside this repository.
func realChains(t *testing.T) Chains {
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", "data", "channelattribution", "PathData.csv"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the channel paths are not beside this repository, where CI has them")
		}
		t.Skip("the channel paths are not beside this repository")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	var c Chains
	for _, row := range rows[1:] {
		var x Chain
		for _, name := range strings.Split(row[0], " > ") {
			if _, ok := ids[name]; !ok {
				ids[name] = len(ids)
			}
			x.Touches = append(x.Touches, ids[name])
		}
		x.Conversions, _ = strconv.ParseFloat(row[1], 64)
		x.Value, _ = strconv.ParseFloat(row[2], 64)
		x.Nulls, _ = strconv.ParseFloat(row[3], 64)
		c.List = append(c.List, x)
	}
	c.Channels = len(ids)
	return c
}

// TestRealChains holds the models to a plain count, and Markov's to the flow and to a simulation, on real paths.
func TestRealChains(t *testing.T) {
	c := realChains(t)
	if conversions, value := c.total(); len(c.List) != 10_000 || c.Channels != 12 || conversions != 19785 || math.Abs(value-74802.97158721) > 1e-6 {
		t.Fatalf("%d paths, %d channels, %v conversions worth %v", len(c.List), c.Channels, conversions, value)
	}
	first, last, linear := make([]float64, 12), make([]float64, 12), make([]float64, 12)
	for _, x := range c.List {
		first[x.Touches[0]] += x.Value
		last[x.Touches[len(x.Touches)-1]] += x.Conversions
		for _, ch := range x.Touches {
			linear[ch] += x.Conversions / float64(len(x.Touches))
		}
	}
	close := func(what string, got, want []float64, within float64) {
		t.Helper()
		for i := range want {
			if math.Abs(got[i]-want[i]) > within {
				t.Errorf("%s: channel %d has %v, want %v", what, i, got[i], want[i])
			}
		}
	}
	close("first", shared(t, c, Model{Name: First}).Value, first, 1e-6)
	close("last", shared(t, c, Model{Name: Last}).Conversions, last, 1e-6)
	close("linear", shared(t, c, Model{Name: Linear}).Conversions, linear, 1e-6)
	for order := 1; order <= 2; order++ {
		r := shared(t, c, Model{Name: Markov, Order: order})
		want, all := make([]float64, 12), flow(c, order, -1)
		for ch := range want {
			want[ch] = 1 - flow(c, order, ch)/all
		}
		close(fmt.Sprint("markov order ", order), r.Effects, want, 1e-9)
	}
	close("simulated", shared(t, c, Model{Name: Markov, Order: 1}).Effects, simulated(c, 300_000), 0.012)
}

// simulated walks the Markov chain of order 1 by lot, as the R package ChannelAttribution does.
func simulated(c Chains, walks int) []float64 {
	n := c.Channels
	const won, lost = -1, -2
	next := make([]map[int]float64, n+1) // by channel, the start last
	for i := range next {
		next[i] = map[int]float64{}
	}
	for _, x := range c.List {
		at := n
		for _, ch := range x.Touches {
			next[at][ch] += x.Conversions + x.Nulls
			at = ch
		}
		next[at][won] += x.Conversions
		next[at][lost] += x.Nulls
	}
	rng := rand.New(rand.NewPCG(4, 2))
	conversions, without := 0.0, make([]float64, n)
	targets, sums := make([][]int, n+1), make([][]float64, n+1)
	for i, m := range next {
		sum := 0.0
		for to := lost; to < n; to++ {
			sum += m[to]
			targets[i], sums[i] = append(targets[i], to), append(sums[i], sum)
		}
	}
	for range walks {
		seen := make([]bool, n)
		at := n
		for at >= 0 {
			u := rng.Float64() * sums[at][len(sums[at])-1]
			i, _ := slices.BinarySearch(sums[at], u)
			if at = targets[at][i]; at >= 0 {
				seen[at] = true
			}
		}
		if at == won {
			conversions++
			for ch := range seen {
				if seen[ch] {
					without[ch]++
				}
			}
		}
	}
	for ch := range without {
		without[ch] /= conversions
	}
	return without
}

func BenchmarkModels(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	c := Chains{Channels: 12}
	for range 20_000 {
		x := Chain{Conversions: float64(rng.IntN(3)), Nulls: float64(rng.IntN(9))}
		for range 1 + rng.IntN(8) {
			x.Touches = append(x.Touches, rng.IntN(12))
		}
		c.List = append(c.List, x)
	}
	for _, name := range []string{Linear, Markov, Shapley} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Share(c, Model{Name: name, Order: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
