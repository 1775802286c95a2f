package delivery

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/store/sqlite"
)

// sinkEnv has the test program be an endpoint, so that its work is not counted
// as ours.
const sinkEnv = "WIRECHIEF_TEST_SINK"

func TestMain(m *testing.M) {
	if os.Getenv(sinkEnv) != "" {
		sink()
		return
	}
	goleak.VerifyTestMain(m)
}

// sink answers every request as cheaply as can be, until its parent is gone.
func sink() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(l.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Tue, 01 Jan 2030 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nOK")
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			in := bufio.NewReader(c)
			for {
				n := 0
				for {
					line, err := in.ReadSlice('\n')
					if err != nil {
						return
					}
					if len(line) == 2 {
						break
					}
					if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
						n, _ = strconv.Atoi(string(bytes.TrimSpace(value)))
					}
				}
				in.Discard(n)
				c.Write(answer)
			}
		}()
	}
}

func startSink(b *testing.B) string {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), sinkEnv+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	addr, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return "http://" + strings.TrimSpace(addr)
}

// library is a sender over http.Transport, to compare with.
type library struct{ c *http.Client }

func (s library) Send(ctx context.Context, d *wirechief.Delivery, timeout time.Duration) (*wirechief.Attempt, wirechief.Outcome) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	a := &wirechief.Attempt{At: time.Now()}
	req, err := http.NewRequestWithContext(ctx, d.Method, d.Destination, bytes.NewReader(d.Body))
	if err != nil {
		return failed(a, a.At, wirechief.ReasonEgress, err)
	}
	req.Header.Set("Content-Type", d.ContentType)
	req.Header.Set("User-Agent", "wirechief/test")
	resp, err := s.c.Do(req)
	if err != nil {
		return failed(a, a.At, wirechief.ReasonUnreachable, err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(resp.Body, bodyMost))
	a.StatusCode, a.Class, a.Body = resp.StatusCode, classOf(resp.StatusCode), text(body)
	a.Header = headerOf(resp.Header, &endpoint{})
	return a, outcomeOf(resp.StatusCode, "", time.Now())
}

// BenchmarkEngine measures webhooks through the whole engine to an endpoint in
// another process: one lane or ten, over a store that only pretends and the real one.
func BenchmarkEngine(b *testing.B) {
	for _, kept := range []string{"no store", "sqlite"} {
		for _, lanes := range []int{1, 10} {
			for _, window := range []int{-1, 0} {
				name := fmt.Sprintf("%s/lanes=%d/window=%d", kept, lanes, map[int]int{-1: 0, 0: windowSize}[window])
				b.Run(name, func(b *testing.B) { benchmark(b, kept, lanes, window, nil) })
			}
		}
	}
	b.Run("no store/http.Transport", func(b *testing.B) {
		g, err := egress.New(egress.Options{Allow: []string{"127.0.0.1/32"}})
		if err != nil {
			b.Fatal(err)
		}
		c := g.Client(0)
		c.Transport.(interface{ CloseIdleConnections() }).CloseIdleConnections()
		tr := g.Transport()
		tr.MaxIdleConnsPerHost = 64
		c.Transport = tr
		defer c.CloseIdleConnections()
		benchmark(b, "no store", 1, 0, library{c})
	})
}

type pretence struct{ done chan int }

func (p *pretence) Apply(_ context.Context, commands ...wirechief.Command) ([]wirechief.Result, error) {
	p.done <- len(commands)
	return make([]wirechief.Result, len(commands)), nil
}

func (*pretence) Pending(context.Context, wirechief.Lane, int) ([]*wirechief.Delivery, error) {
	return nil, nil
}

func (*pretence) PendingLanes(context.Context) (map[wirechief.Lane]wirechief.Depth, error) {
	return nil, nil
}

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

func benchmark(b *testing.B, kept string, lanes, window int, s Sender) {
	url := startSink(b)
	done := make(chan int, 1<<20)
	var store Store = &pretence{done}
	if kept == "sqlite" {
		real, err := sqlite.Open(b.Context(), b.TempDir(), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer real.Close()
		store = &counting{real, done}
	}
	if s == nil {
		s = sender(b)
	}
	e := New(Options{Store: store, Senders: map[wirechief.DeliveryKind]Sender{wirechief.KindWebhook: s}, Window: window})
	if err := e.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	defer e.Stop(context.Background())
	waitFor(b, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return e.surveyed })
	body := bytes.Repeat([]byte("x"), 300)
	b.ReportAllocs()
	start, clock := cpuTime(), time.Now()
	b.ResetTimer()
	const chunk, ahead = 100, 800
	open, id := 0, int64(0)
	for left := b.N; left > 0 || open > 0; {
		if left > 0 && open < ahead {
			n := min(chunk, left)
			list := make([]*wirechief.Delivery, n)
			now := time.Now()
			for i := range list {
				id++
				list[i] = &wirechief.Delivery{
					DeliveryKey: wirechief.DeliveryKey{ID: id}, Tenant: "acme", Kind: wirechief.KindWebhook,
					Destination: url + "/" + strconv.Itoa(int(id)%lanes), Profile: wirechief.DialectBulkVS, Method: "POST",
					ContentType: "application/json", Body: body, Status: wirechief.DeliveryPending, CreatedAt: now, NextAt: now,
				}
			}
			if kept == "sqlite" {
				if _, err := store.Apply(b.Context(), wirechief.Accept{Deliveries: list}); err != nil {
					b.Fatal(err)
				}
			}
			e.Add(list...)
			left -= n
			open += n
			continue
		}
		open -= <-done
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/time.Since(clock).Seconds(), "webhooks/s")
	b.ReportMetric(float64(cpuTime()-start)/float64(b.N)/1000, "cpu-µs/op")
}
