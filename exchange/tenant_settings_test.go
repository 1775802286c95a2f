package exchange_test

import (
	"errors"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// What tenants may set themselves is judged, kept, and acts at once; what is
// the operator's stays the operator's.
func TestConfigureTenant(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	set := func(p wirechief.Principal, f func(*wirechief.Tenant)) error {
		_, err := w.ConfigureTenant(ctx, p, func(t *wirechief.Tenant) error { f(t); return nil })
		return err
	}
	for _, tt := range []struct {
		field  string // that is refused; "": none
		change func(*wirechief.Tenant)
	}{
		{"", func(t *wirechief.Tenant) { t.QuietHours, t.TimeZone = "21:00-08:00", "America/New_York" }},
		{"", func(t *wirechief.Tenant) { t.SendingWindow = "mon-fri 09:00-18:00" }},
		{"", func(t *wirechief.Tenant) { t.OptOutReplies, t.OptOutLanguages = true, []string{"en", "es"} }},
		{"", func(t *wirechief.Tenant) { t.Retention = wirechief.Retention{Texts: 30 * 24 * time.Hour} }},
		{"quiet_hours", func(t *wirechief.Tenant) { t.QuietHours = "9pm" }},
		{"sending_window", func(t *wirechief.Tenant) { t.SendingWindow = "always" }},
		{"sending_window", func(t *wirechief.Tenant) { t.SendingWindow = "mon-fri 22:00-23:00" }}, // quiet
		{"time_zone", func(t *wirechief.Tenant) { t.TimeZone = "Local" }},
		{"opt_out_languages", func(t *wirechief.Tenant) { t.OptOutLanguages = []string{"tlh"} }},
		{"opt_out_languages", func(t *wirechief.Tenant) { t.OptOutLanguages = []string{"en", "en"} }},
		{"help_message", func(t *wirechief.Tenant) { t.HelpMessage = "Stop." }},
		{"opt_out_message", func(t *wirechief.Tenant) { t.OptOutMessage = "a\x00b" }},
		{"retention.messages", func(t *wirechief.Tenant) { t.Retention.Messages = time.Hour }},
		{"retention.media", func(t *wirechief.Tenant) { t.Retention.Media = -time.Hour }},
	} {
		err := set(ada, tt.change)
		if tt.field == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		wantError(t, err, wirechief.Invalid, "", tt.field)
	}
	for field, change := range map[string]func(*wirechief.Tenant){
		"rates":            func(t *wirechief.Tenant) { t.Rates.MMS = 1 },
		"metered":          func(t *wirechief.Tenant) { t.Metered = true },
		"require_campaign": func(t *wirechief.Tenant) { t.RequireCampaign = false },
		"messaging":        func(t *wirechief.Tenant) { t.Messaging = false },
		"agreement":        func(t *wirechief.Tenant) { t.Agreement = false },
		"in_doubt":         func(t *wirechief.Tenant) { t.InDoubt = "unknown" },
	} {
		wantError(t, set(ada, change), wirechief.Forbidden, wirechief.RuleRole, field)
	}
	wantError(t, set(viewer, func(t *wirechief.Tenant) { t.Name = "x" }), wirechief.Forbidden, wirechief.RuleRole, "")
	wantError(t, set(wirechief.Principal{Tenant: "nobody"}, func(*wirechief.Tenant) {}), wirechief.NotFound, "", "tenant")
	if err := set(wirechief.Principal{Operator: true, Tenant: "acme"}, func(t *wirechief.Tenant) { t.RequireCampaign = false }); err != nil {
		t.Error(err)
	}
	changed := errors.New("no")
	if _, err := w.ConfigureTenant(ctx, ada, func(t *wirechief.Tenant) error { t.Name = "x"; return changed }); !errors.Is(err, changed) {
		t.Error(err)
	}
	w.restart()
	got, err := w.Tenant(ctx, "acme")
	if err != nil || got.QuietHours != "21:00-08:00" || got.SendingWindow != "mon-fri 09:00-18:00" || got.TimeZone != "America/New_York" ||
		!got.OptOutReplies || len(got.OptOutLanguages) != 2 || got.Retention.Texts != 720*time.Hour || got.RequireCampaign || got.Name != "" || !got.Messaging {
		t.Errorf("%+v %v", got, err)
	}
	if m := w.message(w.accept(text("hello"))[0]); m.Status != wirechief.StatusScheduled {
		t.Errorf("%s in quiet hours", m.Status)
	}
}
