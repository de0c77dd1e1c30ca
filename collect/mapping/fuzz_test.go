package mapping

import (
	"os"
	"testing"
)

// FuzzParse finds mappings that make the reader panic. Run it with -fuzzminimizetime 1x: shrinking what it finds takes
// most of the time otherwise.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"olist", "otto", "online_retail"} {
		text, err := os.ReadFile("../../docs/examples/" + name + "/mapping.yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("a: &x [*x]\n<<: {b: 1}\n? [c]\n: d\n"))
	f.Add([]byte("spec: !!str\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse("m.yaml", text)
		if (m == nil) == (err == nil) {
			t.Fatalf("%v, %v", m, err)
		}
		if m != nil {
			m.Rules()
		}
	})
}
