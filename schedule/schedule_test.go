package schedule

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// When a text that is sent at one time may go out. Times are RFC 3339 with the
// offset of the zone, so that both sides of a change of the clock are told apart.
func TestNext(t *testing.T) {
	const office = "mon-fri 09:00-18:00, sat 10:00-14:00"
	for _, tt := range []struct {
		name, quiet, window, zone, at, want, because string
	}{
		{"by day", "21:00-08:00", "", "America/Los_Angeles", "2026-03-02T12:00:00-08:00", "2026-03-02T12:00:00-08:00", ""},
		{"at night", "21:00-08:00", "", "America/Los_Angeles", "2026-03-02T23:10:05-08:00", "2026-03-03T08:00:00-08:00", "quiet hours 21:00-08:00 in America/Los_Angeles"},
		{"after midnight", "21:00-08:00", "", "America/Los_Angeles", "2026-03-03T00:00:00-08:00", "2026-03-03T08:00:00-08:00", "quiet hours 21:00-08:00 in America/Los_Angeles"},
		{"the first quiet second", "21:00-08:00", "", "Europe/Berlin", "2026-03-02T21:00:00+01:00", "2026-03-03T08:00:00+01:00", "quiet hours 21:00-08:00 in Europe/Berlin"},
		{"the last loud moment", "21:00-08:00", "", "Europe/Berlin", "2026-03-02T20:59:59.999999999+01:00", "2026-03-02T20:59:59.999999999+01:00", ""},
		{"the first loud second", "21:00-08:00", "", "Europe/Berlin", "2026-03-02T08:00:00+01:00", "2026-03-02T08:00:00+01:00", ""},
		{"half an hour off", "21:00-08:00", "", "Asia/Kolkata", "2026-03-02T22:00:00+05:30", "2026-03-03T08:00:00+05:30", "quiet hours 21:00-08:00 in Asia/Kolkata"},
		{"in the office", "", office, "UTC", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z", ""},
		{"before the office", "", office, "UTC", "2026-03-02T08:59:59Z", "2026-03-02T09:00:00Z", "outside of the sending window " + office + " in UTC"},
		{"after the office", "", office, "UTC", "2026-03-02T18:00:00Z", "2026-03-03T09:00:00Z", "outside of the sending window " + office + " in UTC"},
		{"on Saturday", "", office, "UTC", "2026-03-07T14:00:00Z", "2026-03-09T09:00:00Z", "outside of the sending window " + office + " in UTC"},
		{"quiet in a window", "12:00-13:00", office, "UTC", "2026-03-02T12:30:00Z", "2026-03-02T13:00:00Z", "quiet hours 12:00-13:00 in UTC"},
		{"quiet up to a window's end", "17:00-08:00", office, "UTC", "2026-03-06T17:30:00Z", "2026-03-07T10:00:00Z", "quiet hours 17:00-08:00 in UTC"},
		{"a window over midnight", "", "fri 22:00-02:00", "UTC", "2026-03-07T01:59:00Z", "2026-03-07T01:59:00Z", ""},
		{"a window over the week's end", "", "sun 22:00-02:00", "UTC", "2026-03-09T01:00:00Z", "2026-03-09T01:00:00Z", ""},
		{"to the end of the day", "", "mon 09:00-24:00", "UTC", "2026-03-02T23:59:59Z", "2026-03-02T23:59:59Z", ""},
		{"days over the week's end", "", "sat-mon 09:00-10:00", "UTC", "2026-03-08T10:00:00Z", "2026-03-09T09:00:00Z", "outside of the sending window sat-mon 09:00-10:00 in UTC"},

		// The clocks went forward on 8 March 2026 at 02:00 in Los Angeles: a day of 23 hours.
		{"a short night", "21:00-08:00", "", "America/Los_Angeles", "2026-03-07T21:00:00-08:00", "2026-03-08T08:00:00-07:00", "quiet hours 21:00-08:00 in America/Los_Angeles"},
		{"an end that is skipped", "21:00-02:30", "", "America/Los_Angeles", "2026-03-07T21:00:00-08:00", "2026-03-08T03:00:00-07:00", "quiet hours 21:00-02:30 in America/Los_Angeles"},
		{"a window that is skipped", "", "sun 02:00-03:00", "America/Los_Angeles", "2026-03-08T00:00:00-08:00", "2026-03-15T02:00:00-07:00", "outside of the sending window sun 02:00-03:00 in America/Los_Angeles"},
		{"quiet hours that are skipped", "02:00-03:00", "", "America/Los_Angeles", "2026-03-08T01:59:59-08:00", "2026-03-08T01:59:59-08:00", ""},
		// They go back on 1 November 2026 at 02:00: a day of 25 hours, 01:30 comes twice.
		{"a long night", "21:00-08:00", "", "America/Los_Angeles", "2026-10-31T21:00:00-07:00", "2026-11-01T08:00:00-08:00", "quiet hours 21:00-08:00 in America/Los_Angeles"},
		{"an end that comes twice, the first", "21:00-01:30", "", "America/Los_Angeles", "2026-10-31T21:00:00-07:00", "2026-11-01T01:30:00-07:00", "quiet hours 21:00-01:30 in America/Los_Angeles"},
		{"an end that comes twice, the second", "21:00-01:30", "", "America/Los_Angeles", "2026-11-01T01:00:00-08:00", "2026-11-01T01:30:00-08:00", "quiet hours 21:00-01:30 in America/Los_Angeles"},
		// A whole day that was skipped: Samoa had no 30 December 2011.
		{"a day that is skipped", "", "fri 09:00-10:00", "Pacific/Apia", "2011-12-29T12:00:00-10:00", "2012-01-06T09:00:00+14:00", "outside of the sending window fri 09:00-10:00 in Pacific/Apia"},
		// Half an hour forward: Lord Howe Island.
		{"half an hour of a change", "21:00-02:15", "", "Australia/Lord_Howe", "2026-10-04T01:59:00+10:30", "2026-10-04T02:30:00+11:00", "quiet hours 21:00-02:15 in Australia/Lord_Howe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Parse(tt.quiet, tt.window)
			if err != nil {
				t.Fatal(err)
			}
			z := zone(t, tt.zone)
			at, err := time.Parse(time.RFC3339Nano, tt.at)
			if err != nil {
				t.Fatal(err)
			}
			got, because := r.Next(at, []*time.Location{z}, time.UTC)
			if s := got.In(z).Format(time.RFC3339Nano); s != tt.want || because != tt.because {
				t.Errorf("%s %q\nwant %s %q", s, because, tt.want, tt.because)
			}
		})
	}
}

