package flow

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Opening is what a schedule says of an instant; it is the exit of its node.
type Opening string

// The openings.
const (
	Open    Opening = ExitOpen
	Closed  Opening = ExitClosed
	Holiday Opening = ExitHoliday
)

// StateAt says whether a schedule is open at an instant, by the clock on the
// wall in its zone: an hour that a change of daylight saving leaves out is no
// opening time, and one that it repeats is one twice. A zone that is not known
// is an error: the call is nobody's then, and its failover decides.
func StateAt(s *wirechief.Schedule, at time.Time) (Opening, error) {
	zone, err := time.LoadLocation(s.TimeZone) // "" is UTC
	if err != nil {
		return Closed, wirechief.Errorf(wirechief.Invalid, "schedule %d: %q is not a time zone", s.ID, s.TimeZone)
	}
	at = at.In(zone)
	day := at.Format(time.DateOnly)
	for _, h := range s.Holidays {
		if until := h.Until; h.From <= day && (day <= until || until == "" && day == h.From) {
			return Holiday, nil
		}
	}
	minute := (int(at.Weekday())*24+at.Hour())*60 + at.Minute()
	for _, i := range s.Intervals {
		if i.StartTime <= minute && minute < i.EndTime {
			return Open, nil
		}
	}
	return Closed, nil
}
