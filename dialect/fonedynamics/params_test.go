package fonedynamics

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief"
)

// FuzzReadParams reads whatever a client may send: it is refused as invalid, or
// every parameter of it can be read, as text that is UTF-8 without a NUL.
func FuzzReadParams(f *testing.F) {
	for _, seed := range []struct{ method, query, kind, body string }{
		{"POST", "Friendly=x", "application/json", `{"Friendly":"y","a":[1,{"b":null}],"c":true,"d":-1e9}`},
		{"POST", "", "application/json", "{\"Friendly\":\"Caf\xe9\"}"},
		{"POST", "a=1;b=2", "application/x-www-form-urlencoded", "Friendly=Caf%E9&Number=%2B61280000001&=&;"},
		{"POST", "", "multipart/form-data; boundary=b", "--b\nContent-Disposition: form-data; name=\"Friendly\"\n\nx\n--b--"},
		{"POST", "", "multipart/form-data; boundary=\"\"", "--\n\n----"},
		{"GET", "To=+61280000001&to=x", "", `{"Date_From":1}`},
		{"POST", "%zz", ";", "null"},
		{"DELETE", "", "text/plain", "Hello"},
	} {
		f.Add(seed.method, seed.query, seed.kind, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, method, query, kind string, body []byte) {
		r := httptest.NewRequest(http.MethodGet, "/v2/Numbers/61280000001", nil)
		r.Method, r.URL.RawQuery = method, query
		r.Header.Set("Content-Type", kind)
		in, err := readParams(r, body)
		if err != nil {
			if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Message == "" {
				t.Fatalf("the refusal is %v", err)
			}
			return
		}
		in.addPath("/Numbers/{Number}", []string{"61280000001"})
		if in.path("number") != "61280000001" {
			t.Fatal("the path does not win")
		}
		for name := range in.values {
			if name != strings.ToLower(name) {
				t.Fatalf("%q is kept in capitals", name)
			}
			rd := &reading{in: in}
			if text, given := rd.text(name); given && (rd.invalid != nil || !utf8.ValidString(text) || strings.ContainsRune(text, 0)) {
				t.Fatalf("%q is %q, %v", name, text, rd.err())
			}
			// None of the others may fail but by a refusal.
			rd.bool(name)
			rd.int(name)
			rd.number(name)
			rd.mail(name)
			rd.url(name)
			rd.sender(name)
			rd.numberOfPath()
			rd.country(name)
			rd.choices(name, "A", "B")
			rd.choice(name, "A", "B")
		}
		rd := &reading{in: in}
		set := readSettings(rd)
		set.judge(rd, &wirechief.Number{Number: "+61280000001"})
		if rd.err() == nil {
			n := wirechief.Number{Number: "+61280000001", Tenant: "acme"}
			if p, err := set.patch(&n); err == nil {
				p.ApplyTo(&n)
				numberOf(&n, "A", "S")
			}
		}
	})
}

// FuzzZone: whatever is taken is a time zone as the table spells it.
func FuzzZone(f *testing.F) {
	for _, seed := range []string{"UTC", "aus eastern standard time", "", "\n", "UTC+12", "Pacific Standard Time (Mexico)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		spelt, ok := zone(name)
		if !ok {
			return
		}
		if again, ok := zone(spelt); !ok || again != spelt || !strings.Contains(zoneNames, "\n"+spelt+"\n") || !strings.EqualFold(spelt, name) {
			t.Errorf("%q is %q", name, spelt)
		}
	})
}

func TestEdit(t *testing.T) {
	sms := func(to string, enabled bool) wirechief.Forward {
		return wirechief.Forward{Type: wirechief.KindSMS, Destination: to, Enabled: enabled, Sender: "original"}
	}
	for _, tt := range []struct {
		name string
		list []wirechief.Forward
		to   string // "" removes
		want string
	}{
		{"made", nil, "a", "a+"},
		{"made behind one that is off", []wirechief.Forward{sms("a", false)}, "b", "a- b+"},
		{"switched on", []wirechief.Forward{sms("a", false), sms("b", false)}, "b", "a- b+"},
		{"changed", []wirechief.Forward{sms("a", false), sms("b", true), sms("c", true)}, "d", "a- d+ c+"},
		{"to where one before goes", []wirechief.Forward{sms("a", false), sms("b", true), sms("c", true)}, "a", "a+ c+"},
		{"to where one behind goes", []wirechief.Forward{sms("a", false), sms("b", true), sms("c", true)}, "c", "a- c+"},
		{"to where it goes", []wirechief.Forward{sms("a", true), sms("b", true)}, "a", "a+ b+"},
		{"removed", []wirechief.Forward{sms("a", false), sms("b", true), sms("c", true)}, "", "a- c+"},
		{"nothing to remove", []wirechief.Forward{sms("a", false)}, "", "a-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := wirechief.Number{Number: "+61280000001", Forwards: tt.list}
			before := len(tt.list)
			s := settings{smsTo: patchOf(tt.to, true)}
			list, change := s.forwards(&n)
			var got []string
			for _, f := range list {
				got = append(got, f.Destination+map[bool]string{true: "+", false: "-"}[f.Enabled])
			}
			if !change || strings.Join(got, " ") != tt.want || len(tt.list) != before {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}
