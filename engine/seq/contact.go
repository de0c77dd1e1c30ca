package seq

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FirstContact asks how many first visits ended before they had begun: the 3-click and 7-second test. See
// docs/questions.md, First contact.
type FirstContact struct {
	Scope
	Clicks     int       `json:"clicks,omitempty" doc:"A visit fails that ended with at most this many clicks; 1 to 100, default 3"`
	Within     Duration  `json:"within,omitempty" doc:"A visit fails that ended at most this long after its first event; default 7s"`
	SessionGap Duration  `json:"session_gap,omitempty" doc:"A pause this long ends a visit; default 30m"`
	Engaged    []Matcher `json:"engaged,omitempty" doc:"Events after which a visit does not fail; default the usual signs of intent, such as Product Added, Signed Up and Order Completed: they stand in the answer"`
	By         []string  `json:"by,omitempty" doc:"What first visits are split by: landing_page, campaign, search_term, device, or property paths; at most 8; default those four"`
	Limit      int       `json:"limit,omitempty" doc:"Values kept per split, those with most visits; the rest is 'other'. 1 to 100, default 20"`
}

// FirstContactCounts is what FirstContact counts; insight makes rates of it.
type FirstContactCounts struct {
	All     VisitCounts  `json:"all"`
	Open    int64        `json:"open" doc:"Left out: visits that may still go on"`
	Splits  []VisitSplit `json:"splits"`
	Engaged []Matcher    `json:"engaged" doc:"What counted as engaged"`
	Meta    Meta         `json:"meta"`
}

// VisitSplit is one split of the first visits.
type VisitSplit struct {
	By     string       `json:"by"`
	Values []VisitValue `json:"values" doc:"Most visits first, 'other' last"`
}

// VisitValue is the first visits with one value.
type VisitValue struct {
	Value string `json:"value" doc:"'' for none"`
	Other bool   `json:"other,omitempty" doc:"Stands for all values past the limit"`
	VisitCounts
}

// VisitCounts are the figures of some first visits.
type VisitCounts struct {
	Visits    int64 `json:"visits" doc:"First visits: one an actor"`
	Engaged   int64 `json:"engaged" doc:"With an engaged event"`
	FewClicks int64 `json:"few_clicks" doc:"Without one, and ended before the click after the last allowed"`
	Short     int64 `json:"short" doc:"Without one, and ended within the time"`
	Failed    int64 `json:"failed" doc:"Without one, and either of the two"`
}

// FirstContactSplits are what first visits are split by when nothing is said.
func FirstContactSplits() []string {
	return []string{"landing_page", "campaign", "search_term", "device"}
}

// Defaults is the question with every option filled in.
func (q FirstContact) Defaults() FirstContact {
	if q.Clicks == 0 {
		q.Clicks = 3
	}
	if q.Within == 0 {
		q.Within = Duration(7 * time.Second)
	}
	if q.SessionGap == 0 {
		q.SessionGap = Duration(30 * time.Minute)
	}
	if q.By == nil {
		q.By = FirstContactSplits()
	}
	if q.Limit == 0 {
		q.Limit = 20
	}
	if len(q.Engaged) == 0 {
		q.Engaged = []Matcher{{Name: "engaged", Event: Names{
			"Signed Up", "Signed In", "Account Created", "Trial Started", "Form Submitted", "Lead Created", "Products Searched", "Product Added",
			"Product Added to Wishlist", "Checkout Started", "Order Completed", "Survey Answered", "Ticket Opened", "Call Made",
		}}}
	}
	return q
}

// Validate finds what is wrong with the question's form.
func (q FirstContact) Validate() error {
	var c check
	c.scope(q.Scope)
	if q.Breakdown != nil {
		c.fail("breakdown", "first visits are split by the entries of by")
	}
	c.between("clicks", q.Clicks, 1, 100)
	c.positive("within", q.Within)
	c.positive("session_gap", q.SessionGap)
	c.matchers("engaged", q.Engaged)
	c.count("by", len(q.By), 0, 8)
	known := FirstContactSplits()
	for i, by := range q.By {
		if !slices.Contains(known, by) && (!isPath(by) || strings.HasPrefix(by, "profile.")) {
			c.fail(fmt.Sprintf("by[%d]", i), "%q is none of %s, nor a property path such as context.locale%s", by, strings.Join(known, ", "), Hint(by, known))
		}
	}
	c.between("limit", q.Limit, 1, 100)
	return c.done()
}
