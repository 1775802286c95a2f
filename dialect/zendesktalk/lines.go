package zendesktalk

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// lineDigital is the line_type of lines without a number.
const lineDigital = "digital"

// digitalAvailable is the default greeting of a digital line where a phone
// number has available_en.
const digitalAvailable = "available_en_digital_lines"

// lineNames turns the domain's names into the vendor's. A line is judged as a
// number is.
var lineNames = map[string]string{
	"name": "nickname", "groups": "group_ids", "default_group": "default_group_id", "brand": "brand_id",
	"voice.schedule": "schedule_id", "voice.greetings": "greeting_ids", "voice.consent": "call_recording_consent",
	"outbound_number": "outbound_number",
}

func digitalLineOf(l *wirechief.DigitalLine, custom map[int64]wirechief.Greeting) digitalLineRow {
	greetings := greetingsOf(chosen(&wirechief.Number{Voice: wirechief.Voice{Greetings: l.Greetings}}, custom), nil)
	for i, id := range greetings.defaults {
		if id == defaultGreeting(available) {
			greetings.defaults[i] = digitalAvailable
			greetings.withSub[strconv.Itoa(available)] = map[string]string{
				"voicemail_on": digitalAvailable, "voicemail_off": id + "_voicemail_config",
			}
		}
	}
	return digitalLineRow{
		BrandID: orNull(l.Brand), CallRecordingConsent: cmp.Or(l.Consent, wirechief.ConsentAlways), WithSubSettings: greetings.withSub,
		CreatedAt: stamp(l.CreatedAt), DefaultGreetingIDs: greetings.defaults, DefaultGroupID: orNull(l.DefaultGroup),
		GreetingIDs: listed(l.Greetings), GroupIDs: listed(l.Groups), ID: l.ID, LineID: l.LineID, LineType: lineDigital,
		Nickname: orNull(l.Name), OutboundNumber: orNull(l.OutboundNumber), Priority: l.Priority,
		Recorded: l.Recording == wirechief.RecordCall, ScheduleID: orNull(l.Schedule), Transcription: l.Transcription,
	}
}

// available is the category of greetings that callers hear first.
const available = 2

// showDigitalLine gives one (zendesktalk: GET /digital_lines/{digital_line_id},
// response 200, digital_line).
func (s *server) showDigitalLine(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	l, err := s.core.DigitalLines().Get(c.r.Context(), c.p.Tenant, strconv.FormatInt(id, 10))
	if err != nil {
		return err
	}
	return s.writeDigitalLine(c, http.StatusOK, &l)
}

