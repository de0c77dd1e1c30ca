package insight_test

import (
	"context"
	"errors"
	"math"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine"
	"wend.dev/wend/engine/seq"
	"wend.dev/wend/insight"
)

// counted is an engine that has counted already.
type counted struct {
	engine.Engine
	drivers *seq.DriverCounts
	contact *seq.FirstContactCounts
	err     error
}

func (c counted) Drivers(context.Context, seq.Drivers) (*seq.DriverCounts, error) {
	return c.drivers, c.err
}
func (c counted) FirstContact(context.Context, seq.FirstContact) (*seq.FirstContactCounts, error) {
	return c.contact, c.err
}

func cells(name string, won, lost, wonWithout, lostWithout int64) seq.DriverCandidate {
	return seq.DriverCandidate{Kind: "event", Event: name, WonWith: won, LostWith: lost, WonWithout: wonWithout, LostWithout: lostWithout}
}

func drive(t interface{ Fatal(...any) }, won, lost int64, list ...seq.DriverCandidate) *insight.DriversAnswer {
	a, err := insight.Drive(context.Background(), counted{drivers: &seq.DriverCounts{Won: won, Lost: lost, Support: 1, Candidates: list}}, seq.Drivers{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestDriverByHand works one table by hand: 30 of 40 with it succeed, 20 of 60 without.
func TestDriverByHand(t *testing.T) {
	d := drive(t, 50, 50, cells("x", 30, 10, 20, 40)).Drivers[0]
	near(t, "odds ratio", d.OddsRatio, 31.0*41/(11*21), 1e-12)
	se := math.Sqrt(1.0/31 + 1.0/11 + 1.0/21 + 1.0/41)
	near(t, "low", d.Low, d.OddsRatio*math.Exp(-z95*se), 1e-9)
	near(t, "high", d.High, d.OddsRatio*math.Exp(z95*se), 1e-9)
	// Pearson's: 100·(30·40 − 10·20)² / (40·60·50·50) = 16.667; P(χ²₁ > 16.667) = 4.4557e-05.
	near(t, "p", d.P, 4.4557e-05, 1e-8)
	if d.Test != "chi_squared" || d.Direction != "success" || d.With != insight.NewRate(30, 40) || d.Without != insight.NewRate(20, 60) {
		t.Errorf("%+v", d)
	}
	// With nobody in a cell it is finite still: (5+1)(5+1) / (0+1)(0+1).
	near(t, "odds ratio", drive(t, 5, 5, cells("x", 5, 0, 0, 5)).Drivers[0].OddsRatio, 36, 1e-12)
}

// TestFisher: Fisher's tea, 3 of 4 cups told right (1935; two-sided 0.4857, Agresti 2002), and tables summed by hand.
func TestFisher(t *testing.T) {
	f := func(a, b, c, d int64, want float64) {
		t.Helper()
		x := drive(t, a+c, b+d, cells("x", a, b, c, d)).Drivers[0]
		if x.Test != "fisher" {
			t.Fatalf("test is %s", x.Test)
		}
		near(t, "p", x.P, want, 0.00005)
	}
	f(3, 1, 1, 3, 0.4857)
	f(0, 4, 4, 0, 2.0/70)
	f(1, 1, 1, 1, 1)
}

// TestFisherByEnumeration: against exact fractions over all tables with the same margins.
func TestFisherByEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SliceOfN(rapid.Int64Range(0, 9), 4, 4).Draw(t, "counts")
		a, b, c, d := n[0], n[1], n[2], n[3]
		if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
			return
		}
		x := drive(t, a+c, b+d, cells("x", a, b, c, d)).Drivers[0]
		if x.Test != "fisher" {
			return
		}
		ways := func(k int64) *big.Int {
			z := new(big.Int).Binomial(a+c, k)
			return z.Mul(z, new(big.Int).Binomial(b+d, a+b-k))
		}
		sum := new(big.Int)
		for k := max(0, a-d); k <= min(a+b, a+c); k++ {
			if w := ways(k); w.Cmp(ways(a)) <= 0 {
				sum.Add(sum, w)
			}
		}
		want, _ := new(big.Rat).SetFrac(sum, new(big.Int).Binomial(a+b+c+d, a+b)).Float64()
		if math.Abs(x.P-want) > 1e-6 {
			t.Fatalf("%v: p is %.8f, want %.8f", n, x.P, want)
		}
	})
}

