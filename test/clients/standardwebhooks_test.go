package clients

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

var ownToken = regexp.MustCompile(`Authorization: Bearer ([^' ]+)' http\S+/wirechief/v1/messages`)

// The library of Standard Webhooks knows what we sign for ours, and anything
// else not to be; what it does is in standardwebhooks.js.
func TestStandardWebhooks(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed (Debian package nodejs)")
	}
	if _, err := os.Stat("node_modules/standardwebhooks"); err != nil {
		t.Skip("standardwebhooks is not installed: npm ci in test/clients")
	}
	d := start(t)
	out, err := exec.CommandContext(t.Context(), node, "standardwebhooks.js", d.URL, d.read(t, ownToken)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.HasSuffix(string(out), "all is well\n") {
		t.Errorf("%s", out)
	}
}
