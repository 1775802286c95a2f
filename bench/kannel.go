package bench

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

//go:embed kannel/kannel.conf.tmpl
var kannelConf string

// kannelTable is what Kannel keeps to know a receipt by.
const kannelTable = `CREATE TABLE dlr (smsc TEXT, ts TEXT, destination TEXT, source TEXT, service TEXT, url TEXT, mask INTEGER, status INTEGER, boxc TEXT);
CREATE INDEX dlr_ts ON dlr (smsc, ts);`

// kannel is bearerbox and smsbox with the same SMSC and endpoints as ours.
type kannel struct {
	dir           string
	send          string // host:port of smsbox
	smsc          *carriertest.SMSC
	sink          *Sink
	bearer, boxed *Process
}

// sbin is where Debian puts them, which is not on everybody's path.
func kannelProgram(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	path := "/usr/sbin/" + name
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s is not installed (Debian package kannel)", name)
	}
	return path, nil
}

func (o *Options) startKannel(ctx context.Context, got func(string, []byte)) (k *kannel, err error) {
	k = &kannel{}
	bearerbox, err := kannelProgram("bearerbox")
	if err != nil {
		return k, err
	}
	smsbox, err := kannelProgram("smsbox")
	if err != nil {
		return k, err
	}
	if k.dir, err = os.MkdirTemp(o.Dir, "kannel-bench-"); err != nil {
		return k, err
	}
	if err := os.Mkdir(filepath.Join(k.dir, "spool"), 0o700); err != nil {
		return k, err
	}
	if err := kannelDatabase(filepath.Join(k.dir, "receipts.db")); err != nil {
		return k, err
	}
	k.sink = &Sink{Got: got}
	if err := k.sink.Listen(); err != nil {
		return k, err
	}
	if k.smsc, err = carriertest.NewSMSC(carriertest.Options{CountOnly: true, Window: 1000}); err != nil {
		return k, err
	}
	_, smscPort, err := net.SplitHostPort(k.smsc.Address())
	if err != nil {
		return k, err
	}
	var ports [3]int
	for i := range ports {
		if ports[i], err = freePort(); err != nil {
			return k, err
		}
	}
	conf := filepath.Join(k.dir, "kannel.conf")
	f, err := os.OpenFile(conf, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return k, err
	}
	err = template.Must(template.New("conf").Parse(kannelConf)).Execute(f, map[string]any{
		"Dir": k.dir, "SMSC": smscPort, "Sink": k.sink.Address(), "Admin": ports[0], "Box": ports[1], "Send": ports[2],
	})
	if err := errors.Join(err, f.Close()); err != nil {
		return k, err
	}
	k.send = "127.0.0.1:" + strconv.Itoa(ports[2])
	if k.bearer, err = StartProcess(filepath.Join(k.dir, "bearerbox.out"), bearerbox, conf); err != nil {
		return k, err
	}
	admin := fmt.Sprintf("http://127.0.0.1:%d/status?password=bench", ports[0])
	if err := k.bearer.WaitReady(ctx, admin); err != nil {
		return k, err
	}
	if k.boxed, err = StartProcess(filepath.Join(k.dir, "smsbox.out"), smsbox, conf); err != nil {
		return k, err
	}
	if err := k.waitSend(ctx); err != nil {
		return k, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return k, k.smsc.Wait(ctx, func(s carriertest.Stats) bool { return s.Connections > 0 })
}

func kannelDatabase(path string) error {
	c, err := sqlite.OpenConn(path)
	if err != nil {
		return err
	}
	return errors.Join(sqlitex.ExecuteScript(c, kannelTable, nil), c.Close())
}

// waitSend waits until smsbox takes requests.
func (k *kannel) waitSend(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		conn, err := net.Dial("tcp", k.send)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("smsbox does not listen: %w%s", err, k.boxed.tail())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (k *kannel) close() error {
	var errs []error
	for _, p := range []*Process{k.boxed, k.bearer} {
		if p != nil {
			p.Kill() // its orderly end takes half a minute
		}
	}
	if k.smsc != nil {
		errs = append(errs, k.smsc.Close())
	}
	if k.sink != nil && k.sink.l != nil {
		k.sink.Close()
	}
	if k.dir != "" {
		errs = append(errs, os.RemoveAll(k.dir))
	}
	return errors.Join(errs...)
}

// besideKannel measures Kannel as throughput, latency and inbound measure us.
func besideKannel(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	var figures []Figure
	for _, measure := range []func(context.Context, *Options) ([]Figure, error){kannelThroughput, kannelLatency, kannelInbound} {
		f, err := measure(ctx, o)
		if err != nil {
			return nil, err
		}
		figures = append(figures, f...)
	}
	return figures, nil
}

func kannelThroughput(ctx context.Context, o *Options) ([]Figure, error) {
	t := newTally(o.Messages, false, func(n int64) { o.progress("kannel, throughput", n, int64(o.Messages)) })
	k, err := o.startKannel(ctx, t.got)
	if err != nil {
		return nil, join(err, k.close())
	}
	cpu, start := k.bearer.CPU()+k.boxed.CPU(), time.Now()
	var next atomic.Int64
	accepted, err := k.run(o.Callers, func() (int, time.Time, bool) {
		i := int(next.Add(1)) - 1
		return i, time.Time{}, i < o.Messages
	}, nil)
	if err == nil {
		err = t.wait(ctx)
	}
	took, used := time.Unix(0, t.last.Load()).Sub(start), k.bearer.CPU()+k.boxed.CPU()-cpu
	if err := join(err, k.close()); err != nil {
		return nil, err
	}
	n := float64(o.Messages)
	return []Figure{
		{Name: "Kannel, accepted", Value: n / accepted.Seconds(), Unit: "/s"},
		{Name: "Kannel, end to end", Value: n / took.Seconds(), Unit: "/s"},
		{Name: "Kannel, CPU per 1,000 messages", Value: used.Seconds() / n * 1000, Unit: "s", Lower: true},
	}, nil
}

func kannelLatency(ctx context.Context, o *Options) ([]Figure, error) {
	const rate, span = 500, 10 * time.Second
	total := int(rate * span.Seconds())
	c := newClocks()
	t := newTally(total, false, func(n int64) { o.progress("kannel, latency", n, int64(total)) })
	k, err := o.startKannel(ctx, func(path string, body []byte) {
		_, ref, _ := strings.Cut(path, "ref=")
		c.arrived(ref)
		t.got(path, body)
	})
	if err != nil {
		return nil, join(err, k.close())
	}
	var next atomic.Int64
	start := time.Now()
	_, err = k.run(o.Callers, func() (int, time.Time, bool) {
		i := int(next.Add(1)) - 1
		return i, start.Add(time.Duration(i) * time.Second / rate), i < total
	}, c.sent)
	if err == nil {
		err = t.wait(ctx)
	}
	if err := join(err, k.close()); err != nil {
		return nil, err
	}
	times := c.times()
	return []Figure{
		{Name: "Kannel, request to callback p50", Value: ms(percentile(times, 50)), Unit: "ms", Lower: true},
		{Name: "Kannel, request to callback p99", Value: ms(percentile(times, 99)), Unit: "ms", Lower: true},
	}, nil
}

func kannelInbound(ctx context.Context, o *Options) ([]Figure, error) {
	k, err := o.startKannel(ctx, nil)
	if err != nil {
		return nil, join(err, k.close())
	}
	start := time.Now()
	for i := range o.Messages {
		k.smsc.Deliver(pdu.Message{
			Source: pdu.Address{TON: 1, NPI: 1, Addr: recipient(i)}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: numberOf(0)},
			Short: "A text of the load test, forty characters",
		})
	}
	err = k.smsc.Wait(ctx, func(s carriertest.Stats) bool {
		o.progress("kannel, inbound", int64(s.TextsKept), int64(o.Messages))
		return s.TextsKept+s.TextsRefused >= o.Messages
	})
	took := time.Since(start)
	if err := join(err, k.close()); err != nil {
		return nil, err
	}
	return []Figure{{Name: "Kannel, inbound acknowledged", Value: float64(o.Messages) / took.Seconds(), Unit: "/s"}}, nil
}

// run sends over Kannel's own HTTP interface, each caller over one connection.
func (k *kannel) run(callers int, next func() (int, time.Time, bool), told func(string, time.Time)) (time.Duration, error) {
	var all sync.WaitGroup
	var mu sync.Mutex
	var failure error
	start := time.Now()
	for range callers {
		all.Go(func() {
			if err := k.call(next, told); err != nil {
				mu.Lock()
				failure = errors.Join(failure, err)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return time.Since(start), failure
}

func (k *kannel) call(next func() (int, time.Time, bool), told func(string, time.Time)) error {
	conn, err := net.Dial("tcp", k.send)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 4096)
	for {
		i, at, more := next()
		if !more {
			return nil
		}
		if wait := time.Until(at); !at.IsZero() && wait > 0 {
			time.Sleep(wait)
		}
		if at.IsZero() {
			at = time.Now()
		}
		callback := fmt.Sprintf("http://%s/dlr?ref=%d", k.sink.Address(), i)
		q := url.Values{
			"username": {"bench"}, "password": {"bench-secret"}, "from": {numberOf(0)}, "to": {recipient(i)},
			"text": {"A text of the load test, forty characters"}, "dlr-mask": {"3"}, "dlr-url": {callback},
		}
		if _, err := fmt.Fprintf(conn, "GET /cgi-bin/sendsms?%s HTTP/1.1\r\nHost: %s\r\n\r\n", q.Encode(), k.send); err != nil {
			return err
		}
		status, _, err := readAnswer(in)
		if err != nil {
			return fmt.Errorf("reading Kannel's answer: %w", err)
		}
		if status != http.StatusAccepted && status != http.StatusOK {
			return fmt.Errorf("kannel answered %d", status)
		}
		if told != nil {
			told(strconv.Itoa(i), at)
		}
	}
}
