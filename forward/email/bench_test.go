package email_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/email"
	"github.com/wirechief/wirechief/store/sqlite"
)

// counting counts what is on disk.
type counting struct {
	*sqlite.Store
	done chan int
}

func (c *counting) Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	r, err := c.Store.Apply(ctx, commands...)
	if _, ok := commands[0].(wirechief.Attempted); ok && err == nil {
		c.done <- len(commands)
	}
	return r, err
}

// BenchmarkEngine measures mails through the delivery engine over the real
// store, with a transcript of five texts each, to a server in this process,
// whose work is in the figure, too.
func BenchmarkEngine(b *testing.B) {
	for _, destinations := range []int{1, 10} {
		b.Run(fmt.Sprint("destinations=", destinations), func(b *testing.B) { benchmark(b, destinations) })
	}
}

func benchmark(b *testing.B, destinations int) {
	f := new(sink)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := smtp.NewServer(f)
	defer server.Close()
	go server.Serve(l)
	real, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer real.Close()
	store := &counting{real, make(chan int, 1<<20)}
	const peers, texts = 100, 10
	shard, noon := wirechief.ShardOf("acme"), time.Now()
	var last atomic.Int64
	var about []int64
	for peer := range peers {
		var list []*wirechief.Message
		for range texts {
			m := &wirechief.Message{
				MessageKey: wirechief.MessageKey{Shard: shard, ID: last.Add(1)}, Tenant: "acme", Ref: "r", Direction: wirechief.Inward,
				From: "+1415555" + strconv.Itoa(1000+peer), To: "+13109060901", Text: "a text of some length, as people write them when they ask for something", CreatedAt: noon,
			}
			m.Record(wirechief.Event{At: noon, Type: wirechief.EventReceived})
			list = append(list, m)
		}
		about = append(about, list[texts-1].ID)
		if results, err := real.Apply(b.Context(), wirechief.Accept{Messages: list}); err != nil || results[0].Err != nil {
			b.Fatal(err, results)
		}
	}
	s := email.New(email.Config{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: email.TLSNone, From: "no-reply@example.test",
	}, email.Options{Source: real})
	e := delivery.New(delivery.Options{Store: store, Senders: map[wirechief.DeliveryKind]delivery.Sender{wirechief.KindEmail: s}})
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer e.Stop(context.Background())
	b.ReportAllocs()
	clock := time.Now()
	b.ResetTimer()
	const chunk, ahead = 100, 800
	for left, open := b.N, 0; left > 0 || open > 0; {
		if left == 0 || open >= ahead {
			open -= <-store.done
			continue
		}
		n := min(chunk, left)
		list := make([]*wirechief.Delivery, n)
		for i := range list {
			id := last.Add(1)
			body, _ := json.Marshal(forward.Mail{Message: about[int(id)%peers], Number: "+13109060901", History: 5, Timezone: "America/Los_Angeles"})
			list[i] = &wirechief.Delivery{
				DeliveryKey: wirechief.DeliveryKey{Shard: shard, ID: id}, Tenant: "acme", Kind: wirechief.KindEmail,
				Destination: "desk" + strconv.Itoa(int(id)%destinations) + "@acme.test", Body: body,
				Status: wirechief.DeliveryPending, CreatedAt: time.Now(), NextAt: time.Now(),
			}
		}
		if _, err := store.Apply(b.Context(), wirechief.Accept{Deliveries: list}); err != nil {
			b.Fatal(err)
		}
		e.Add(list...)
		left, open = left-n, open+n
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(clock).Seconds(), "mails/s")
	if n := f.mails.Load(); n != int64(b.N) {
		b.Fatalf("%d mails were taken, not %d", n, b.N)
	}
	if !bytes.Contains(f.last.Load().([]byte), []byte("Previous messages")) {
		b.Error("there is no transcript")
	}
}

// sink takes every mail.
type sink struct {
	mails atomic.Int64
	last  atomic.Value
}

// NewSession implements [smtp.Backend].
func (s *sink) NewSession(*smtp.Conn) (smtp.Session, error) { return s, nil }

func (s *sink) Reset()                               {}
func (s *sink) Logout() error                        { return nil }
func (s *sink) Mail(string, *smtp.MailOptions) error { return nil }
func (s *sink) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *sink) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.mails.Add(1)
	s.last.Store(data)
	return err
}
