package insight_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"wend.dev/wend/insight"
)

// z95 is the standard normal quantile of a two-sided 95 % interval.
const z95 = 1.959963984540054

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > within {
		t.Errorf("%s is %.5f, want %.5f", what, got, want)
	}
}

// TestWilson holds NewRate to the worked intervals in Newcombe (1998), "Two-sided confidence intervals for the single
// proportion: comparison of seven methods", Statistics in Medicine 17:857–872, table I, method 3.
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		n, of     int64
		low, high float64
	}{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{29, 29, 0.8830, 1},
	} {
		r := insight.NewRate(c.n, c.of)
		near(t, "low", r.Low, c.low, 0.00006)
		near(t, "high", r.High, c.high, 0.00006)
		near(t, "rate", r.Rate, float64(c.n)/float64(c.of), 0)
	}
	if r := insight.NewRate(0, 0); r.Low != 0 || r.High != 1 || r.Rate != 0 {
		t.Errorf("0 of 0 is %+v: nothing is known", r)
	}
}

// TestNewcombe holds DifferenceOfRates to the worked intervals in Newcombe (1998), table II, method 10.
func TestNewcombe(t *testing.T) {
	for _, c := range []struct {
		a, m, b, n int64
		low, high  float64
	}{
		{56, 70, 48, 80, 0.0524, 0.3339},
		{9, 10, 3, 10, 0.1705, 0.8090},
		{6, 7, 2, 7, 0.0582, 0.8062},
		{5, 56, 0, 29, -0.0381, 0.1926},
		{0, 10, 0, 20, -0.1611, 0.2775},
		{0, 10, 0, 10, -0.2775, 0.2775},
		{10, 10, 0, 20, 0.6791, 1},
		{10, 10, 0, 10, 0.6075, 1},
	} {
		d := insight.DifferenceOfRates(insight.NewRate(c.a, c.m), insight.NewRate(c.b, c.n))
		near(t, "low", d.Low, c.low, 0.0001)
		near(t, "high", d.High, c.high, 0.0001)
	}
}

func scores(detractors, passives, promoters int64) insight.Sample {
	return insight.Sample{Values: []float64{3, 7, 10}, Counts: []int64{detractors, passives, promoters}}
}

// TestNPSChange is the worked case of docs/questions.md: NPS 20 to 26 on 1,200 and 1,350 answers is p = 0.064, so it is
// no change. The split into promoters and detractors is the published one: 540/360/300 and 675/351/324.
func TestNPSChange(t *testing.T) {
	before, now := scores(300, 360, 540), scores(324, 351, 675)
	c := insight.ChangeOfScores(insight.NPS, now, before)
	near(t, "before", c.Before, 20, 1e-9)
	near(t, "now", c.Now, 26, 1e-9)
	near(t, "change", c.Value, 6, 1e-9)
	if c.Direction != "no_change" || *c.Low >= 0 || *c.High <= 0 {
		t.Errorf("20 to 26 is judged %q, %.2f to %.2f", c.Direction, *c.Low, *c.High)
	}
	se := (*c.High - *c.Low) / 2 / z95
	mid := (*c.High + *c.Low) / 2
	near(t, "p", 2*distuv.UnitNormal.Survival(mid/se), 0.064, 0.0005)

	ten := func(s insight.Sample) insight.Sample {
		return insight.Sample{Values: s.Values, Counts: []int64{10 * s.Counts[0], 10 * s.Counts[1], 10 * s.Counts[2]}}
	}
	if c := insight.ChangeOfScores(insight.NPS, ten(now), ten(before)); c.Direction != "better" {
		t.Errorf("the same on ten times the answers is %q", c.Direction)
	}
	if c := insight.ChangeOfScores(insight.NPS, ten(before), ten(now)); c.Direction != "worse" {
		t.Errorf("the reverse is %q", c.Direction)
	}
}

