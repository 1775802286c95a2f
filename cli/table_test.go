package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wirechief/wirechief/api/wire"
)

// Listings fit the terminal, and a pipe gets all of them.
func TestTableFits(t *testing.T) {
	list := []wire.Number{
		{
			Number: "+15105550100", Tenant: "acme", State: "in_service", Type: "toll-free", Carrier: "bandwidth-eu",
			Settings: wire.Settings{Enabled: []string{"voice", "sms", "mms", "fax"}, Name: "The desk at the front of the house", Campaign: "CW1549", Webhook: "Default"},
		},
		{Number: "+442079460104", Tenant: "acme", State: "pending", Type: "national", Carrier: "sim"},
	}
	for _, width := range []int{0, 40, 60, 80, 100, 200} {
		var out bytes.Buffer
		table := numbersTable(&out, list)
		table.width = width
		table.flush()
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); width > 0 && n > width {
				t.Errorf("%d letters on a terminal of %d: %s", n, width, line)
			}
		}
		for head, want := range map[string]bool{
			"NUMBER": true, "STATE": true, "NAME": true, "TENANT": width == 0, "WEBHOOK": width == 0 || width == 200, "front of the house": width == 0 || width == 200,
		} {
			if strings.Contains(out.String(), head) != want {
				t.Errorf("a terminal of %d shows %s: %t\n%s", width, head, !want, &out)
			}
		}
	}
	list[1].Tenant = "globex"
	var out bytes.Buffer
	table := numbersTable(&out, list)
	table.width = 200
	if table.flush(); !strings.Contains(out.String(), "TENANT") {
		t.Errorf("nothing says whose each of these is:\n%s", &out)
	}
}
