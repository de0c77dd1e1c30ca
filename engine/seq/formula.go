package seq

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Formula is arithmetic over the series of a trend.
type Formula struct {
	op   byte     // 'n' a number, 'v' a series, else + - * / or 'm' for minus
	n    Figure   // of a number
	i    int      // of a series
	a, b *Formula // what is calculated with
}

// ParseFormula reads + - * / (also × ÷ −), brackets, numbers and the letters of so many series. Products come before
// sums, and both go from left to right. The error holds line:column.
func ParseFormula(text string, series int) (*Formula, error) {
	p := &formulaParser{text: text, series: series}
	f := p.sum(0)
	if p.peek(); p.err == nil && p.at < len(p.text) {
		p.fail("%q is not expected here", p.rune())
	}
	if p.err != nil {
		return nil, p.err
	}
	return f, nil
}

// Eval calculates with the series' figures. What is made of a missing figure is missing, and so is what is divided by 0.
func (f *Formula) Eval(figures []Figure) Figure {
	switch f.op {
	case 'n':
		return f.n
	case 'v':
		return figures[f.i]
	case 'm':
		return -f.a.Eval(figures)
	}
	a, b := f.a.Eval(figures), f.b.Eval(figures)
	out := a / b
	switch f.op {
	case '+':
		out = a + b
	case '-':
		out = a - b
	case '*':
		out = a * b
	}
	if !out.Known() {
		return Missing()
	}
	return out
}

const deepestFormula = 100

type formulaParser struct {
	text   string
	at     int
	series int
	err    error
}

func (p *formulaParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("1:%d: %s", utf8.RuneCountInString(p.text[:p.at])+1, fmt.Sprintf(format, args...))
	}
}

func (p *formulaParser) rune() string {
	_, n := utf8.DecodeRuneInString(p.text[p.at:])
	return p.text[p.at : p.at+n]
}

// peek passes over spaces and gives the next sign as one byte, 0 at the end or after an error.
func (p *formulaParser) peek() byte {
	p.at = len(p.text) - len(strings.TrimLeft(p.text[p.at:], " \t\r\n"))
	if p.err != nil || p.at == len(p.text) {
		return 0
	}
	switch p.rune() {
	case "×":
		return '*'
	case "÷":
		return '/'
	case "−":
		return '-'
	}
	return p.text[p.at]
}

func (p *formulaParser) skip() { p.at += len(p.rune()) }

func (p *formulaParser) sum(depth int) *Formula {
	f := p.product(depth)
	for c := p.peek(); c == '+' || c == '-'; c = p.peek() {
		p.skip()
		f = &Formula{op: c, a: f, b: p.product(depth)}
	}
	return f
}

func (p *formulaParser) product(depth int) *Formula {
	f := p.factor(depth)
	for c := p.peek(); c == '*' || c == '/'; c = p.peek() {
		p.skip()
		f = &Formula{op: c, a: f, b: p.factor(depth)}
	}
	return f
}

func (p *formulaParser) factor(depth int) *Formula {
	if depth > deepestFormula {
		p.fail("is nested too deeply")
	}
	switch c := p.peek(); {
	case c == 0:
		p.fail("ends where a series or a number is wanted")
	case c == '-':
		p.skip()
		return &Formula{op: 'm', a: p.factor(depth + 1)}
	case c == '(':
		p.skip()
		f := p.sum(depth + 1)
		if p.peek() != ')' {
			p.fail("a ) is missing here")
			return f
		}
		p.skip()
		return f
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
		return p.letter()
	default:
		p.fail("%q is not expected here; a series or a number is wanted", p.rune())
	}
	return &Formula{op: 'n'}
}

func (p *formulaParser) number() *Formula {
	rest := p.text[p.at:]
	n := len(rest) - len(strings.TrimLeft(rest, "0123456789."))
	x, err := strconv.ParseFloat(rest[:n], 64)
	if err != nil {
		p.fail("%q is not a number", rest[:n])
	}
	p.at += n
	return &Formula{op: 'n', n: Figure(x)}
}

func (p *formulaParser) letter() *Formula {
	rest := p.text[p.at:]
	n := 1
	for n < len(rest) && (rest[n] >= 'A' && rest[n] <= 'Z' || rest[n] >= 'a' && rest[n] <= 'z' || rest[n] >= '0' && rest[n] <= '9') {
		n++
	}
	i := int(rest[0]&^0x20) - 'A'
	if n > 1 || i >= p.series {
		p.fail("there is no series %s; they are A to %c", rest[:n], 'A'+max(0, p.series-1))
		return &Formula{op: 'n'}
	}
	p.at++
	return &Formula{op: 'v', i: i}
}
