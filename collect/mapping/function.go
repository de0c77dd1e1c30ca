package mapping

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
)

// defaultLayouts are tried in turn when a mapping names none. The first also reads fractions of a second.
var defaultLayouts = [...]string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00",
	"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02",
}

// clock reads times as the mapping says they are written.
type clock struct {
	zone    *time.Location
	layouts []string
}

func (c clock) parse(s string) (time.Time, error) {
	for _, layout := range c.layouts {
		if t, err := time.ParseInLocation(layout, s, c.zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("cannot read %q as a time; tried %s", cut(s), strings.Join(c.layouts, ", "))
}

// functions are what expressions know beside CEL's own: docs/import.md lists them.
func functions(c clock) []cel.EnvOption {
	return []cel.EnvOption{
		ext.Strings(), ext.Math(), cel.OptionalTypes(), cel.CrossTypeNumericComparisons(true),
		unary("number", func(v ref.Val) ref.Val { return number(v, '.') }),
		cel.Function("number", overload("number_dyn_string", 2, func(a ...ref.Val) ref.Val {
			if point, ok := a[1].(types.String); ok && len(point) == 1 {
				return number(a[0], point[0])
			}
			return types.NewErr("the second argument of number() is the decimal sign, \",\" or \".\"")
		})),
		unary("time", func(v ref.Val) ref.Val { return toTime(v, c) }),
		cel.Function("time", overload("time_dyn_string", 2, func(a ...ref.Val) ref.Val {
			layout, _ := a[1].(types.String)
			return toTime(a[0], clock{c.zone, []string{string(layout)}})
		})),
		unary("unix", func(v ref.Val) ref.Val { return epoch(v, 1000) }),
		unary("unix_ms", func(v ref.Val) ref.Val { return epoch(v, 1) }),
		unary("days", days),
		cel.Function("round", overload("round_dyn_int", 2, func(a ...ref.Val) ref.Val { return round(a[0], a[1]) })),
		unary("sum", sum),
		unary("distinct", distinct),
		unary("first", func(v ref.Val) ref.Val { return pick(v, false) }),
		unary("last", func(v ref.Val) ref.Val { return pick(v, true) }),
		columned("sum", sum),
		columned("column", func(v ref.Val) ref.Val { return v }),
		columned("first", func(v ref.Val) ref.Val { return pick(v, false) }),
		columned("last", func(v ref.Val) ref.Val { return pick(v, true) }),
		cel.Function("take", overload("take_list_int", 2, func(a ...ref.Val) ref.Val { return take(a[0], a[1]) })),
	}
}

func overload(id string, args int, f func(...ref.Val) ref.Val) cel.FunctionOpt {
	in := make([]*cel.Type, args)
	for i := range in {
		in[i] = cel.DynType
	}
	return cel.Overload(id, in, cel.DynType, cel.FunctionBinding(func(a ...ref.Val) ref.Val { return f(a...) }))
}

func unary(name string, f func(ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, overload(name+"_dyn", 1, func(a ...ref.Val) ref.Val { return f(a[0]) }))
}

// columned is a function of a list of rows and a column's name: f over that column's values.
func columned(name string, f func(ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, overload(name+"_rows_column", 2, func(a ...ref.Val) ref.Val {
		list, ok := a[0].(traits.Lister)
		if !ok {
			return types.NewErr("%s(): the first argument is %s, not a list", name, kind(a[0]))
		}
		var out []ref.Val
		for it := list.Iterator(); it.HasNext() == types.True; {
			row, ok := it.Next().(traits.Mapper)
			if !ok {
				return types.NewErr("%s(): the list does not hold rows", name)
			}
			v, ok := row.Find(a[1])
			if !ok {
				v = types.NullValue
			}
			out = append(out, v)
		}
		return f(types.NewRefValList(types.DefaultTypeAdapter, out))
	}))
}

// number reads a number from a text with the given decimal sign; the other sign, blanks and apostrophes may group
// thousands. A null stays null.
func number(v ref.Val, point byte) ref.Val {
	switch x := v.(type) {
	case types.Null, types.Double:
		return v
	case types.Int:
		return types.Double(x)
	case types.Uint:
		return types.Double(x)
	case types.Bool:
		if x {
			return types.Double(1)
		}
		return types.Double(0)
	case types.String:
		s := strings.TrimSpace(string(x))
		f, err := strconv.ParseFloat(s, 64)
		if point == ',' || err != nil {
			other := ","
			if point == ',' {
				other = "."
			}
			s = strings.NewReplacer(other, "", " ", "", "\u00a0", "", "\u202f", "", "'", "").Replace(s)
			f, err = strconv.ParseFloat(strings.Replace(s, string(point), ".", 1), 64)
		}
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return types.NewErr("cannot read %q as a number", cut(string(x)))
		}
		return types.Double(f)
	}
	return types.NewErr("cannot read %s as a number", kind(v))
}

func toTime(v ref.Val, c clock) ref.Val {
	switch x := v.(type) {
	case types.Null, types.Timestamp:
		return v
	case types.String:
		t, err := c.parse(string(x))
		if err != nil {
			return types.NewErr("%s", err)
		}
		return types.Timestamp{Time: t}
	case types.Int, types.Double:
		return types.NewErr("cannot read a number as a time: say unix(…) if it counts seconds, unix_ms(…) for milliseconds")
	}
	return types.NewErr("cannot read %s as a time", kind(v))
}

// epoch reads seconds (unit 1000) or milliseconds (unit 1) since 1970.
func epoch(v ref.Val, unit float64) ref.Val {
	n := number(v, '.')
	f, ok := n.(types.Double)
	if !ok {
		return n // null or error
	}
	ms := float64(f) * unit
	if math.Abs(ms) > 253402300799999 {
		return types.NewErr("%v is past the year 9999: seconds and milliseconds mixed up?", float64(f))
	}
	return types.Timestamp{Time: time.UnixMilli(int64(math.Round(ms))).UTC()}
}

// days is a duration in days of 24 h.
func days(v ref.Val) ref.Val {
	switch x := v.(type) {
	case types.Null:
		return v
	case types.Duration:
		return types.Double(x.Hours() / 24)
	}
	return types.NewErr("days() takes the difference of two times, not %s", kind(v))
}

// round rounds half away from zero to a number of decimal places.
func round(v, places ref.Val) ref.Val {
	f, ok := number(v, '.').(types.Double)
	n, ok2 := places.(types.Int)
	if v == types.NullValue {
		return v
	}
	if !ok || !ok2 || n < 0 || n > 15 {
		return types.NewErr("round() takes a number and 0 to 15 decimal places")
	}
	p := math.Pow10(int(n))
	return types.Double(math.Round(float64(f)*p) / p)
}

// sum adds numbers (texts are read as numbers), nulls left out. The empty sum is 0.
func sum(v ref.Val) ref.Val {
	list, ok := v.(traits.Lister)
	if !ok {
		return types.NewErr("sum() takes a list, not %s", kind(v))
	}
	total := 0.0
	for it := list.Iterator(); it.HasNext() == types.True; {
		switch x := number(it.Next(), '.').(type) {
		case types.Double:
			total += float64(x)
		case types.Null:
		default:
			return x
		}
	}
	return types.Double(total)
}

// distinct keeps the first of equal values, nulls left out.
func distinct(v ref.Val) ref.Val {
	list, ok := v.(traits.Lister)
	if !ok {
		return types.NewErr("distinct() takes a list, not %s", kind(v))
	}
	var out []ref.Val
next:
	for it := list.Iterator(); it.HasNext() == types.True; {
		x := it.Next()
		for _, o := range out {
			if o.Equal(x) == types.True {
				continue next
			}
		}
		if x != types.NullValue {
			out = append(out, x)
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, out)
}

// pick is a list's first or last value that is not null; null if it has none.
func pick(v ref.Val, last bool) ref.Val {
	list, ok := v.(traits.Lister)
	if !ok {
		return types.NewErr("first() and last() take a list, not %s", kind(v))
	}
	found := ref.Val(types.NullValue)
	for it := list.Iterator(); it.HasNext() == types.True; {
		if x := it.Next(); x != types.NullValue {
			if found = x; !last {
				break
			}
		}
	}
	return found
}

// take is the first n of a list.
func take(v, n ref.Val) ref.Val {
	list, ok := v.(traits.Lister)
	limit, ok2 := n.(types.Int)
	if !ok || !ok2 {
		return types.NewErr("take() takes a list and a whole number")
	}
	var out []ref.Val
	for it := list.Iterator(); it.HasNext() == types.True && len(out) < int(limit); {
		out = append(out, it.Next())
	}
	return types.NewRefValList(types.DefaultTypeAdapter, out)
}

func kind(v ref.Val) string {
	if v == types.NullValue {
		return "nothing (null)"
	}
	return "a " + v.Type().TypeName()
}

func cut(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
