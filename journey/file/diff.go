package file

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// Diff lists what changes from one document to another, a line each, in the order of the document:
//
//	~ spec.stages[awareness].title: "Awareness" → "First contact"
//	+ spec.stages[awareness].steps[search]: {id: search, touchpoints: [organic-search]}
//	- spec.loops[0]: {from: product, to: search}
//	> spec.stages[decision]: moved from place 3 to 2
//
// Members of a list that have an id are told apart by it, others by their place. Either may be empty (zero): then the
// other is added or removed as a whole. Equal documents give none.
func Diff(old, new Document) []string {
	switch a, b := old.Value(), new.Value(); {
	case a == nil && b == nil:
		return nil
	case a == nil:
		return []string{"+ " + title(new)}
	case b == nil:
		return []string{"- " + title(old)}
	case old.Header().Kind != new.Header().Kind:
		return []string{"- " + title(old), "+ " + title(new)}
	default:
		return diff(nil, "", tree(reflect.ValueOf(a)), tree(reflect.ValueOf(b)))
	}
}

func title(d Document) string {
	h := d.Header()
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", h.Kind, h.Metadata.ID, h.Metadata.Title))
}

func diff(out []string, at string, a, b any) []string {
	if ma, ok := a.([]pair); ok {
		if mb, ok := b.([]pair); ok {
			return diffMapping(out, at, ma, mb)
		}
	}
	la, oka := a.([]any)
	lb, okb := b.([]any)
	if oka && okb && !(allScalars(la) && allScalars(lb)) {
		return diffList(out, at, la, lb)
	}
	if x, y := show(a), show(b); x != y {
		out = append(out, fmt.Sprintf("~ %s: %s → %s", at, x, y))
	}
	return out
}

func diffMapping(out []string, at string, a, b []pair) []string {
	find := func(m []pair, key string) (any, bool) {
		i := slices.IndexFunc(m, func(p pair) bool { return p.key == key })
		if i < 0 {
			return nil, false
		}
		return m[i].value, true
	}
	for _, p := range a {
		if now, ok := find(b, p.key); ok {
			out = diff(out, join(at, p.key), p.value, now)
		} else {
			out = append(out, "- "+join(at, p.key)+": "+show(p.value))
		}
	}
	for _, p := range b {
		if _, ok := find(a, p.key); !ok {
			out = append(out, "+ "+join(at, p.key)+": "+show(p.value))
		}
	}
	return out
}

func diffList(out []string, at string, a, b []any) []string {
	ka, kb := keys(a), keys(b)
	var common []string // in the old order
	for i, k := range ka {
		if slices.Contains(kb, k) {
			common = append(common, k)
		} else {
			out = append(out, fmt.Sprintf("- %s[%s]: %s", at, k, show(a[i])))
		}
	}
	place := 0
	for i, k := range kb {
		j := slices.Index(ka, k)
		here := fmt.Sprintf("%s[%s]", at, k)
		if j < 0 {
			out = append(out, "+ "+here+": "+show(b[i]))
			continue
		}
		if common[place] != k {
			out = append(out, fmt.Sprintf("> %s: moved from place %d to %d", here, j+1, i+1))
			was := slices.Index(common, k)
			common = slices.Insert(slices.Delete(common, was, was+1), place, k)
		}
		place++
		out = diff(out, here, a[j], b[i])
	}
	return out
}

// keys names the members of a list: by id where all have one and no two the same, else by place.
func keys(list []any) []string {
	byID, seen := make([]string, len(list)), map[string]bool{}
	for i, e := range list {
		m, _ := e.([]pair)
		j := slices.IndexFunc(m, func(p pair) bool { return p.key == "id" })
		if j < 0 || seen[fmt.Sprint(m[j].value)] {
			for k := range list {
				byID[k] = fmt.Sprint(k)
			}
			return byID
		}
		byID[i] = fmt.Sprint(m[j].value)
		seen[byID[i]] = true
	}
	return byID
}

func join(at, key string) string {
	if at == "" {
		return key
	}
	return at + "." + key
}

// show is a value on one line.
func show(v any) string {
	switch v := v.(type) {
	case []pair:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = p.key + ": " + show(p.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = show(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return scalar(v)
}

// Step is one step of applying files to what is there.
type Step struct {
	Do       string   // "create", "change" or "keep"
	Document Document // as it shall be
	Changes  []string // what Diff says, for "change"
}

// Plan compares documents with what is there and says what to do, in an order in which references hold: segments, personas,
// touchpoints, journeys. What is there and not among the documents is left alone: files never delete.
func Plan(have, want []Document) []Step {
	there := map[string]Document{}
	for _, d := range have {
		there[d.Header().Kind+" "+d.Header().Metadata.ID] = d
	}
	want = slices.Clone(want)
	Sort(want)
	var out []Step
	for _, d := range want {
		old, ok := there[d.Header().Kind+" "+d.Header().Metadata.ID]
		if !ok {
			out = append(out, Step{Do: "create", Document: d})
			continue
		}
		s := Step{Do: "keep", Document: d, Changes: Diff(old, d)}
		if len(s.Changes) > 0 {
			s.Do = "change"
		}
		out = append(out, s)
	}
	return out
}
