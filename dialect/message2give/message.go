package message2give

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
)

const maxURL = 2048 // octets of a media URL

var placeholder = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// readMessage reads the body of POST /messages (message2give: POST /messages,
// to, from, type, content, template, fields, simulated, media). What is for
// mails only is ignored.
func readMessage(body []byte) (wirechief.SendRequest, error) {
	r := wirechief.SendRequest{Dialect: wirechief.DialectMessage2Give, Whole: true}
	f, err := readFields(body, "")
	if err != nil {
		return r, err
	}
	if err := f.require("", "to", "from", "type"); err != nil {
		return r, err
	}
	kind, err := f.text("type", "")
	if err != nil {
		return r, err
	}
	switch kind = strings.ToLower(kind); kind {
	case "sms", "mms":
	case "voice", "email":
		return r, &wirechief.Error{Kind: wirechief.NotOffered, Field: "type", Message: kind + " is not offered here; sms and mms are"}
	default:
		return r, wirechief.InvalidField("type", "%q is not a type: sms or mms", kind)
	}
	to, err := f.text("to", "")
	if err != nil {
		return r, err
	}
	if !e164.IsShortCode(to) {
		if to, err = readNumber("to", to); err != nil {
			return r, err
		}
	}
	r.To = []string{to}
	from, err := f.text("from", "")
	if err != nil {
		return r, err
	}
	if r.From, err = readNumber("from", from); err != nil {
		return r, err
	}
	if r.Text, err = readContent(f, kind); err != nil {
		return r, err
	}
	if kind == "mms" {
		if err := f.require("", "media"); err != nil {
			return r, err
		}
		if r.Media, err = readMedia(f["media"]); err != nil {
			return r, err
		}
	}
	if r.Simulated, err = f.boolean("simulated", ""); err != nil {
		return r, err
	}
	return r, readOffTheRecord(f, &r)
}

// readOffTheRecord: what is for texts only is ignored for the others, but not
// the wish that something be forgotten (message2give: POST /messages, offTheRecord).
func readOffTheRecord(f fields, r *wirechief.SendRequest) error {
	off, err := f.boolean("offTheRecord", "")
	switch {
	case err != nil || !off:
		return err
	case len(r.Media) > 0:
		return &wirechief.Error{Kind: wirechief.NotOffered, Field: "offTheRecord", Message: "pictures cannot be sent off the record"}
	}
	r.Options = &wirechief.MessageOptions{OffTheRecord: true}
	return nil
}

// readContent gives the text: template wins over content. The vendor keeps
// templates and takes the id of one; here it is the text itself, and what has no
// placeholder is taken for an id: texting that to somebody would be the worse
// error. A content is a text as it is, unless there are fields to fill it with.
func readContent(f fields, kind string) (string, error) {
	values, filled, err := f.object("fields", "")
	if err != nil {
		return "", err
	}
	if v := f["template"]; !v.Absent() && string(v) != `""` {
		template, err := f.text("template", "")
		if err != nil {
			return "", err
		}
		if !placeholder.MatchString(template) {
			return "", noSuch(saysNoTemplate)
		}
		return fill(template, values)
	}
	if kind == "sms" {
		if err := f.require("", "content"); err != nil {
			return "", err
		}
	}
	content, err := f.text("content", "")
	if err != nil || !filled {
		return content, err
	}
	return fill(content, values)
}

// fill puts the values in the place of {{name}}.
func fill(template string, values fields) (text string, err error) {
	text = placeholder.ReplaceAllStringFunc(template, func(s string) string {
		name := placeholder.FindStringSubmatch(s)[1]
		value, problem := valueOf(values[name], name)
		if problem != nil && err == nil {
			err = problem
		}
		return value
	})
	return text, err
}

// valueOf gives the text of a value: a string, a number, true or false.
func valueOf(v dialect.Value, name string) (string, error) {
	switch {
	case v.Absent():
		return "", wirechief.InvalidField("fields", "there is no value for {{%s}}", name)
	case v[0] == '"':
		s, err := v.Text()
		if err != nil {
			return "", wrong("fields."+name, "a string", err)
		}
		return s, nil
	case v[0] == '{' || v[0] == '[':
		return "", wirechief.InvalidField("fields."+name, "the value is not a string, a number, true or false")
	}
	return string(v), nil
}

// readMedia reads the URLs of pictures, an array or one bare string: ours, for
// how the vendor is told of them is not public.
func readMedia(v dialect.Value) ([]string, error) {
	values := slices.Collect(v.Elements())
	if !v.IsArray() {
		values = []dialect.Value{v}
	}
	var out []string
	for i, e := range values {
		s, err := e.Text()
		if err == nil && e.Absent() {
			err = dialect.ErrType
		}
		if err != nil {
			return nil, wrong("media", "an array of strings", err)
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(s) > maxURL {
			return nil, wirechief.InvalidField("media", "entry %d is not an absolute http or https URL of at most %d characters", i+1, maxURL)
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, missing("media")
	}
	return out, nil
}