// A text may go out only when it is allowed in every zone of its number; where
// these never agree, and where none is known, another zone decides.
func TestNextInSeveralZones(t *testing.T) {
	r, err := Parse("21:00-08:00", "")
	if err != nil {
		t.Fatal(err)
	}
	west, east := zone(t, "America/Los_Angeles"), zone(t, "America/New_York")
	for _, tt := range []struct {
		at, want string
		zones    []*time.Location
	}{
		{"2026-03-02T12:59:00Z", "2026-03-02T16:00:00Z", []*time.Location{west, east}}, // 07:59 in the east, and still night in the west
		{"2026-03-02T14:00:00Z", "2026-03-02T16:00:00Z", []*time.Location{west, east}},
		{"2026-03-03T02:00:00Z", "2026-03-03T16:00:00Z", []*time.Location{west, east}}, // 21:00 in the east
		{"2026-03-03T02:00:00Z", "2026-03-03T02:00:00Z", []*time.Location{west}},
		{"2026-03-03T02:00:00Z", "2026-03-03T08:00:00Z", nil}, // UTC
	} {
		at, _ := time.Parse(time.RFC3339, tt.at)
		if got, _ := r.Next(at, tt.zones, time.UTC); got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s in %v: %s, want %s", tt.at, tt.zones, got, tt.want)
		}
	}
	narrow, err := Parse("", "mon-fri 09:00-10:00")
	if err != nil {
		t.Fatal(err)
	}
	at, because := narrow.Next(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), []*time.Location{west, east}, time.UTC)
	if at.Format(time.RFC3339) != "2026-03-02T09:00:00Z" || because != "outside of the sending window mon-fri 09:00-10:00 in UTC" {
		t.Errorf("%s %q", at, because)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, tt := range []struct{ quiet, window, field string }{
		{"21:00", "", "quiet_hours"},
		{"21:00-21:00", "", "quiet_hours"},
		{"21:00-24:00", "", "quiet_hours"},
		{"9:00-17:00", "", "quiet_hours"},
		{"21:00-08:60", "", "quiet_hours"},
		{"21:00 - 08:00", "", "quiet_hours"},
		{"+1:00-08:00", "", "quiet_hours"},
		{"", "mon-fri", "sending_window"},
		{"", "09:00-18:00", "sending_window"},
		{"", "mon-fry 09:00-18:00", "sending_window"},
		{"", "mon- 09:00-18:00", "sending_window"},
		{"", "mon 24:00-08:00", "sending_window"},
		{"", "mon 09:00-09:00", "sending_window"},
		{"", "mon 09:00-18:00,", "sending_window"},
		{"", "mon 09:00-18:00 tue", "sending_window"},
		{"08:00-20:00", "mon-fri 09:00-18:00", "sending_window"}, // nothing would ever go out
	} {
		_, err := Parse(tt.quiet, tt.window)
		if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Field != tt.field {
			t.Errorf("%q %q: %v, want a refusal of %s", tt.quiet, tt.window, err, tt.field)
		}
	}
}

