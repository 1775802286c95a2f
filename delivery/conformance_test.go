package delivery_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/forward/forwardtest"
)

// farHTTP is a customer's server that can also be away.
type farHTTP struct {
	t       *testing.T
	address string
	silent  chan struct{} // a request waits for its answer

	mu      sync.Mutex
	server  *http.Server
	answer  forwardtest.Answer
	seen    []forwardtest.Seen
	release chan struct{} // closed: no request waits any more
}

func (f *farHTTP) open() {
	l, err := net.Listen("tcp", f.address)
	if err != nil {
		f.t.Fatal(err)
	}
	f.address = l.Addr().String()
	f.server = &http.Server{Handler: f}
	go f.server.Serve(l)
}

// ServeHTTP implements [http.Handler].
func (f *farHTTP) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	answer, release := f.answer, f.release
	f.mu.Unlock()
	switch answer {
	case forwardtest.Silent:
		f.silent <- struct{}{}
		<-release
	case forwardtest.Later:
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, "not with %s", r.Header.Get("Authorization"))
	default:
		var text string
		json.Unmarshal(body, &text)
		f.mu.Lock()
		f.seen = append(f.seen, forwardtest.Seen{ID: r.Header.Get("Webhook-Id"), Text: text, Raw: string(body)})
		f.mu.Unlock()
	}
}

func (f *farHTTP) play(a forwardtest.Answer) bool {
	if a == forwardtest.Never {
		return false // no status of HTTP says so: all but 410 are tried again
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = a
	close(f.release)
	f.release = make(chan struct{})
	switch {
	case a == forwardtest.Absent && f.server != nil:
		f.server.Close()
		f.server = nil
	case a != forwardtest.Absent && f.server == nil:
		f.open()
	}
	return true
}

// The sender of webhooks and HTTP forwards passes what every forward passes.
func TestConformance(t *testing.T) {
	guard, err := egress.New(egress.Options{Allow: []string{"127.0.0.1/32"}})
	if err != nil {
		t.Fatal(err)
	}
	forwardtest.Run(t, func(t *testing.T) *forwardtest.Member {
		f := &farHTTP{t: t, address: "127.0.0.1:0", silent: make(chan struct{}, 100), release: make(chan struct{})}
		f.open()
		h := delivery.NewHTTP(guard, "test", nil)
		t.Cleanup(func() {
			f.play(forwardtest.Absent)
			h.Close()
		})
		id := int64(0)
		return &forwardtest.Member{
			Sender: h,
			Delivery: func(t *testing.T, text string) *wirechief.Delivery {
				id++
				body, err := json.Marshal(text)
				if err != nil {
					t.Fatal(err)
				}
				return &wirechief.Delivery{
					DeliveryKey: wirechief.DeliveryKey{ID: id}, Tenant: "acme", Kind: wirechief.KindHTTP, Method: "POST",
					Destination: "http://" + f.address + "/in?key=hunter2-in-query", ContentType: "application/json", Body: body,
					Header: map[string]string{"webhook-id": fmt.Sprint("msg_", id), "authorization": "Bearer hunter2-in-header"},
				}
			},
			Play:    f.play,
			Silence: func(*testing.T) { <-f.silent },
			Seen: func() []forwardtest.Seen {
				f.mu.Lock()
				defer f.mu.Unlock()
				return append([]forwardtest.Seen(nil), f.seen...)
			},
			Secrets: []string{"hunter2-in-query", "hunter2-in-header"},
		}
	})
}
