package delivery_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/store/sqlite"
)

// machine is the engine with the real sender on the real store, as the program
// has it.
type machine struct {
	t     *testing.T
	dir   string
	o     delivery.Options
	store *sqlite.Store
	*delivery.Engine
}

func newMachine(t *testing.T, change func(*delivery.Options)) *machine {
	t.Helper()
	m := &machine{t: t, dir: t.TempDir()}
	m.o.Schedule = []time.Duration{0, 50 * time.Millisecond, 50 * time.Millisecond}
	if change != nil {
		change(&m.o)
	}
	m.start()
	t.Cleanup(m.stop)
	return m
}

func (m *machine) start() {
	m.t.Helper()
	store, err := sqlite.Open(context.Background(), m.dir, sqlite.Options{})
	if err != nil {
		m.t.Fatal(err)
	}
	guard, err := egress.New(egress.Options{Allow: []string{"127.0.0.1/32"}})
	if err != nil {
		m.t.Fatal(err)
	}
	o := m.o
	o.Store = store
	o.Senders = map[wirechief.DeliveryKind]delivery.Sender{wirechief.KindWebhook: delivery.NewHTTP(guard, "test", nil)}
	m.store, m.Engine = store, delivery.New(o)
	if err := m.Start(context.Background()); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) stop() {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := m.Stop(ctx); err != nil {
		m.t.Error(err)
	}
	if err := m.store.Close(); err != nil {
		m.t.Error(err)
	}
}

// send commits deliveries and hands them over.
func (m *machine) send(first, n int64, url string) {
	m.t.Helper()
	var list []*wirechief.Delivery
	for id := first; id < first+n; id++ {
		list = append(list, &wirechief.Delivery{
			DeliveryKey: wirechief.DeliveryKey{Shard: wirechief.ShardOf("acme"), ID: id}, Tenant: "acme", Kind: wirechief.KindWebhook,
			Destination: url, Profile: wirechief.DialectBulkVS, Method: "POST", ContentType: "text/plain", Body: fmt.Append(nil, id),
			Status: wirechief.DeliveryPending, CreatedAt: time.Now(), NextAt: time.Now(),
		})
	}
	results, err := m.store.Apply(m.t.Context(), wirechief.Accept{Deliveries: list})
	if err != nil || results[0].Err != nil {
		m.t.Fatal(err, results)
	}
	m.Add(list...)
}

func (m *machine) delivery(id int64) *wirechief.Delivery {
	m.t.Helper()
	d, err := m.store.Delivery(m.t.Context(), wirechief.DeliveryKey{Shard: wirechief.ShardOf("acme"), ID: id})
	if err != nil {
		m.t.Fatal(err)
	}
	return d
}

// until waits for a delivery to be as wanted.
func (m *machine) until(id int64, ok func(*wirechief.Delivery) bool) *wirechief.Delivery {
	m.t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	late := time.After(20 * time.Second)
	for {
		d := m.delivery(id)
		if ok(d) {
			return d
		}
		select {
		case <-look.C:
		case <-late:
			m.t.Fatalf("delivery %d is %s: %+v", id, d.Status, d.Attempts)
		}
	}
}

func (m *machine) waitFor(id int64, status wirechief.DeliveryStatus) *wirechief.Delivery {
	m.t.Helper()
	return m.until(id, func(d *wirechief.Delivery) bool { return d.Status == status })
}

// endpoint is a customer's server that says what it is told to say.
type endpoint struct {
	*httptest.Server
	mu   sync.Mutex
	code int
	seen map[string]int
}

func newEndpoint(t *testing.T, code int) *endpoint {
	e := &endpoint{code: code, seen: make(map[string]int)}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.seen[string(body)]++
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(e.code)
		io.WriteString(w, "said "+http.StatusText(e.code))
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) say(code int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.code = code
}

func (e *endpoint) times(body any) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.seen[fmt.Sprint(body)]
}

