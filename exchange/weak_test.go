package exchange_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/exchange"
)

// TestShortSecretsAreTold: a secret of the state file that can be guessed is
// taken, and the log names its key and not its value.
func TestShortSecretsAreTold(t *testing.T) {
	var log bytes.Buffer
	w := newWorld(t, func(o *exchange.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	})
	log.Reset()
	w.apply(`tenants:
  - id: acme
    credentials:
      - {dialect: wirechief, token: tiny-token, scopes: [read]}
      - {dialect: wirechief, token: sixteen-letters!, scopes: [read]}
      - {dialect: bulkvs, username: weak, password: short-pw}
      - {dialect: zendesk, bearer: bearer-pw}
      - {dialect: bulkvs, username: gone, absent: true}
`)
	var keys []string
	for line := range strings.Lines(log.String()) {
		if _, key, ok := strings.Cut(line, " key="); ok {
			keys = append(keys, strings.Fields(key)[0])
		}
		if strings.Contains(line, "tiny-token") || strings.Contains(line, "-pw") {
			t.Errorf("the value is in the log: %s", line)
		}
	}
	const want = "tenants[0].credentials[0].token tenants[0].credentials[2].password tenants[0].credentials[3].bearer"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
