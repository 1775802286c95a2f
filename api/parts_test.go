package api

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestParts(t *testing.T) {
	const form = "multipart/form-data; boundary=B"
	part := func(head, body string) string {
		return "--B\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + body + "\r\n"
	}
	state := part(`name="state"`, "tenants: []")
	for _, tt := range []struct{ name, contentType, body, state, file, wrong string }{
		{"a state alone", "application/yaml", "tenants: []", "tenants: []", "", ""},
		{"no type", "", "tenants: []", "tenants: []", "", ""},
		{"a file beside it", form, state + part(`name="file"; filename="../a b.csv"`, "number\r\n") + "--B--", "tenants: []", "number\r\n", ""},
		{"the file first", form, part(`name="file"; filename="../a b.csv"`, "x") + state + "--B--", "tenants: []", "x", ""},
		{"no state", form, "--B--", "", "", "no part state"},
		{"two states", form, state + state + "--B--", "", "", "neither"},
		{"two files of one name", form, state + part(`name="file"; filename="a"`, "x") + part(`name="file"; filename="a"`, "y") + "--B--", "", "", "neither"},
		{"a file without a name", form, state + part(`name="file"`, "x") + "--B--", "", "", "neither"},
		{"another part", form, state + part(`name="other"; filename="a"`, "x") + "--B--", "", "", "neither"},
		{"cut off", form, state[:20], "", "", "malformed"},
		{"no boundary", "multipart/form-data", state, "", "", "malformed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, files, err := parts(tt.contentType, []byte(tt.body))
			if tt.wrong != "" {
				if wirechief.KindOf(err) != wirechief.Invalid || !strings.Contains(wirechief.MessageOf(err), tt.wrong) {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil || string(got) != tt.state || string(files["../a b.csv"]) != tt.file {
				t.Errorf("%q, %q, %v", got, files, err)
			}
		})
	}
}

func FuzzParts(f *testing.F) {
	f.Add("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"state\"\r\n\r\nx\r\n--B--")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if _, _, err := parts(contentType, []byte(body)); err != nil && wirechief.KindOf(err) != wirechief.Invalid {
			t.Error(err)
		}
	})
}
