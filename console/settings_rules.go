package console

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/optout"
)

func ruleRoutes() []route {
	right := wirechief.RightSettings
	return []route{
		{pattern: "GET /settings/compliance", right: right, serve: (*Console).showCompliance},
		{pattern: "POST /settings/compliance", right: right, serve: (*Console).putCompliance},
		{pattern: "GET /settings/retention", right: right, serve: (*Console).showRetention},
		{pattern: "POST /settings/retention", right: right, serve: (*Console).putRetention},
	}
}

type complianceData struct {
	Page
	T         wirechief.Tenant // as the form has it
	Zones     []string
	Languages []languageRow
	Stop      string // what is said when nothing else is set
	Start     string
	Help      string
}

// languageRow is a language whose opt-out words are known.
type languageRow struct {
	Code, Name string
	On         bool
}

func languageRows(on []string) (out []languageRow) {
	names := map[string]string{
		"en": "English", "es": "Spanish", "fr": "French", "de": "German", "pt": "Portuguese", "it": "Italian", "nl": "Dutch",
		"pl": "Polish", "sv": "Swedish", "da": "Danish", "nb": "Norwegian", "no": "Norwegian", "fi": "Finnish", "cs": "Czech", "el": "Greek",
		"tr": "Turkish", "ru": "Russian", "uk": "Ukrainian", "hu": "Hungarian", "ro": "Romanian", "ja": "Japanese", "zh": "Chinese",
		"ko": "Korean", "ar": "Arabic", "he": "Hebrew", "id": "Indonesian", "vi": "Vietnamese", "th": "Thai", "hi": "Hindi", "ga": "Irish",
	}
	for _, code := range optout.Languages() {
		name := names[code]
		if name == "" {
			name = code
		}
		out = append(out, languageRow{code, name, slices.Contains(on, code)})
	}
	return out
}

func (c *Console) showCompliance(v *visit) error {
	t, err := c.Exchange.Tenant(v.ctx(), v.p.Tenant)
	if err != nil {
		return err
	}
	return c.renderCompliance(v, 200, &complianceData{T: t})
}

func (c *Console) renderCompliance(v *visit, status int, page *complianceData) error {
	trouble := page.Trouble
	page.Page = settingsPage("Compliance", "compliance")
	page.Trouble, page.Zones, page.Languages = trouble, zones(), languageRows(page.T.OptOutLanguages)
	name := page.T.Name
	if name == "" {
		name = page.T.ID
	}
	say := func(kind optout.Kind) string {
		return optout.Answer(optout.Word{Kind: kind, Language: optout.English}, name)
	}
	page.Stop, page.Start, page.Help = say(optout.Stop), say(optout.Start), say(optout.Help)
	return c.renderStatus(v, status, "settingscompliance", page)
}

func (c *Console) putCompliance(v *visit) error {
	page := new(complianceData)
	_, err := c.Exchange.ConfigureTenant(v.ctx(), v.p, func(t *wirechief.Tenant) error {
		t.Name, t.TimeZone = v.value("name"), v.value("time_zone")
		t.QuietHours, t.SendingWindow = v.value("quiet_hours"), v.value("sending_window")
		t.OptOutReplies = v.checked("opt_out_replies")
		t.OptOutMessage, t.OptInMessage, t.HelpMessage = v.value("opt_out_message"), v.value("opt_in_message"), v.value("help_message")
		t.OptOutLanguages = slices.Clone(v.form["opt_out_languages"])
		page.T = *t
		return nil
	})
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble = troubleOf(err)
		return c.renderCompliance(v, page.Trouble.Status, page)
	}
	v.say("Saved. It holds for every text from now on.")
	return v.to("/settings/compliance")
}

type retentionData struct {
	Page
	Texts, Media, Messages string   // days, as the form has them
	Shorter                []string // what would go sooner than now
	Now                    []string // what holds, in words
}

const oneDay = 24 * time.Hour

// days writes a span as the form has it; "" for ever.
func days(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(d)/float64(oneDay), 'f', -1, 64)
}

// spanOf reads days; "" and 0 are for ever.
func spanOf(field, s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	const most = 36_600 // a hundred years
	n, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	switch {
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0):
		return 0, wirechief.InvalidField(field, "%q is not a number of days such as 90; empty keeps for ever", clip(s, 30))
	case n != 0 && n < 1 || n > most:
		return 0, wirechief.InvalidField(field, "it is kept between a day and a hundred years; empty keeps for ever")
	}
	return time.Duration(n * float64(oneDay)).Round(time.Second), nil
}

func (c *Console) showRetention(v *visit) error {
	t, err := c.Exchange.Tenant(v.ctx(), v.p.Tenant)
	if err != nil {
		return err
	}
	r := t.Retention
	return c.renderRetention(v, 200, &retentionData{Texts: days(r.Texts), Media: days(r.Media), Messages: days(r.Messages)}, r)
}

func (c *Console) renderRetention(v *visit, status int, page *retentionData, now wirechief.Retention) error {
	trouble := page.Trouble
	page.Page = settingsPage("Retention", "retention")
	page.Trouble = trouble
	for _, k := range []struct {
		what string
		span time.Duration
	}{{"Texts", now.Texts}, {"Pictures and files", now.Media}, {"Messages", now.Messages}} {
		if k.span == 0 {
			page.Now = append(page.Now, k.what+": for ever")
		} else {
			page.Now = append(page.Now, k.what+": "+days(k.span)+" days")
		}
	}
	return c.renderStatus(v, status, "settingsretention", page)
}

// putRetention asks once more before anything is kept for a shorter time: what
// a sweep has removed does not come back.
func (c *Console) putRetention(v *visit) error {
	page := &retentionData{Texts: v.value("retention.texts"), Media: v.value("retention.media"), Messages: v.value("retention.messages")}
	t, err := c.Exchange.Tenant(v.ctx(), v.p.Tenant)
	if err != nil {
		return err
	}
	var r wirechief.Retention
	for _, k := range []struct {
		field, text, what string
		was               time.Duration
		to                *time.Duration
	}{
		{"retention.texts", page.Texts, "texts", t.Retention.Texts, &r.Texts},
		{"retention.media", page.Media, "pictures and files", t.Retention.Media, &r.Media},
		{"retention.messages", page.Messages, "messages", t.Retention.Messages, &r.Messages},
	} {
		if *k.to, err = spanOf(k.field, k.text); err != nil {
			break
		}
		if *k.to != 0 && (k.was == 0 || *k.to < k.was) {
			page.Shorter = append(page.Shorter, k.what)
		}
	}
	sure := v.checked("sure") && v.form.Get("of") == page.Of()
	if err == nil && (len(page.Shorter) == 0 || sure) {
		_, err = c.Exchange.ConfigureTenant(v.ctx(), v.p, func(t *wirechief.Tenant) error {
			t.Retention = r
			return nil
		})
		if err == nil {
			v.say("Saved. The next sweep, within a day, goes by it.")
			return v.to("/settings/retention")
		}
	}
	status := 200
	if err != nil {
		if !isRefusal(err) {
			return err
		}
		page.Trouble, page.Shorter = troubleOf(err), nil
		status = page.Trouble.Status
	}
	return c.renderRetention(v, status, page, t.Retention)
}

// Of is what a yes to the warning is about.
func (d *retentionData) Of() string { return d.Texts + " " + d.Media + " " + d.Messages }
