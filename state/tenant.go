package state

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/optout"
	"github.com/wirechief/wirechief/schedule"
)

// OptOut says whose words count and what handsets are told that opt out, opt in
// or ask for help. The block itself is always on.
type OptOut struct {
	Replies      *bool     `yaml:"replies"`
	Languages    *[]string `yaml:"languages"`     // "en", "es"; none: those of the number's country
	Message      *string   `yaml:"message"`       // empty: a sentence with the tenant's name
	StartMessage *string   `yaml:"start_message"` // likewise
	HelpMessage  *string   `yaml:"help_message"`  // likewise
}

// Retention says how long what passed through a tenant is kept; 0 is for ever.
type Retention struct {
	Texts    *Keep `yaml:"texts"`
	Media    *Keep `yaml:"media"`
	Messages *Keep `yaml:"messages"`
}

// Keep is a time for which something is kept: "90d", or as in Go, "36h".
type Keep time.Duration

// UnmarshalText reads days beside what Go reads.
func (k *Keep) UnmarshalText(b []byte) error {
	text := string(b)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			*k = Keep(time.Duration(n) * 24 * time.Hour)
			return nil
		}
	}
	d, err := time.ParseDuration(text)
	if text != "0" && text != "" && err != nil {
		return wirechief.InvalidField("", "%q is not a time such as 90d or 36h; 0 for ever", text)
	}
	*k = Keep(d)
	return nil
}

// MarshalText writes days where there are whole ones.
func (k Keep) MarshalText() ([]byte, error) {
	switch d := time.Duration(k); {
	case d == 0:
		return []byte("0"), nil
	case d%(24*time.Hour) == 0:
		return []byte(strconv.FormatInt(int64(d/(24*time.Hour)), 10) + "d"), nil
	default:
		return []byte(d.String()), nil
	}
}

// settings judges what a tenant says of sending and keeping.
func (j judge) settings(path string, t *Tenant) {
	j.zone(at(path, "time_zone"), t.TimeZone)
	quiet, window := "", ""
	if t.QuietHours != nil {
		quiet = *t.QuietHours
	}
	if t.SendingWindow != nil {
		window = *t.SendingWindow
	}
	if _, err := schedule.Parse(quiet, ""); err != nil {
		j.Report(at(path, "quiet_hours"), `%s; "" for none`, wirechief.MessageOf(err))
	} else if _, err := schedule.Parse("", window); err != nil {
		j.Report(at(path, "sending_window"), `%s; "" for always`, wirechief.MessageOf(err))
	} else if _, err := schedule.Parse(quiet, window); err != nil {
		j.Report(at(path, "sending_window"), "%s", wirechief.MessageOf(err))
	}
	if o := t.OptOut; o != nil {
		if o.Languages != nil {
			for i, l := range *o.Languages {
				if !slices.Contains(optout.Languages(), l) {
					j.Report(item(at(path, "opt_out.languages"), i), "%q is not known; allowed: %s", l, strings.Join(optout.Languages(), ", "))
				}
			}
		}
		for _, m := range []struct {
			key  string
			text *string
		}{{"message", o.Message}, {"start_message", o.StartMessage}, {"help_message", o.HelpMessage}} {
			if m.text != nil && optout.Candidate(*m.text) != "" {
				j.Report(at(path, "opt_out."+m.key), "the answer to a word must not be a word itself")
			}
		}
	}
	if r := t.Retention; r != nil {
		for _, k := range []struct {
			key  string
			keep *Keep
		}{{"texts", r.Texts}, {"media", r.Media}, {"messages", r.Messages}} {
			if k.keep != nil && *k.keep != 0 && *k.keep < Keep(24*time.Hour) {
				j.Report(at(path, "retention."+k.key), "it is kept for a day at least; 0 for ever")
			}
		}
	}
}
