package mapping

import (
	"fmt"
	"strings"
)

// didYouMean is "; did you mean X?" for the name nearest to what was written, or the list of names if none is near.
func didYouMean(word string, names []string) string {
	best, least := "", max(1, len([]rune(word))/3)+1
	for _, n := range names {
		d := distance(strings.ToLower(word), strings.ToLower(n))
		if d < least {
			best, least = n, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if len(names) > 0 && len(names) <= 40 {
		return "; known are " + strings.Join(names, ", ")
	}
	return ""
}

// distance is the optimal string alignment distance: how many letters to change, add, drop or swap with their
// neighbour to turn a into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	d := make([][]int, len(s)+1)
	for i := range d {
		d[i] = make([]int, len(t)+1)
		d[i][0] = i
	}
	for j := range t {
		d[0][j+1] = j + 1
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(s)][len(t)]
}
