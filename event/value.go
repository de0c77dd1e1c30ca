package event

import (
	"math"
	"strconv"
)

// ValueKind is the type of a Value. The numbers are stored on disk: never change them.
type ValueKind uint8

// The kinds of value a property may have. There is no null: a null property is an absent one.
const (
	String ValueKind = 1
	Number ValueKind = 2
	Bool   ValueKind = 3
	JSON   ValueKind = 4 // an array (or an object nested too deeply), as its compact JSON text
)

// Value is one property's value. A number is always finite (JSON has no other).
type Value struct {
	Kind ValueKind
	Num  float64 // Number; for Bool 1 is true and 0 false
	Str  string  // String, JSON
}

// StringValue wraps a string.
func StringValue(s string) Value { return Value{Kind: String, Str: s} }

// NumberValue wraps a finite number.
func NumberValue(f float64) Value { return Value{Kind: Number, Num: f} }

// BoolValue wraps a truth value.
func BoolValue(b bool) Value {
	if b {
		return Value{Kind: Bool, Num: 1}
	}
	return Value{Kind: Bool}
}

// JSONValue wraps the compact JSON text of an array.
func JSONValue(text string) Value { return Value{Kind: JSON, Str: text} }

// Text is the value as a person would read it: 12.5, true, Oslo, [1,2].
func (v Value) Text() string {
	switch v.Kind {
	case Number:
		if v.Num == math.Trunc(v.Num) && math.Abs(v.Num) < 1e15 {
			return strconv.FormatInt(int64(v.Num), 10)
		}
		return strconv.FormatFloat(v.Num, 'g', -1, 64)
	case Bool:
		return strconv.FormatBool(v.Num != 0)
	case String, JSON:
		return v.Str
	}
	return ""
}
