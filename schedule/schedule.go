package schedule

import (
	"time"
	_ "time/tzdata" // quiet hours hold on hosts without zone files, too
)

// Rules are quiet hours and sending windows. They do not change and may be
// used by many at once.
type Rules struct {
	Quiet, Window string // as they were written

	quiet, window spans
	allowed       []span
}

// agree is how far ahead the zones of a number have to allow something at the
// same time. After a week everything comes again, but for changes of the clock.
const agree = 15 * 24 * time.Hour

// Allowed says whether a text may go out at an instant in a zone.
func (r *Rules) Allowed(t time.Time, zone *time.Location) bool { return r.wait(t.In(zone)) == 0 }

// Next gives the first instant, not before t, at which a text may go out in all
// of the zones, and what holds it back until then: "quiet hours 21:00-08:00 in
// Europe/Berlin"; "" when nothing does. When the zones have no time in common,
// or there are none, the zone otherwise decides.
func (r *Rules) Next(t time.Time, zones []*time.Location, otherwise *time.Location) (time.Time, string) {
	if len(zones) == 0 {
		zones = []*time.Location{otherwise}
	}
	because := ""
	for _, z := range zones {
		if because = r.because(t, z); because != "" {
			break
		}
	}
	if because == "" {
		return t, ""
	}
	at, late := t, t.Add(agree)
	for moved := true; moved; {
		moved = false
		for _, z := range zones {
			if next := r.next(at, z); next.After(at) {
				at, moved = next, true
			}
		}
		if at.After(late) {
			at = r.next(t, otherwise)
			return at, r.because(t, otherwise)
		}
	}
	return at, because
}

// because is what holds a text back at an instant in a zone.
func (r *Rules) because(t time.Time, zone *time.Location) string {
	switch m, _ := minuteOf(t.In(zone)); {
	case r.quiet.holds(m):
		return "quiet hours " + r.Quiet + " in " + zone.String()
	case r.window != nil && !r.window.holds(m):
		return "outside of the sending window " + r.Window + " in " + zone.String()
	}
	return ""
}

// next is the first allowed instant in one zone. The clock on the wall runs
// evenly up to the next change of the offset; what lies beyond is looked at
// from there.
func (r *Rules) next(t time.Time, zone *time.Location) time.Time {
	for {
		local := t.In(zone)
		at := t.Add(r.wait(local))
		_, change := local.ZoneBounds()
		if change.IsZero() || at.Before(change) {
			return at
		}
		t = change
	}
}

// wait is how long a clock on the wall has to run until a text may go out.
func (r *Rules) wait(local time.Time) time.Duration {
	m, into := minuteOf(local)
	for _, s := range r.allowed {
		switch {
		case m < s.from:
			return time.Duration(s.from-m)*time.Minute - into
		case m < s.to:
			return 0
		}
	}
	return time.Duration(r.allowed[0].from+week-m)*time.Minute - into
}

// minuteOf gives the minute of the week since Monday 00:00, and how much of it
// is over.
func minuteOf(local time.Time) (int, time.Duration) {
	h, m, s := local.Clock()
	weekday := (int(local.Weekday()) + 6) % 7
	return weekday*day + h*60 + m, time.Duration(s)*time.Second + time.Duration(local.Nanosecond())
}