// Each way to fail is tried on schedule, is on record with every request that
// the endpoint saw, and can be replayed once the endpoint is well.
func TestFailuresAndReplay(t *testing.T) {
	for _, tt := range []struct {
		code  int
		class string
	}{{500, "5xx"}, {302, "3xx"}, {404, "4xx"}, {410, "4xx"}} {
		t.Run(tt.class, func(t *testing.T) {
			m, e := newMachine(t, nil), newEndpoint(t, tt.code)
			m.send(1, 3, e.URL+"/in")
			for id := range int64(3) {
				d := m.waitFor(id+1, wirechief.DeliveryExhausted)
				if len(d.Attempts) != 3 || e.times(id+1) != 3 {
					t.Fatalf("%d on record, %d seen", len(d.Attempts), e.times(id+1))
				}
				for i, a := range d.Attempts {
					if a.N != i+1 || a.Class != tt.class || a.StatusCode != tt.code || a.Body != "said "+http.StatusText(tt.code) || a.Request == "" || a.Peer == "" {
						t.Errorf("%+v", a)
					}
				}
			}
			if e.times("") != 0 {
				t.Error("a redirect was followed")
			}
			e.say(200)
			results, err := m.store.Apply(t.Context(), wirechief.Redeliver{
				Filter: wirechief.DeliveryFilter{Tenant: "acme", Status: wirechief.DeliveryExhausted}, At: time.Now(),
			})
			if err != nil || results[0].Count != 3 {
				t.Fatal(err, results)
			}
			m.Wake()
			for id := range int64(3) {
				d := m.waitFor(id+1, wirechief.DeliveryDelivered)
				if len(d.Attempts) != 4 || d.Attempts[3].N != 4 || d.Attempts[3].Class != "2xx" || d.Tries != 1 {
					t.Errorf("%d tries, %+v", d.Tries, d.Attempts)
				}
			}
		})
	}
}

// What is pending when the program ends is delivered by its next run, and the
// attempts are counted on.
func TestThroughRestarts(t *testing.T) {
	m := newMachine(t, func(o *delivery.Options) { o.Schedule = []time.Duration{0, 300 * time.Millisecond, time.Hour} })
	e := newEndpoint(t, 500)
	m.send(1, 2000, e.URL+"/in")
	m.until(2000, func(d *wirechief.Delivery) bool { return len(d.Attempts) > 0 })
	m.stop()
	m.start()
	m.until(2000, func(d *wirechief.Delivery) bool { return d.Tries == 2 })
	m.stop()
	e.say(200)
	m.start()
	if _, err := m.store.Apply(t.Context(), wirechief.Redeliver{
		Filter: wirechief.DeliveryFilter{Status: wirechief.DeliveryPending}, At: time.Now(),
	}); err != nil {
		t.Fatal(err)
	}
	m.Wake()
	for id := range int64(2000) {
		d := m.waitFor(id+1, wirechief.DeliveryDelivered)
		if seen := e.times(id + 1); len(d.Attempts) != seen || d.Attempts[seen-1].N != seen {
			t.Fatalf("%d on record, %d seen", len(d.Attempts), seen)
		}
	}
}

// A paused lane keeps its events in the store, over restarts.
func TestPauseThroughRestart(t *testing.T) {
	m := newMachine(t, nil)
	e := newEndpoint(t, 200)
	lane := wirechief.Lane{Tenant: "acme", Kind: wirechief.KindWebhook, Destination: e.URL + "/in"}
	m.Pause(lane, true)
	m.send(1, 10, lane.Destination)
	for id := range int64(10) {
		m.waitFor(id+1, wirechief.DeliveryPaused)
	}
	m.stop()
	m.start()
	m.Pause(lane, false)
	for id := range int64(10) {
		m.waitFor(id+1, wirechief.DeliveryDelivered)
	}
	for id := range 10 {
		if n := e.times(id + 1); n != 1 {
			t.Errorf("%d was seen %d times", id+1, n)
		}
	}
}
