package seq_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wend.dev/wend/engine/seq"
)

func TestFormula(t *testing.T) {
	figures := []seq.Figure{6, 3, 0, seq.Missing()}
	f := func(text, want string) {
		t.Helper()
		p, err := seq.ParseFormula(text, len(figures))
		var got string
		if err != nil {
			got = err.Error()
		} else {
			b, _ := json.Marshal(p.Eval(figures))
			got = string(b)
		}
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	f("A", "6")
	f("a + b", "9")
	f("A + B * 2", "12")
	f("(A + B) * 2", "18")
	f("A - B - 1", "2")
	f("A / B / 2", "1")
	f("-A + 1", "-5")
	f("A × 100 ÷ B − .5", "199.5")
	f("--A", "6")
	f("A / C", "null")
	f("C / A", "0")
	f("C / C", "null")
	f("A + D", "null")
	f("0 * D", "null")
	f("", "1:1: ends where")
	f("A +", "1:4: ends where")
	f("A B", `1:3: "B" is not expected here`)
	f("(A", "1:3: a ) is missing")
	f("A)", `1:2: ")" is not expected`)
	f("E", "1:1: there is no series E; they are A to D")
	f("AB", "1:1: there is no series AB")
	f("A × %", `1:5: "%" is not expected`)
	f("1.2.3", `1:1: "1.2.3" is not a number`)
	f(strings.Repeat("(", 200)+"A", "1:102: is nested too deeply")
	f(strings.Repeat("-", 5000)+"A", "1:102: is nested too deeply")
}

// TestFormulaAgainstTree writes a random calculation as text, with all its brackets, and calculates it beside.
func TestFormulaAgainstTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figures := []seq.Figure{seq.Figure(rapid.IntRange(-3, 3).Draw(t, "A")), seq.Figure(rapid.IntRange(-3, 3).Draw(t, "B"))}
		var draw func(depth int) (string, float64)
		draw = func(depth int) (string, float64) {
			switch k := rapid.IntRange(0, 6).Draw(t, "kind"); {
			case depth == 0 || k == 0:
				i := rapid.IntRange(0, 1).Draw(t, "series")
				return string("AB"[i]), float64(figures[i])
			case k == 1:
				n := rapid.IntRange(0, 9).Draw(t, "number")
				return fmt.Sprint(n), float64(n)
			case k == 2:
				a, x := draw(depth - 1)
				return "-(" + a + ")", -x
			default:
				a, x := draw(depth - 1)
				b, y := draw(depth - 1)
				return "(" + a + ")" + "+-*/"[k-3:k-2] + "(" + b + ")", [...]float64{x + y, x - y, x * y, x / y}[k-3]
			}
		}
		text, want := draw(4)
		f, err := seq.ParseFormula(text, 2)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := f.Eval(figures)
		if math.IsNaN(want) || math.IsInf(want, 0) {
			// a part without a value makes the whole without one, and a plain 1/(1/0) would not
			if got.Known() {
				t.Fatalf("%s: %v, want nothing", text, got)
			}
			return
		}
		if got.Known() && float64(got) != want {
			t.Fatalf("%s: %v, want %v", text, got, want)
		}
	})
}

func TestFigure(t *testing.T) {
	b, err := json.Marshal([]seq.Figure{1.5, seq.Missing(), seq.Figure(math.Inf(1)), 0})
	if err != nil || string(b) != "[1.5,null,null,0]" {
		t.Fatalf("%s %v", b, err)
	}
	var back []seq.Figure
	if err := json.Unmarshal(b, &back); err != nil || back[0] != 1.5 || back[1].Known() || !back[3].Known() {
		t.Errorf("%v %v", back, err)
	}
	if json.Unmarshal([]byte(`["x"]`), &back) == nil {
		t.Error("a text is read as a figure")
	}
}
