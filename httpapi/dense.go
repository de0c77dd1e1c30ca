package httpapi

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// dense gives v with an empty list or map where a nil one would be written as null, so that a caller never has to
// ask whether a list is there. v itself is not changed (an engine may keep its answers): what differs is copied.
func dense(v any) any {
	if v == nil {
		return nil
	}
	out, _ := denseValue(reflect.ValueOf(v))
	return out.Interface()
}

// denseValue returns the value and whether it is another one than it was.
func denseValue(v reflect.Value) (reflect.Value, bool) {
	if ownJSON(v.Type()) {
		return v, false
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return v, false
		}
		in, changed := denseValue(v.Elem())
		if !changed {
			return v, false
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(in)
		return p, true
	case reflect.Struct:
		return denseStruct(v)
	case reflect.Slice:
		if v.IsNil() {
			return reflect.MakeSlice(v.Type(), 0, 0), true
		}
		return denseSlice(v)
	case reflect.Map:
		if v.IsNil() {
			return reflect.MakeMap(v.Type()), true
		}
	}
	return v, false
}

func denseStruct(v reflect.Value) (reflect.Value, bool) {
	out, copied := v, false
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || strings.Contains(f.Tag.Get("json"), ",omitempty") && v.Field(i).IsZero() {
			continue
		}
		in, changed := denseValue(v.Field(i))
		if !changed {
			continue
		}
		if !copied {
			out, copied = reflect.New(v.Type()).Elem(), true
			out.Set(v)
		}
		out.Field(i).Set(in)
	}
	return out, copied
}

func denseSlice(v reflect.Value) (reflect.Value, bool) {
	switch v.Type().Elem().Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice, reflect.Map:
	default:
		return v, false
	}
	out, copied := v, false
	for i := range v.Len() {
		in, changed := denseValue(v.Index(i))
		if !changed {
			continue
		}
		if !copied {
			out, copied = reflect.MakeSlice(v.Type(), v.Len(), v.Len()), true
			reflect.Copy(out, v)
		}
		out.Index(i).Set(in)
	}
	return out, copied
}

// ownJSON says whether a type writes its own JSON, so that its insides are its own matter.
func ownJSON(t reflect.Type) bool {
	return t == reflect.TypeFor[time.Time]() || t.Implements(reflect.TypeFor[json.Marshaler]()) ||
		t.Implements(reflect.TypeFor[encoding.TextMarshaler]())
}
