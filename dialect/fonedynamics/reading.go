package fonedynamics

import (
	"errors"
	"math"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/e164"
)

// reading reads the parameters of one call and keeps the first refusal of each
// sort, so that they can be told in the order of docs/dialects/fonedynamics.md:
// invalid, required, conflicting; what is not there comes after them.
type reading struct {
	in                         params
	invalid, missing, conflict *wirechief.Error
}

func (c *call) read() *reading { return &reading{in: c.in} }

// err is what is to be refused, if anything.
func (r *reading) err() error {
	for _, e := range []*wirechief.Error{r.invalid, r.missing, r.conflict} {
		if e != nil {
			return e
		}
	}
	return nil
}

// wrong notes that a parameter is invalid.
func (r *reading) wrong(name, format string, args ...any) {
	if r.invalid == nil {
		r.invalid = wirechief.InvalidField(name, format, args...)
	}
}

// lacks notes that a parameter is required and missing.
func (r *reading) lacks(name, format string, args ...any) {
	if r.missing == nil {
		r.missing = wirechief.Refuse(wirechief.Invalid, ruleRequired, format, args...)
		r.missing.Field = name
	}
}

// contradicts notes that a parameter contradicts another.
func (r *reading) contradicts(name, format string, args ...any) {
	if r.conflict == nil {
		r.conflict = wirechief.Refuse(wirechief.Invalid, ruleConflicting, format, args...)
		r.conflict.Field = name
	}
}

// has says whether a parameter was given, empty or not.
func (r *reading) has(name string) bool {
	_, ok := r.in.values[strings.ToLower(name)]
	return ok
}

// text gives the text of a parameter, and whether it was given. An empty text
// is one that was given.
func (r *reading) text(name string) (text string, given bool) {
	v, ok := r.in.values[strings.ToLower(name)]
	if !ok {
		return "", false
	}
	text, err := v.plain, error(nil)
	if !v.text {
		text, err = v.json.Text()
	} else if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		err = dialect.ErrText
	}
	switch {
	case errors.Is(err, dialect.ErrText):
		r.wrong(name, "the value holds a NUL or is not valid UTF-8")
	case err != nil:
		r.wrong(name, "the value is not a string")
	}
	return text, err == nil
}

// words is text of which the outer white space is not meant.
func (r *reading) words(name string) (text string, given bool) {
	text, given = r.text(name)
	return strings.TrimSpace(text), given
}

// need is text that has to be there.
func (r *reading) need(name string) string {
	text, given := r.words(name)
	if text == "" && (given || !r.has(name)) { // what is no text is wrong, and not missing too
		r.lacks(name, "%s is required", name)
	}
	return text
}

// bool reads true or false, which forms and queries write as words.
func (r *reading) bool(name string) (value, given bool) {
	v, ok := r.in.values[strings.ToLower(name)]
	if !ok {
		return false, false
	}
	if !v.text {
		if b, err := v.json.Bool(); err == nil {
			return b, true
		}
	}
	if v.text || v.json[0] == '"' {
		text, given := r.words(name)
		switch {
		case !given || text == "":
			return false, false
		case strings.EqualFold(text, "true"):
			return true, true
		case strings.EqualFold(text, "false"):
			return false, true
		}
	}
	r.wrong(name, "the value is not true or false")
	return false, false
}

// int reads a whole number, as a JSON number or as a text of digits.
func (r *reading) int(name string) (n int64, given bool) {
	v, ok := r.in.values[strings.ToLower(name)]
	if !ok {
		return 0, false
	}
	digits := string(v.json)
	if v.text || len(digits) > 0 && digits[0] == '"' {
		if digits, given = r.words(name); !given || digits == "" {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		r.wrong(name, "the value is not a whole number")
		return 0, false
	}
	return n, true
}

// page reads Results_Count and Results_Skip, of which a list says how many it
// gives when it is not asked, and at most. A count above that is taken for it.
func (r *reading) page(count, most int) (limit, skip int) {
	limit = count
	for _, p := range []struct {
		name string
		to   *int
		most int64
	}{{"Results_Count", &limit, int64(most)}, {"Results_Skip", &skip, math.MaxInt32}} {
		if n, given := r.int(p.name); given {
			if n < 0 {
				r.wrong(p.name, "the value is negative")
				continue
			}
			*p.to = int(min(n, p.most))
		}
	}
	return limit, skip
}

// choice reads one of the words, in any case of letters, and gives it as it is
// spelt here.
func (r *reading) choice(name string, words ...string) (word string, given bool) {
	text, given := r.words(name)
	if !given || text == "" {
		return "", given
	}
	if i := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, text) }); i >= 0 {
		return words[i], true
	}
	r.wrong(name, "%q is none of %s", text, strings.Join(words, ", "))
	return "", false
}

// list reads a comma list; what is empty in it is left out.
func (r *reading) list(name string) []string {
	text, _ := r.words(name)
	var out []string
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			out = append(out, entry)
		}
	}
	return out
}

// choices reads a comma list of words, as choice reads one.
func (r *reading) choices(name string, words ...string) []string {
	list := r.list(name)
	for i, text := range list {
		at := slices.IndexFunc(words, func(w string) bool { return strings.EqualFold(w, text) })
		if at < 0 {
			r.wrong(name, "%q is none of %s", text, strings.Join(words, ", "))
			return nil
		}
		list[i] = words[at]
	}
	return list
}

// number reads a number in E.164; "+" may be left out, as it is in paths, and
// is a space in a careless query.
func (r *reading) number(name string) (number string, given bool) {
	text, given := r.words(name)
	if !given || text == "" {
		return "", given
	}
	if number, ok := readNumber(text); ok {
		return number, true
	}
	r.wrong(name, "%q is not a number in E.164 such as +61280000001", text)
	return "", false
}

// numberOfPath reads the number that a path names, which is never blank.
func (r *reading) numberOfPath() string {
	number, given := r.number("Number")
	if given && number == "" {
		r.wrong("Number", "the path names no number")
	}
	return number
}

func readNumber(text string) (number string, ok bool) {
	number = "+" + strings.TrimPrefix(text, "+")
	return number, e164.IsNumber(number)
}

// mail reads a mail address.
func (r *reading) mail(name string) (address string, given bool) {
	text, given := r.words(name)
	if !given || text == "" {
		return "", given
	}
	if a, err := mail.ParseAddress(text); err != nil || a.Address != text || len(text) > 254 {
		r.wrong(name, "%q is not a mail address", text)
		return "", false
	}
	return text, true
}

// maxURL is the greatest length of a URL, in octets.
const maxURL = 2048

// url reads an absolute http or https URL.
func (r *reading) url(name string) (address string, given bool) {
	text, given := r.words(name)
	if !given || text == "" {
		return "", given
	}
	if u, err := url.Parse(text); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(text) > maxURL {
		r.wrong(name, "the value is not an absolute http or https URL of at most %d characters", maxURL)
		return "", false
	}
	return text, true
}
