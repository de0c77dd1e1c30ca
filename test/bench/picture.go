package main

import (
	"fmt"
	"math"
	"strings"
)

// pictureName is where the picture goes, from the document.
const pictureName = "picture/bench.svg"

// The colours of the sides, readable on light and dark.
const (
	inkWend, inkClick, inkDuck = "#2f6f4f", "#c9a227", "#8a5a44"
	inkText                    = "#7a7a7a"
)

// picture draws the main data set's times as bars on a logarithmic scale: a peer's bar is longer by as much as it is
// slower. It is an SVG without scripts or fonts of its own.
func (r results) picture() string {
	s := r.main()
	const left, wide, high, bar = 220, 520, 62, 14
	rows := s.compared()
	low, top := math.Inf(1), 0.0
	for _, c := range rows {
		low, top = min(low, c.wend.Millis), max(top, c.click.Millis, c.duck.Millis)
	}
	low = math.Pow(10, math.Floor(math.Log10(low)))
	x := func(v float64) float64 { return wide * math.Log(max(v, low)/low) / math.Log(top/low) }
	var b strings.Builder
	height := 50 + high*len(rows) + 30
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12" fill="%s" role="img">`+"\n", left+wide+110, height, inkText)
	fmt.Fprintf(&b, "<title>Milliseconds per question over %s events: Wend, ClickHouse, DuckDB; logarithmic</title>\n", count(s.sizes.Events))
	for i, side := range []struct{ name, ink string }{{"Wend", inkWend}, {"ClickHouse", inkClick}, {"DuckDB", inkDuck}} {
		fmt.Fprintf(&b, `<rect x="%d" y="12" width="12" height="12" fill="%s"/><text x="%d" y="22">%s</text>`+"\n", left+110*i, side.ink, left+110*i+18, side.name)
	}
	for v := low; v <= top; v *= 10 {
		fmt.Fprintf(&b, `<line x1="%.0f" y1="38" x2="%.0f" y2="%d" stroke="%s" stroke-opacity=".3"/><text x="%.0f" y="%d" text-anchor="middle">%g ms</text>`+"\n",
			left+x(v), left+x(v), height-28, inkText, left+x(v), height-12, v)
	}
	for i, c := range rows {
		y := 46 + high*i
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-10, y+bar+10, c.Label)
		for n, side := range []struct {
			t   *timed
			ink string
		}{{c.wend, inkWend}, {c.click, inkClick}, {c.duck, inkDuck}} {
			text := fmt.Sprintf("%.3g", side.t.Millis)
			if n > 0 {
				times, _ := c.times(side.t)
				text = fmt.Sprintf("%.0f · %.1f ×", side.t.Millis, times)
			}
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/><text x="%.1f" y="%d">%s</text>`+"\n",
				left, y+n*(bar+2), max(1, x(side.t.Millis)), bar, side.ink, left+6+x(side.t.Millis), y+n*(bar+2)+11, text)
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}
