package collect

import "testing"

func TestRejectedHolds(t *testing.T) {
	f := func(raw string, want bool) {
		t.Helper()
		r := Rejected{Raw: []byte(raw)}
		if got := r.Holds([]string{"42", "kari@example.com", "9f-a"}); got != want {
			t.Errorf("%s: %t, want %t", raw, got, want)
		}
	}
	f(`{"userId":"42"}`, true)
	f(`{"userId":42}`, true)
	f(`{"anonymousId":"9f-a","event":""}`, true)
	f(`{"properties":{"list":[1,{"email":"kari@example.com"}]}}`, true)
	f(`{"a":{"b":1},"previousId":42}`, true)
	f(`["42"]`, true)
	f(`"42"`, true)
	f(`{"event":"x","userId":"142"}`, false)
	f(`{"properties":{"price":42,"42":1}}`, false) // a number that is no id, and a key
	f(`{"properties":{"text":"she is 42"}}`, false)
	f(`{"userId":"kari@example.co"}`, false)
	f(`{}`, false)
	f(``, false)
	f(`{"userId":"42`, true) // cut
	f(`{"userId":"x","event":"12345`, false)
	f(`{"a":[1,2`, false)
	f(`kari@example.com bought a drill`, true)
	f(`mkari@example.com bought a drill`, false)
	f(`userId=42&x`, true)
	f(`price=420`, false)
}