func TestScores(t *testing.T) {
	s := insight.NewScore(insight.NPS, insight.Sample{Values: []float64{-1, 0, 6, 7, 8, 9, 10, 11}, Counts: []int64{5, 1, 1, 1, 1, 1, 5, 2}})
	near(t, "nps", s.Value, 40, 1e-9)
	if s.N != 10 || s.Off != 7 {
		t.Errorf("n %d off %d, want 10 and 7", s.N, s.Off)
	}
	// By hand: promoters 6.75/13, detractors 2.75/13, difference 0.30769, variance 0.73077 − 0.09467, / 13, root 0.22120.
	near(t, "nps low", s.Low, 30.769-1.95996*22.120, 0.01)
	near(t, "nps high", s.High, 30.769+1.95996*22.120, 0.01)

	s = insight.NewScore(insight.CSAT, insight.Sample{Values: []float64{1, 3, 4, 5}, Counts: []int64{100, 82, 41, 40}})
	near(t, "csat", s.Value, 81.0/263, 1e-9)
	near(t, "csat low", s.Low, 0.2553, 0.0001)
	near(t, "csat high", s.High, 0.3662, 0.0001)

	s = insight.NewScore(insight.CES, insight.Sample{Values: []float64{2, 4, 6}, Counts: []int64{1, 2, 1}})
	near(t, "ces", s.Value, 4, 1e-9)
	near(t, "ces sd", *s.SD, math.Sqrt(8.0/3), 1e-9)
	near(t, "ces low", s.Low, 4-3.182446*math.Sqrt(8.0/3)/2, 1e-5) // t(3) = 3.182446

	for _, c := range []struct {
		scale string
		s     insight.Sample
	}{{"nps", insight.Sample{}}, {"stars", scores(1, 1, 1)}, {"csat", insight.Sample{Values: []float64{9}, Counts: []int64{4}}}} {
		if s := insight.NewScore(c.scale, c.s); s != nil {
			t.Errorf("%s of %v is %+v, want none", c.scale, c.s, s)
		}
	}
	if s := insight.NewScore("ces", insight.Sample{Values: []float64{5}, Counts: []int64{1}}); s.SD != nil || s.Low != 5 || s.N != 1 {
		t.Errorf("one answer gives %+v", s)
	}
}

// TestWelch holds DifferenceOfMeans to a textbook case of unequal variances, worked by hand from Welch's formula.
func TestWelch(t *testing.T) {
	// a: 4 × 10, 4 × 20 → mean 15, variance 200/7; b: 3, 5, 7 → mean 5, variance 4.
	a := insight.Sample{Values: []float64{10, 20}, Counts: []int64{4, 4}}
	b := insight.Sample{Values: []float64{3, 5, 7}, Counts: []int64{1, 1, 1}}
	d, ok := insight.DifferenceOfMeans(a, b)
	if !ok {
		t.Fatal("not ok")
	}
	ea, eb := 200.0/7/8, 4.0/3
	df := (ea + eb) * (ea + eb) / (ea*ea/7 + eb*eb/2)
	near(t, "degrees of freedom", df, 8.874, 0.001)
	near(t, "difference", d.Value, 10, 1e-9)
	near(t, "low", d.Low, 10-2.2673*math.Sqrt(ea+eb), 0.005) // t(8.87) lies between t(8) 2.306 and t(9) 2.262
	if _, ok := insight.DifferenceOfMeans(a, insight.Sample{Values: []float64{1}, Counts: []int64{1}}); ok {
		t.Error("one answer was compared")
	}
	same := insight.Sample{Values: []float64{3}, Counts: []int64{9}}
	if d, ok := insight.DifferenceOfMeans(same, same); !ok || d.Low != 0 || d.High != 0 {
		t.Errorf("equal constants differ by %+v", d)
	}
}

func TestChangeOfCounts(t *testing.T) {
	if insight.ChangeOfCounts(0, 0, true) != nil {
		t.Error("nothing against nothing is a change")
	}
	if c := insight.ChangeOfCounts(50, 0, true); c.Direction != "not_enough" || c.Low != nil {
		t.Errorf("50 after nothing is %+v", c)
	}
	c := insight.ChangeOfCounts(0, 50, true)
	if c.Direction != "worse" || c.Value != -1 || *c.Low != -1 {
		t.Errorf("nothing after 50 is %+v", c)
	}
	c = insight.ChangeOfCounts(1041, 1000, true)
	near(t, "change", c.Value, 0.041, 1e-9)
	if c.Direction != "no_change" {
		t.Errorf("1,000 to 1,041 is %q", c.Direction)
	}
	// For large counts it is the log-ratio interval: exp(ln 1.1 ± 1.96 √(1/11000 + 1/10000)).
	c = insight.ChangeOfCounts(11000, 10000, true)
	se := math.Sqrt(1.0/11000 + 1.0/10000)
	near(t, "low", *c.Low, 1.1*math.Exp(-z95*se)-1, 1e-4)
	near(t, "high", *c.High, 1.1*math.Exp(z95*se)-1, 1e-4)
	if c.Direction != "better" || insight.ChangeOfCounts(11000, 10000, false).Direction != "worse" {
		t.Error("up is judged wrong")
	}
	if c := insight.ChangeOfRates(insight.NewRate(0, 0), insight.NewRate(1, 2), true); c != nil {
		t.Errorf("a share of nothing changed: %+v", c)
	}
	if c := insight.ChangeOfRates(insight.NewRate(300, 1000), insight.NewRate(370, 1000), true); c.Direction != "worse" {
		t.Errorf("37 %% to 30 %% of 1,000 is %q", c.Direction)
	}
}

