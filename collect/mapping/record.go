package mapping

import (
	"fmt"
	"strconv"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"wend.dev/wend/collect/table"
)

// record is a row in an expression. A column that the row lacks is null: names are checked before, against the file.
type record struct {
	traits.Mapper
}

func newRecord(row table.Row) record {
	return record{types.NewStringInterfaceMap(types.DefaultTypeAdapter, row)}
}

// Find never misses.
func (r record) Find(key ref.Val) (ref.Val, bool) {
	if v, ok := r.Mapper.Find(key); ok {
		return v, true
	}
	return types.NullValue, true
}

// Get never fails.
func (r record) Get(key ref.Val) ref.Val {
	v, _ := r.Find(key)
	return v
}

func newRecords(rows []table.Row) ref.Val {
	list := make([]ref.Val, len(rows))
	for i, r := range rows {
		list[i] = newRecord(r)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, list)
}

// vars are the names that expressions see.
type vars map[string]any

// ResolveName gives a variable's value to CEL.
func (v vars) ResolveName(name string) (any, bool) {
	x, ok := v[name]
	return x, ok
}

// Parent is none: there is one scope.
func (v vars) Parent() cel.Activation { return nil }

// text is a value as an identifier or a part of a key: "" for null.
func text(v ref.Val) (string, error) {
	switch x := v.(type) {
	case types.Null:
		return "", nil
	case types.String:
		return string(x), nil
	case types.Int:
		return strconv.FormatInt(int64(x), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(x), 10), nil
	case types.Double:
		return strconv.FormatFloat(float64(x), 'f', -1, 64), nil
	case types.Bool:
		return strconv.FormatBool(bool(x)), nil
	case types.Timestamp:
		return x.UTC().Format(time.RFC3339Nano), nil
	}
	return "", fmt.Errorf("%s cannot be an identifier: text and numbers can", kind(v))
}