func (s *server) writeDigitalLine(c *call, status int, l *wirechief.DigitalLine) error {
	custom, err := s.customGreetings(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	c.writeOne(status, "digital_line", digitalLineOf(l, custom))
	return nil
}

// createDigitalLine makes one (zendesktalk: POST /digital_lines, response 201,
// digital_line).
func (s *server) createDigitalLine(c *call) error {
	return s.putDigitalLine(c, http.StatusCreated, "")
}

// updateDigitalLine changes what is sent of one (zendesktalk: PUT
// /digital_lines/{digital_line_id}, response 200, digital_line).
func (s *server) updateDigitalLine(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	return s.putDigitalLine(c, http.StatusOK, strconv.FormatInt(id, 10))
}

func (s *server) putDigitalLine(c *call, status int, key string) error {
	record, _, err := c.wrapped("digital_line")
	if err != nil {
		return err
	}
	change, err := readDigitalLine(record)
	if err != nil {
		return err
	}
	l, err := s.core.DigitalLines().Put(c.r.Context(), c.p, key, change)
	if err != nil {
		return renamed(err, lineNames)
	}
	return s.writeDigitalLine(c, status, &l)
}

// readDigitalLine reads what is to become of a line (zendesktalk: POST
// /digital_lines, brand_id, call_recording_consent, default_group_id,
// greeting_ids, group_ids, nickname, outbound_number, priority, recorded,
// schedule_id, transcription; zendesktalk: PUT /digital_lines/{digital_line_id},
// brand_id, call_recording_consent, default_group_id, greeting_ids, group_ids,
// nickname, outbound_number, priority, recorded, schedule_id, transcription).
func readDigitalLine(record object) (change func(*wirechief.DigitalLine) error, _ error) {
	var nickname, outbound, consent wirechief.Patch[string]
	var recorded, transcription wirechief.Patch[bool]
	var priority wirechief.Patch[int]
	var brand, group, schedule wirechief.Patch[int64]
	var groups, greetings wirechief.Patch[[]int64]
	if err := errors.Join(
		record.id("brand_id", &brand),
		record.text("call_recording_consent", false, &consent),
		record.id("default_group_id", &group),
		record.ids("greeting_ids", &greetings),
		record.ids("group_ids", &groups),
		record.text("nickname", true, &nickname),
		record.text("outbound_number", true, &outbound),
		record.integer("priority", &priority),
		record.flag("recorded", &recorded),
		record.id("schedule_id", &schedule),
		record.flag("transcription", &transcription),
	); err != nil {
		return nil, err
	}
	return func(l *wirechief.DigitalLine) error {
		brand.Apply(&l.Brand)
		consent.Apply(&l.Consent)
		group.Apply(&l.DefaultGroup)
		greetings.Apply(&l.Greetings)
		groups.Apply(&l.Groups)
		nickname.Apply(&l.Name)
		outbound.Apply(&l.OutboundNumber)
		priority.Apply(&l.Priority)
		schedule.Apply(&l.Schedule)
		transcription.Apply(&l.Transcription)
		if on, set := recorded.Value(); set {
			l.Recording = wirechief.RecordOff
			if on {
				l.Recording = wirechief.RecordCall
			}
		}
		return nil
	}, nil
}

// deleteDigitalLine removes one (zendesktalk: DELETE
// /digital_lines/{digital_line_id}, response 204).
func (s *server) deleteDigitalLine(c *call) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	if err := s.core.DigitalLines().Delete(c.r.Context(), c.p, strconv.FormatInt(id, 10)); err != nil {
		return err
	}
	c.gone()
	return nil
}

// anyLine is a phone number or a digital line.
type anyLine struct {
	id      int64
	since   time.Time
	number  *wirechief.Number
	digital *wirechief.DigitalLine
}

// listLines gives both kinds together, newest first (zendesktalk: GET /lines,
// response 200, lines, next_page, previous_page, count).
func (s *server) listLines(c *call) error {
	var numbers []*wirechief.Number
	s.core.EachNumber(c.r.Context(), c.p, wirechief.NumberFilter{}, func(n *wirechief.Number) bool {
		numbers = append(numbers, n)
		return true
	})
	digital, err := s.core.DigitalLines().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	custom, err := s.customGreetings(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	lines := make([]anyLine, 0, len(numbers)+len(digital))
	for _, n := range numbers {
		lines = append(lines, anyLine{id: n.ID, since: n.ActivatedAt, number: n})
	}
	for i := range digital {
		lines = append(lines, anyLine{id: digital[i].ID, since: digital[i].CreatedAt, digital: &digital[i]})
	}
	slices.SortFunc(lines, func(a, b anyLine) int { return cmp.Or(b.since.Compare(a.since), cmp.Compare(b.id, a.id)) })
	row := func(l *anyLine) any { return l.row(custom) }
	if minimal, _, err := c.flag("minimal_mode"); err == nil && minimal { // any other value: off
		row = func(l *anyLine) any { return l.minimal() }
	}
	key := func(l *anyLine) string { return strconv.FormatInt(l.id, 10) }
	return writeList(s, c, "lines", all(lines), key, row)
}

func (l *anyLine) row(custom map[int64]wirechief.Greeting) any {
	if l.number != nil {
		return phoneNumberOf(l.number, chosen(l.number, custom))
	}
	return digitalLineOf(l.digital, custom)
}

func (l *anyLine) minimal() any {
	if l.number != nil {
		return minimalPhoneLine{orNull(l.number.Brand), minimalOf(l.number)}
	}
	d := l.digital
	return minimalLine{BrandID: orNull(d.Brand), ID: d.ID, LineType: lineDigital, Nickname: orNull(d.Name), Priority: d.Priority}
}
