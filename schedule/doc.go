// Package schedule says when texts may go out: outside of quiet hours and
// inside of sending windows, by the clock on the wall where the handset is.
//
//	quiet hours      "21:00-08:00": every day, from the first minute on and up to
//	                 the second; over midnight when the second is the smaller
//	sending window   "mon-fri 09:00-18:00, sat 10:00-14:00": days and spans, of
//	                 which any one has to hold; 24:00 is the end of a day, and a
//	                 span over midnight belongs to the day on which it begins
//
// [Parse] reads both into [Rules], and [Rules.Next] gives the first instant from
// another on at which they allow a text in all of a list of zones: a number may
// be in several, and nobody is woken in any of them. Where the zones have no
// minute in common, one named by the caller decides.
//
// It is exact over changes of the clock. What counts is what a clock on the wall
// shows: an hour that is skipped is neither quiet nor not, and one that comes
// twice is judged both times. The next instant is computed, not searched for,
// one stretch of constant offset after the other.
//
// The package refuses to know numbers, tenants or the present time, and to lose
// a text: rules that would never allow one are an error of Parse. Which zones a
// number may be in is in e164; exchange/quiet.go puts the two together.
package schedule