// hold checks what Next promises, minute by minute.
func hold(t *testing.T, r *Rules, at time.Time, zones []*time.Location) {
	t.Helper()
	got, because := r.Next(at, zones, zones[0])
	free := func(at time.Time) bool {
		for _, z := range zones {
			if !r.Allowed(at, z) {
				return false
			}
		}
		return true
	}
	switch {
	case got.Before(at):
		t.Fatalf("%s comes before %s", got, at)
	case (because == "") != got.Equal(at):
		t.Fatalf("%s: %s because of %q", at, got, because)
	case got.Sub(at) > agree: // they never agree
		return
	case len(zones) == 1 && !free(got):
		t.Fatalf("%s: %s is not allowed", at, got)
	case !free(got): // the first zone decided alone
		for m := at; m.Before(at.Add(agree)); m = m.Add(time.Minute) {
			if free(m.Truncate(time.Minute)) && !m.Truncate(time.Minute).Before(at) {
				t.Fatalf("%s: %s is not allowed, and %s is", at, got, m)
			}
		}
		return
	}
	if again, _ := r.Next(got, zones, zones[0]); !again.Equal(got) {
		t.Fatalf("%s: %s, and from there %s", at, got, again)
	}
	for m := at; m.Before(got); m = m.Truncate(time.Minute).Add(time.Minute) {
		if free(m) {
			t.Fatalf("%s: %s, though %s is allowed", at, got, m)
		}
	}
}

// Next is the first instant that is allowed, around every change of the clock,
// in zones of all kinds.
func TestNextIsTheFirst(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var rules []*Rules
	for _, s := range [][2]string{
		{"21:00-08:00", ""},
		{"01:30-02:30", ""},
		{"02:30-01:45", ""},
		{"", "mon-fri 09:00-18:00, sat 10:00-14:00"},
		{"22:15-07:45", "sun 01:00-03:30, mon-sat 00:00-24:00"},
		{"12:00-13:00", "sat-sun 22:00-04:00"},
	} {
		r, err := Parse(s[0], s[1])
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	var zones []*time.Location
	for _, name := range []string{
		"America/Los_Angeles", "America/New_York", "America/St_Johns", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Chatham", "America/Santiago", "UTC",
	} {
		zones = append(zones, zone(t, name))
	}
	for _, z := range zones {
		// Two hours around each change of two years, and some instants at random.
		for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2028; {
			_, change := at.In(z).ZoneBounds()
			if change.IsZero() {
				break
			}
			for d := -26 * time.Hour; d <= 26*time.Hour; d += 13 * time.Minute {
				hold(t, rules[random.IntN(len(rules))], change.Add(d+time.Duration(random.Int64N(int64(time.Minute)))), []*time.Location{z})
			}
			at = change
		}
		for range 200 {
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.Int64N(int64(2 * 365 * 24 * time.Hour))))
			hold(t, rules[random.IntN(len(rules))], at, []*time.Location{z, zones[random.IntN(len(zones))]})
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add("21:00-08:00", "", int64(1772960400), uint8(0), uint8(1))
	f.Add("", "mon-fri 09:00-18:00, sat 10:00-14:00", int64(1793523600), uint8(2), uint8(2))
	f.Add("01:30-02:30", "sun 01:00-03:00", int64(1772960399), uint8(3), uint8(0))
	var zones []*time.Location
	for _, name := range []string{"America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"} {
		zones = append(zones, zone(f, name))
	}
	f.Fuzz(func(t *testing.T, quiet, window string, at int64, a, b uint8) {
		r, err := Parse(quiet, window)
		if err != nil {
			return
		}
		at = 1_600_000_000 + (at%1_000_000_000+1_000_000_000)%1_000_000_000
		list := []*time.Location{zones[int(a)%len(zones)], zones[int(b)%len(zones)]}
		if a%2 == 0 {
			list = list[:1]
		}
		hold(t, r, time.Unix(at, 0).UTC(), list)
	})
}

func BenchmarkNext(b *testing.B) {
	r, err := Parse("21:00-08:00", "mon-fri 09:00-18:00")
	if err != nil {
		b.Fatal(err)
	}
	zones := []*time.Location{zone(b, "America/Los_Angeles")}
	at := time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		r.Next(at, zones, time.UTC)
	}
}
