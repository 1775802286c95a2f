package schedule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

const (
	day  = 24 * 60 // minutes
	week = 7 * day
)

// span is minutes of the week since Monday 00:00, the last one exclusive.
type span struct{ from, to int }

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Parse reads quiet hours and a sending window; "" is none. An error has kind
// Invalid and names the field: "quiet_hours" or "sending_window".
func Parse(quiet, window string) (*Rules, error) {
	r := &Rules{Quiet: quiet, Window: window}
	if quiet != "" {
		from, to, ok := hours(quiet)
		if !ok || from == day || to == day {
			return nil, wirechief.InvalidField("quiet_hours", "%q is no span of a day such as 21:00-08:00", quiet)
		}
		for d := range 7 {
			r.quiet = r.quiet.with(d, from, to)
		}
	}
	if window != "" {
		for entry := range strings.SplitSeq(window, ",") {
			if !r.window.add(entry) {
				return nil, wirechief.InvalidField("sending_window",
					"%q is no sending window such as mon-fri 09:00-18:00, sat 10:00-14:00", strings.TrimSpace(entry))
			}
		}
	}
	r.allowed = allowed(r.quiet, r.window)
	if len(r.allowed) == 0 {
		return nil, wirechief.InvalidField("sending_window", "quiet hours %s leave nothing of the sending window %s", quiet, window)
	}
	return r, nil
}

// spans are in no order and may overlap.
type spans []span

// with adds a span of a day of the week, over midnight if it has to be.
func (s spans) with(weekday, from, to int) spans {
	begin := weekday * day
	if to > from {
		return append(s, span{begin + from, begin + to})
	}
	s = append(s, span{begin + from, begin + day})
	if to > 0 {
		next := (begin + day) % week
		s = append(s, span{next, next + to})
	}
	return s
}

// add reads one entry of a sending window: "mon-fri 09:00-18:00".
func (s *spans) add(entry string) bool {
	words := strings.Fields(strings.ToLower(entry))
	if len(words) != 2 {
		return false
	}
	first, last, several := strings.Cut(words[0], "-")
	if !several {
		last = first
	}
	d, end := slices.Index(weekdays, first), slices.Index(weekdays, last)
	from, to, ok := hours(words[1])
	if d < 0 || end < 0 || !ok || from == day {
		return false
	}
	for {
		*s = s.with(d, from, to)
		if d == end {
			return true
		}
		d = (d + 1) % 7
	}
}

func (s spans) holds(minute int) bool {
	return slices.ContainsFunc(s, func(p span) bool { return p.from <= minute && minute < p.to })
}

// hours reads "09:00-18:00" as minutes of the day, the first not the second.
func hours(s string) (from, to int, ok bool) {
	a, b, two := strings.Cut(s, "-")
	from, ok = minute(a)
	if !ok || !two {
		return 0, 0, false
	}
	to, ok = minute(b)
	return from, to, ok && from != to
}

// minute reads "09:00", up to "24:00".
func minute(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, err := strconv.ParseUint(s[:2], 10, 8)
	m, err2 := strconv.ParseUint(s[3:], 10, 8)
	if err != nil || err2 != nil || h > 24 || m > 59 || h == 24 && m > 0 {
		return 0, false
	}
	return int(h)*60 + int(m), true
}

// allowed gives the minutes of the week in which a text may go out, in order
// and joined as far as they touch.
func allowed(quiet, window spans) (out []span) {
	open := false
	for m := range week {
		may := !quiet.holds(m) && (window == nil || window.holds(m))
		switch {
		case may && !open:
			out = append(out, span{m, m + 1})
		case may:
			out[len(out)-1].to = m + 1
		}
		open = may
	}
	return out
}
