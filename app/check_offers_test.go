package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The check of a configuration reads the offers of its state file as the start
// does, and says what is wrong with each of them.
func TestCheckReadsOffers(t *testing.T) {
	cfg := minimal(t)
	dir := t.TempDir()
	cfg.State = filepath.Join(dir, "state.yaml")
	write := func(name, doc string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(doc), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("good.csv", "number,price\n+15105550100,1.00\n+15105550101,\n")
	write("bad.csv", "number,price\n+15105550100,1.00\n+1510555CALL,1.00\n")
	for _, tt := range []struct {
		name, offers string
		want         []string // parts of the mistake; none: all is right
	}{
		{"right", `[{csv: good.csv, carrier: sim, price: "1.00"}, {number: "+15105550102", carrier: sim, price: "1.00"}]`, nil},
		{"absent", `[{csv: nowhere.csv, carrier: sim, absent: true}]`, nil},
		{"a bad row", `[{csv: bad.csv, carrier: sim, price: "1.00"}]`, []string{"bad.csv line 3"}},
		{"no file", `[{csv: nowhere.csv, carrier: sim, price: "1.00"}]`, []string{"nowhere.csv: the file cannot be read: no such file"}},
		{"no carrier", `[{number: "+15105550102", carrier: pigeon, price: "1.00"}]`, []string{`no carrier "pigeon"`}},
		{"two", `[{csv: bad.csv, carrier: pigeon, price: "1.00"}]`, []string{`no carrier "pigeon"`, "bad.csv line 3"}},
		{"made up", `[{generate: {country: US, area_codes: ["415"], count: 10}, carrier: sim, price: "1.00"}]`, nil},
		{"too many made up", `[{generate: {country: US, area_codes: ["415"], count: 999999999}, carrier: sim, price: "1.00"}]`, []string{"offers"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write("state.yaml", "offers: "+tt.offers+"\n")
			err := CheckState(t.Context(), cfg)
			if (err == nil) != (len(tt.want) == 0) {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q", err, want)
				}
			}
		})
	}
}