// TestFalseDiscovery holds q to the definition, put plainly, over random tables.
func TestFalseDiscovery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []seq.DriverCandidate
		for i := range rapid.IntRange(1, 30).Draw(t, "candidates") {
			with := rapid.Int64Range(1, 99).Draw(t, "with")
			won := rapid.Int64Range(max(0, with-50), min(50, with)).Draw(t, "won")
			list = append(list, cells(string(rune('A'+i)), won, with-won, 50-won, 50-(with-won)))
		}
		a := drive(t, 50, 50, list...)
		type pq struct{ p, q float64 }
		var all []pq
		for _, d := range a.Drivers {
			for range 1 + len(d.Alike) {
				all = append(all, pq{d.P, d.Q})
			}
		}
		m := float64(len(all))
		if len(all) != len(list) || a.Tested != len(list) {
			t.Fatalf("%d of %d candidates, tested %d", len(all), len(list), a.Tested)
		}
		// q of a p is the least, over the values at or above it, of that value times m over how many lie at or below it.
		found := 0
		for _, x := range all {
			want := 1.0
			for _, y := range all {
				if y.p < x.p {
					continue
				}
				below := 0
				for _, z := range all {
					if z.p <= y.p {
						below++
					}
				}
				want = min(want, y.p*m/float64(below))
			}
			if math.Abs(want-x.q) > 1e-12 {
				t.Fatalf("q of p %v is %v, want %v", x.p, x.q, want)
			}
			if x.q <= 0.05 {
				found++
			}
		}
		if a.Found != found {
			t.Fatalf("found %d, want %d", a.Found, found)
		}
	})
}

// TestDriversOrder: found ones first, by the interval's end nearest 1; a thin one does not lead; alike ones stand together.
func TestDriversOrder(t *testing.T) {
	property := cells("strong", 300, 20, 200, 480)
	property.Kind, property.Property, property.Value = "property", "properties.c", "x"
	a := drive(t, 500, 500, cells("thin", 6, 0, 494, 500), cells("strong", 300, 20, 200, 480), cells("weak", 280, 220, 220, 280),
		cells("none", 251, 250, 249, 250), cells("against", 20, 300, 480, 200), property)
	var order []string
	for _, d := range a.Drivers {
		order = append(order, d.Event+" "+d.Direction)
	}
	if want := []string{"strong success", "against failure", "thin success", "weak success", "none none"}; !reflect.DeepEqual(order, want) {
		if want[2], want[3] = want[3], want[2]; !reflect.DeepEqual(order, want) {
			t.Errorf("order is %v", order)
		}
	}
	if got := a.Drivers[0].Alike; len(got) != 1 || got[0].Property != "properties.c" {
		t.Errorf("alike is %+v", got)
	}
	if a.Tested != 6 || len(a.Warnings) != 0 {
		t.Errorf("tested %d, warnings %v", a.Tested, a.Warnings)
	}
}

// TestDriverWarnings: what makes a driver less than it seems is said.
func TestDriverWarnings(t *testing.T) {
	f := func(won, lost int64, x seq.DriverCandidate, want ...string) {
		t.Helper()
		if got := drive(t, won, lost, x).Drivers[0].Warnings; !slices.Equal(got, want) {
			t.Errorf("%+v of %d and %d: %v, want %v", x, won, lost, got, want)
		}
	}
	f(500, 500, cells("x", 300, 200, 200, 300))
	f(500, 500, cells("same", 470, 10, 30, 490), "outcome")
	f(500, 500, cells("reverse", 10, 470, 490, 30), "outcome")
	f(500, 500, cells("needed", 500, 300, 0, 200), "on_the_way")
	f(500, 500, cells("needed to fail", 300, 500, 200, 0))
	f(500, 500, cells("rare", 40, 5, 460, 495), "skewed")
	f(500, 500, cells("common", 490, 465, 10, 35), "skewed")
	f(100, 100, cells("thin", 6, 1, 94, 99), "few", "skewed")
	step := cells("step", 300, 200, 200, 300)
	step.Step = true
	f(500, 500, step, "step")

	g := func(won, lost int64, want ...string) {
		t.Helper()
		if got := drive(t, won, lost).Warnings; !slices.Equal(got, want) {
			t.Errorf("%d and %d: %v, want %v", won, lost, got, want)
		}
	}
	g(50, 50)
	g(49, 900, "few")
	g(50, 960, "skewed")
	g(960, 50, "skewed")
	g(0, 900, "nothing_to_compare", "skewed")
	g(0, 0, "nothing_to_compare")
}

