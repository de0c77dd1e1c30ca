package event

import "time"

// Clock tells the time. Stages take one instead of calling time.Now, so that tests and replays are exact.
type Clock interface {
	Now() time.Time
}

// Window is a half-open span of time: From is inside, To is not. A zero To means no end, a zero From no start.
type Window struct {
	From, To Millis
}

// Holds says whether an instant lies in the window.
func (w Window) Holds(t Millis) bool { return t >= w.From && (w.To == 0 || t < w.To) }

// MillisOf turns a time into Millis, dropping what is finer.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time is the instant in UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }
