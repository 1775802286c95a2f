package observe_test

import (
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief/observe"
)

// scrape gives the lines of /metrics that are ours.
func scrape(t *testing.T, m *observe.Metrics) []string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	var out []string
	for line := range strings.Lines(w.Body.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "wirechief_") {
			out = append(out, line)
		}
	}
	return out
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	if t.Failed() {
		t.Logf("it has\n%s", strings.Join(got, "\n"))
	}
}

// The names are what dashboards ask for: they do not change.
func TestMetricsCount(t *testing.T) {
	m := observe.NewMetrics()
	m.Accepted("bulkvs", 3)
	m.Accepted("bulkvs", 1)
	m.Submitted("main", "done", "")
	m.Submitted("main", "retry", "throttled")
	m.Receipt("main", "DELIVRD", true)
	m.Receipt("main", "DELIVRD", false)
	m.Received("main")
	m.Attempted("webhook", "2xx", 30*time.Millisecond)
	m.Attempted("webhook", "timeout", 10*time.Second)
	m.Committed(64, 300*time.Microsecond)
	m.Served("bulkvs", 200, 2*time.Millisecond)
	m.Served("bulkvs", 503, 2*time.Millisecond)
	wantLines(
		t, scrape(t, m),
		`wirechief_messages_accepted_total{dialect="bulkvs"} 4`,
		`wirechief_submissions_total{carrier="main",disposition="done",reason=""} 1`,
		`wirechief_submissions_total{carrier="main",disposition="retry",reason="throttled"} 1`,
		`wirechief_receipts_total{carrier="main",matched="true",state="DELIVRD"} 1`,
		`wirechief_receipts_total{carrier="main",matched="false",state="DELIVRD"} 1`,
		`wirechief_messages_received_total{carrier="main"} 1`,
		`wirechief_delivery_attempts_total{class="2xx",kind="webhook"} 1`,
		`wirechief_delivery_attempts_total{class="timeout",kind="webhook"} 1`,
		`wirechief_delivery_attempt_seconds_count{kind="webhook"} 2`,
		`wirechief_delivery_attempt_seconds_sum{kind="webhook"} 10.03`,
		`wirechief_store_commit_seconds_count 1`,
		`wirechief_store_commit_seconds_sum 0.0003`,
		`wirechief_store_commit_commands_sum 64`,
		`wirechief_store_commit_commands_bucket{le="64"} 1`,
		`wirechief_store_commit_commands_bucket{le="32"} 0`,
		`wirechief_http_requests_total{api="bulkvs",code="200"} 1`,
		`wirechief_http_requests_total{api="bulkvs",code="503"} 1`,
		`wirechief_http_request_seconds_count{api="bulkvs"} 2`,
	)
}

// The state of carriers and lanes is read when it is asked for.
func TestMetricsCollect(t *testing.T) {
	now := time.Date(2026, 9, 16, 2, 47, 0, 0, time.UTC)
	carriers := []observe.CarrierGauge{
		{Name: "main", State: "up", Up: true, Connections: 2, Outstanding: 64, Queue: 50_000, Oldest: now.Add(-90 * time.Second), Rate: 12.5},
		{Name: "spare"},
	}
	lanes := []observe.LaneGauge{{Kind: "webhook", Lanes: 10, Open: 1, Pending: 700, Oldest: now.Add(time.Second)}}
	m := observe.NewMetrics()
	m.Collect(
		func() time.Time { return now },
		func() []observe.CarrierGauge { return carriers },
		func() []observe.LaneGauge { return lanes },
	)
	wantLines(
		t, scrape(t, m),
		`wirechief_carrier_up{carrier="main"} 1`,
		`wirechief_carrier_up{carrier="spare"} 0`,
		`wirechief_carrier_connections{carrier="main"} 2`,
		`wirechief_carrier_outstanding{carrier="main"} 64`,
		`wirechief_carrier_queue{carrier="main"} 50000`,
		`wirechief_carrier_queue_oldest_seconds{carrier="main"} 90`,
		`wirechief_carrier_queue_oldest_seconds{carrier="spare"} 0`,
		`wirechief_carrier_rate{carrier="main"} 12.5`,
		`wirechief_deliveries_lanes{kind="webhook"} 10`,
		`wirechief_deliveries_breakers_open{kind="webhook"} 1`,
		`wirechief_deliveries_pending{kind="webhook"} 700`,
		`wirechief_deliveries_oldest_seconds{kind="webhook"} 0`, // clocks differ: never below nothing
	)

	now = now.Add(10 * time.Second)
	carriers[0].Queue, lanes = 0, nil
	after := scrape(t, m)
	wantLines(t, after, `wirechief_carrier_queue{carrier="main"} 0`, `wirechief_carrier_queue_oldest_seconds{carrier="main"} 100`)
	for _, line := range after {
		if strings.HasPrefix(line, "wirechief_deliveries_pending") {
			t.Errorf("%s: that lane is gone", line)
		}
	}
}

// Every metric has a name that Prometheus likes and help that says something.
func TestMetricsHaveHelp(t *testing.T) {
	m := observe.NewMetrics()
	m.Collect(time.Now,
		func() []observe.CarrierGauge { return []observe.CarrierGauge{{Name: "main"}} },
		func() []observe.LaneGauge { return []observe.LaneGauge{{Kind: "webhook"}} })
	m.Accepted("bulkvs", 1)
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	name := regexp.MustCompile(`^wirechief_[a-z_]+$`)
	seen := 0
	for line := range strings.Lines(w.Body.String()) {
		words := strings.Fields(line)
		if len(words) > 2 && words[1] == "HELP" && strings.HasPrefix(words[2], "wirechief_") {
			seen++
			if !name.MatchString(words[2]) || len(words) < 5 || !strings.HasSuffix(strings.TrimSpace(line), ".") {
				t.Errorf("%s", line)
			}
		}
	}
	if seen < 12 {
		t.Errorf("%d metrics have help", seen)
	}
	if !strings.Contains(w.Body.String(), "go_goroutines ") || !strings.Contains(w.Body.String(), "process_") {
		t.Error("those of Go and the process are missing")
	}
}

// Two programs in one process, as tests are, do not share a registry.
func TestMetricsAreOwn(t *testing.T) {
	a, b := observe.NewMetrics(), observe.NewMetrics()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				a.Accepted("bulkvs", 1)
				a.Served("bulkvs", 200, time.Millisecond)
			}
		})
	}
	wg.Wait()
	wantLines(t, scrape(t, a), `wirechief_messages_accepted_total{dialect="bulkvs"} 800`)
	for _, line := range scrape(t, b) {
		if strings.HasPrefix(line, "wirechief_messages_accepted_total") {
			t.Errorf("the other one has %s", line)
		}
	}
}
