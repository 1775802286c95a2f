package observe

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts what happens. All its methods may be called from anywhere.
type Metrics struct {
	registry        *prometheus.Registry
	accepted        *prometheus.CounterVec
	submitted       *prometheus.CounterVec
	receipts        *prometheus.CounterVec
	received        *prometheus.CounterVec
	deliveries      *prometheus.CounterVec
	deliverySeconds *prometheus.HistogramVec
	commitSeconds   prometheus.Histogram
	commitCommands  prometheus.Histogram
	requests        *prometheus.CounterVec
	requestSeconds  *prometheus.HistogramVec
}

// CarrierGauge is the state of a carrier when metrics are read.
type CarrierGauge struct {
	Name        string
	State       string
	Up          bool
	Connections int
	Outstanding int
	Queue       int
	Oldest      time.Time
	Rate        float64
}

// LaneGauge is the state of the deliveries of one kind when metrics are read:
// lanes are as many as customers' addresses, so they are summed by kind and
// the worst is given by its age.
type LaneGauge struct {
	Kind    string
	Lanes   int
	Open    int // circuit breakers open
	Pending int
	Oldest  time.Time
}

// NewMetrics makes a registry with the program's metrics and those of Go and
// the process.
func NewMetrics() *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "wirechief", Name: name, Help: help}, labels)
		m.registry.MustRegister(c)
		return c
	}
	m.accepted = counter("messages_accepted_total", "Messages made durable, by the API that took them.", "dialect")
	m.submitted = counter("submissions_total", "Tries at a carrier, by how they ended.", "carrier", "disposition", "reason")
	m.receipts = counter("receipts_total", "Delivery receipts, by state and whether they matched a message.", "carrier", "state", "matched")
	m.received = counter("messages_received_total", "Inbound texts and parts, by carrier.", "carrier")
	m.deliveries = counter("delivery_attempts_total", "Attempts to bring something to a customer, by how they ended.", "kind", "class")
	m.requests = counter("http_requests_total", "Requests to our APIs.", "api", "code")
	fast := prometheus.ExponentialBuckets(0.0001, 2, 18) // 0.1 ms to 13 s
	m.deliverySeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "wirechief", Name: "delivery_attempt_seconds", Help: "Duration of an attempt.", Buckets: fast,
	}, []string{"kind"})
	m.requestSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: "wirechief", Name: "http_request_seconds", Help: "Duration of a request to our APIs.", Buckets: fast,
	}, []string{"api"})
	m.commitSeconds = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "wirechief", Name: "store_commit_seconds", Help: "Duration of a commit, flush included.", Buckets: fast,
	})
	m.commitCommands = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "wirechief", Name: "store_commit_commands", Help: "Commands in a commit.", Buckets: prometheus.ExponentialBuckets(1, 2, 14),
	})
	m.registry.MustRegister(m.deliverySeconds, m.requestSeconds, m.commitSeconds, m.commitCommands,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Accepted counts messages that were made durable.
func (m *Metrics) Accepted(dialect string, messages int) {
	m.accepted.WithLabelValues(dialect).Add(float64(messages))
}

// Submitted counts a try at a carrier.
func (m *Metrics) Submitted(carrier, disposition, reason string) {
	m.submitted.WithLabelValues(carrier, disposition, reason).Inc()
}

// Receipt counts a delivery receipt.
func (m *Metrics) Receipt(carrier, state string, matched bool) {
	m.receipts.WithLabelValues(carrier, state, strconv.FormatBool(matched)).Inc()
}

// Received counts an inbound text or part.
func (m *Metrics) Received(carrier string) { m.received.WithLabelValues(carrier).Inc() }

// Attempted counts an attempt at a delivery.
func (m *Metrics) Attempted(kind, class string, took time.Duration) {
	m.deliveries.WithLabelValues(kind, class).Inc()
	m.deliverySeconds.WithLabelValues(kind).Observe(took.Seconds())
}

// Committed counts a commit of the store.
func (m *Metrics) Committed(commands int, took time.Duration) {
	m.commitSeconds.Observe(took.Seconds())
	m.commitCommands.Observe(float64(commands))
}

// Served counts a request to one of our APIs.
func (m *Metrics) Served(api string, code int, took time.Duration) {
	m.requests.WithLabelValues(api, strconv.Itoa(code)).Inc()
	m.requestSeconds.WithLabelValues(api).Observe(took.Seconds())
}

// Collect adds the state of carriers and lanes, read at each scrape.
func (m *Metrics) Collect(now func() time.Time, carriers func() []CarrierGauge, lanes func() []LaneGauge) {
	m.registry.MustRegister(&gauges{now, carriers, lanes})
}

// Handler serves /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

type gauges struct {
	now      func() time.Time
	carriers func() []CarrierGauge
	lanes    func() []LaneGauge
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("wirechief_"+name, help, labels, nil)
}

// Describe implements [prometheus.Collector]; the gauges are told as they come.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(g, ch) }

// Collect implements [prometheus.Collector].
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	for _, c := range g.carriers() {
		up := 0.0
		if c.Up {
			up = 1
		}
		gauge(describe("carrier_up", "1 while the carrier is bound or reachable.", "carrier"), up, c.Name)
		gauge(describe("carrier_connections", "Live connections.", "carrier"), float64(c.Connections), c.Name)
		gauge(describe("carrier_outstanding", "Submissions without an answer.", "carrier"), float64(c.Outstanding), c.Name)
		gauge(describe("carrier_rate", "Segments a second that the link allows itself; 0: no limit.", "carrier"), c.Rate, c.Name)
		gauge(describe("carrier_queue", "Messages that wait for the carrier.", "carrier"), float64(c.Queue), c.Name)
		gauge(describe("carrier_queue_oldest_seconds", "Age of the oldest of them.", "carrier"), g.age(c.Oldest), c.Name)
	}
	for _, l := range g.lanes() {
		gauge(describe("deliveries_lanes", "Destinations with something pending.", "kind"), float64(l.Lanes), l.Kind)
		gauge(describe("deliveries_breakers_open", "Destinations whose circuit breaker is open.", "kind"), float64(l.Open), l.Kind)
		gauge(describe("deliveries_pending", "Deliveries that wait.", "kind"), float64(l.Pending), l.Kind)
		gauge(describe("deliveries_oldest_seconds", "Age of the oldest of them.", "kind"), g.age(l.Oldest), l.Kind)
	}
}

func (g *gauges) age(oldest time.Time) float64 {
	if oldest.IsZero() {
		return 0
	}
	return max(g.now().Sub(oldest).Seconds(), 0)
}