func TestNormalAndPool(t *testing.T) {
	e, ok := insight.Normal(insight.CSAT, insight.Sample{Values: []float64{1, 5}, Counts: []int64{1, 3}})
	if !ok {
		t.Fatal("not ok")
	}
	near(t, "normal", e.Value, 0.5, 1e-9)
	if e.High != 1 || e.Low < -1 {
		t.Errorf("interval %v leaves the axis", e)
	}
	if e, _ := insight.Normal(insight.NPS, insight.Sample{Values: []float64{5}, Counts: []int64{1}}); e.Value != 0 || e.Low != -1 || e.High != 1 {
		t.Errorf("one answer gives %+v", e)
	}
	if _, ok := insight.Normal("stars", scores(1, 1, 1)); ok {
		t.Error("an unknown scale was normalised")
	}
	p := insight.Pool(insight.Estimate{Value: 1, Low: 0.7, High: 1.1, N: 30}, insight.Estimate{}, insight.Estimate{Value: -1, Low: -1.4, High: 0, N: 10})
	near(t, "pooled", p.Value, 0.5, 1e-9)
	near(t, "pooled low", p.Low, 0.5-math.Hypot(0.75*0.3, 0.25*0.4), 1e-9)
	near(t, "pooled high", p.High, 0.5+math.Hypot(0.75*0.1, 0.25*1), 1e-9)
	if p.N != 40 || insight.Pool().N != 0 {
		t.Error("counts are not added")
	}
}

// TestIntervalsHold draws counts at random: every interval holds its value, is inside what is possible, mirrors when the
// sides change places, and gets narrower with ten times the data.
func TestIntervalsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(of int64) (insight.Rate, insight.Rate) {
			n := rapid.Int64Range(0, of).Draw(t, "n")
			return insight.NewRate(n, of), insight.NewRate(10*n, 10*of)
		}
		a, a10 := draw(rapid.Int64Range(1, 5000).Draw(t, "of"))
		b, _ := draw(rapid.Int64Range(1, 5000).Draw(t, "of"))
		if a.Low < 0 || a.Low > a.Rate || a.Rate > a.High || a.High > 1 || a10.High-a10.Low >= a.High-a.Low {
			t.Fatalf("%+v, tenfold %+v", a, a10)
		}
		d, m := insight.DifferenceOfRates(a, b), insight.DifferenceOfRates(b, a)
		if d.Low > d.Value || d.Value > d.High || d.Low < -1-1e-12 || d.High > 1+1e-12 || math.Abs(d.Low+m.High) > 1e-12 {
			t.Fatalf("%+v, mirrored %+v", d, m)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		s := insight.Sample{Values: []float64{0, 3, 4, 5, 8, 10}}
		for range s.Values {
			s.Counts = append(s.Counts, rapid.Int64Range(0, 300).Draw(t, "count"))
		}
		for _, scale := range []string{"nps", "csat", "ces"} {
			sc := insight.NewScore(scale, s)
			if sc == nil {
				continue
			}
			if sc.N+sc.Off != s.N() || sc.Low > sc.High || sc.Margin < 0 || math.IsNaN(sc.Low+sc.High) {
				t.Fatalf("%s: %+v", scale, sc)
			}
			if scale != "nps" && (sc.Value < sc.Low || sc.Value > sc.High) {
				t.Fatalf("%s: %+v", scale, sc)
			}
			if c := insight.ChangeOfScores(scale, s, s); c.Value != 0 || c.Direction == "better" || c.Direction == "worse" {
				t.Fatalf("%s against itself: %+v", scale, c)
			}
		}
	})
}