// TestDriverProperties: turning success and failure, or with and without, turns the odds ratio and its interval and nothing
// else; the ratio lies in its interval; p and q lie in 0 to 1 and q is no less than p.
func TestDriverProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SliceOfN(rapid.Int64Range(0, 3000), 4, 4).Draw(t, "counts")
		a, b, c, d := n[0]+1, n[1], n[2], n[3]+1
		x := drive(t, a+c, b+d, cells("x", a, b, c, d)).Drivers[0]
		turned := drive(t, b+d, a+c, cells("x", b, a, d, c)).Drivers[0]
		swapped := drive(t, a+c, b+d, cells("x", c, d, a, b)).Drivers[0]
		for _, y := range []insight.Driver{turned, swapped} {
			if math.Abs(x.OddsRatio*y.OddsRatio-1) > 1e-9 || math.Abs(x.Low*y.High-1) > 1e-9 || math.Abs(x.P-y.P) > 1e-9 {
				t.Fatalf("%v: %+v and %+v", n, x, y)
			}
		}
		if !(x.Low < x.OddsRatio && x.OddsRatio < x.High) || x.P < 0 || x.P > 1 || x.Q < x.P-1e-12 || x.Q > 1 || math.IsNaN(x.P) {
			t.Fatalf("%v: %+v", n, x)
		}
	})
}

func TestGreet(t *testing.T) {
	c := &seq.FirstContactCounts{All: seq.VisitCounts{Visits: 1000, Engaged: 400, FewClicks: 300, Short: 100, Failed: 320}, Open: 3,
		Splits: []seq.VisitSplit{{By: "device", Values: []seq.VisitValue{
			{Value: "mobile", VisitCounts: seq.VisitCounts{Visits: 500, Failed: 200}}, {Value: "desktop", VisitCounts: seq.VisitCounts{Visits: 450, Failed: 100}},
			{Value: "other", Other: true, VisitCounts: seq.VisitCounts{Visits: 50, Failed: 20}},
		}}, {By: "campaign", Values: []seq.VisitValue{{VisitCounts: seq.VisitCounts{Visits: 1000, Failed: 320}}}}}}
	a, err := insight.Greet(context.Background(), counted{contact: c}, seq.FirstContact{})
	if err != nil {
		t.Fatal(err)
	}
	if a.All.Failed != insight.NewRate(320, 1000) || a.All.Short != insight.NewRate(100, 1000) || a.All.Engaged.N != 400 || a.All.FewClicks.N != 300 || a.Open != 3 {
		t.Errorf("%+v", a)
	}
	for i, want := range []string{"worse", "better", "no_change"} {
		if v := a.Splits[0].Values[i]; v.Direction != want {
			t.Errorf("%q is %s, want %s", v.Value, v.Direction, want)
		}
	}
	near(t, "against the rest", a.Splits[0].Values[0].Rest.Value, 0.4-120.0/500, 1e-12)
	if v := a.Splits[1].Values[0]; v.Rest != nil || v.Direction != "not_enough" {
		t.Errorf("without others: %+v", v)
	}
	fault := errors.New("no")
	if _, err := insight.Greet(context.Background(), counted{err: fault}, seq.FirstContact{}); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
	if _, err := insight.Drive(context.Background(), counted{err: fault}, seq.Drivers{}); !errors.Is(err, fault) {
		t.Errorf("%v", err)
	}
}
