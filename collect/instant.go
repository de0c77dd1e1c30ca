package collect

import (
	"math"
	"strconv"
	"time"

	"wend.dev/wend/event"
)

// parseInstant reads a time as SDKs write it: RFC 3339 with any fraction and zone ("Z", "+01:00", "+0100", none is
// UTC), the same with a blank for the T, a plain date, or a number of seconds or milliseconds since 1970.
func parseInstant(s string) (event.Millis, bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return parseEpoch(s)
	}
	year, month, day := digits(s[0:4]), digits(s[5:7]), digits(s[8:10])
	if year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	ms := daysSinceEpoch(year, month, day) * 86_400_000
	if s = s[10:]; s == "" {
		return event.Millis(ms), true
	}
	if s[0] != 'T' && s[0] != 't' && s[0] != ' ' || len(s) < 6 || s[3] != ':' {
		return 0, false
	}
	hour, minute, second := digits(s[1:3]), digits(s[4:6]), 0
	if s = s[6:]; len(s) >= 3 && s[0] == ':' {
		second = digits(s[1:3])
		s = s[3:]
	}
	if hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 60 {
		return 0, false
	}
	ms += int64(hour)*3_600_000 + int64(minute)*60_000 + int64(second)*1000
	if len(s) > 1 && (s[0] == '.' || s[0] == ',') {
		n := 1
		for scale := int64(100); n < len(s) && s[n]-'0' <= 9; n++ {
			ms += int64(s[n]-'0') * scale
			scale /= 10
		}
		if n == 1 {
			return 0, false
		}
		s = s[n:]
	}
	offset, ok := parseZone(s)
	return event.Millis(ms - offset), ok
}

// parseZone reads "", "Z", "±HH", "±HHMM" or "±HH:MM" as milliseconds east of UTC.
func parseZone(s string) (int64, bool) {
	if s == "" || s == "Z" || s == "z" {
		return 0, true
	}
	if s[0] == ' ' {
		s = s[1:]
	}
	if len(s) == 6 && s[3] == ':' {
		s = s[:3] + s[4:]
	}
	if len(s) == 3 {
		s += "00"
	}
	if len(s) != 5 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	h, m := digits(s[1:3]), digits(s[3:5])
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	ms := int64(h)*3_600_000 + int64(m)*60_000
	if s[0] == '-' {
		ms = -ms
	}
	return ms, true
}

// parseEpoch reads seconds or milliseconds since 1970; what is above 1e11 (the year 5138 in seconds) is milliseconds.
func parseEpoch(s string) (event.Millis, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) > 1e15 || math.IsNaN(f) {
		return 0, false
	}
	if math.Abs(f) < 1e11 {
		f *= 1000
	}
	return event.Millis(f), true
}

// digits reads a short run of decimal digits, -1 if there is anything else.
func digits(s string) int {
	n := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return -1
		}
		n = n*10 + int(c)
	}
	return n
}

func daysIn(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// daysSinceEpoch counts the days from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
func daysSinceEpoch(year, month, day int) int64 {
	if month <= 2 {
		year--
	}
	era := year / 400
	yoe := year - era*400
	doy := (153*((month+9)%12)+2)/5 + day - 1
	return int64(era)*146097 + int64(yoe*365+yoe/4-yoe/100+doy) - 719468
}

// futureLimit is how far a customer's clock may be ahead of ours before its time is not believed.
const futureLimit = event.Millis(24 * time.Hour / time.Millisecond)
