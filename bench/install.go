package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief/carrier/carriertest"
)

// installation is a server with everything around it: what one scenario runs on.
type installation struct {
	dir     string
	binary  string
	config  string
	http    string // host:port
	observe string // host:port; empty: none
	smsc    *carriertest.SMSC
	sink    *Sink
	server  *Process
}

// plan is what an installation is to be.
type plan struct {
	numbers   int // owned numbers, each with a webhook of its own; at least 1
	simulator bool
	window    int
	smsc      carriertest.Behaviour
	delay     func(path string) time.Duration // of the customers' endpoints
	got       func(path string, body []byte)
	// more adds to the state file, and may put files beside it.
	more func(dir string) (state string, err error)
}

const (
	benchUser     = "bench"
	benchPassword = "bench-secret"
	benchToken    = "bench-operator-token"
	benchAccount  = "ABENCHAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// numberOf is the i-th owned number, with 11 digits.
func numberOf(i int) string { return "1310906" + strconv.Itoa(1000+i) }

// install starts everything and waits until the server is ready and its
// carrier connected. Whatever happens, close must be called.
func (o *Options) install(ctx context.Context, p plan) (in *installation, err error) {
	in = &installation{binary: o.Server}
	if in.dir, err = os.MkdirTemp(o.Dir, "wirechief-bench-"); err != nil {
		return in, err
	}
	in.sink = &Sink{Got: p.got, Delay: p.delay}
	if err := in.sink.Listen(); err != nil {
		return in, err
	}
	carrier := "{name: main, type: sim, room: 1000, receipt_delay: 0s}"
	if !p.simulator {
		if in.smsc, err = carriertest.NewSMSC(carriertest.Options{CountOnly: true, Window: 1000, Behaviour: p.smsc}); err != nil {
			return in, err
		}
		carrier = fmt.Sprintf("{name: main, type: smpp, address: %q, system_id: bench, password: secret, window: %d}", in.smsc.Address(), max(p.window, 100))
	}
	port, err := freePort()
	if err != nil {
		return in, err
	}
	in.http = "127.0.0.1:" + strconv.Itoa(port)
	_, sinkPort, err := net.SplitHostPort(in.sink.Address())
	if err != nil {
		return in, err
	}
	if o.Profile != "" {
		if port, err = freePort(); err != nil {
			return in, err
		}
		in.observe = "127.0.0.1:" + strconv.Itoa(port)
	}
	in.config = filepath.Join(in.dir, "wirechief.yaml")
	if err := os.WriteFile(in.config, fmt.Appendf(nil, `data_dir: ./data
http: {listen: %q}
observe: {listen: %q}
log: {level: warn}
admin: {token: %s}
egress: {allow: ["127.0.0.1/32:%s"]}
carriers: [%s]
routes: [{prefix: "", carriers: [main]}]
state: ./state.yaml
`, in.http, in.observe, benchToken, sinkPort, carrier), 0o600); err != nil {
		return in, err
	}
	state := stateOf(in.sink.Address(), max(p.numbers, 1))
	if p.more != nil {
		more, err := p.more(in.dir)
		if err != nil {
			return in, err
		}
		state += more
	}
	if err := os.WriteFile(filepath.Join(in.dir, "state.yaml"), []byte(state), 0o600); err != nil {
		return in, err
	}
	if err := in.start(ctx); err != nil {
		return in, err
	}
	if in.smsc != nil && !p.smsc.HangUp {
		return in, in.connected(ctx)
	}
	return in, nil
}

func stateOf(sink string, numbers int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `tenants:
  - id: bench
    require_campaign: false
    credentials:
      - {dialect: bulkvs, username: %[1]s, password: %[2]s}
      - {dialect: zendesk, email: %[1]s@bench.test, token: %[2]s}
      - {dialect: fonedynamics, account_sid: %[3]s, token: %[2]s}
      - {dialect: message2give, workspace: "4711", username: %[1]s, password: %[2]s}
      - {dialect: wirechief, token: %[2]s-own}
    webhooks:
`, benchUser, benchPassword, benchAccount)
	for i := range numbers {
		// Names of the loopback that differ are destinations that differ.
		fmt.Fprintf(&b, "      - {name: W%d, url: \"http://%s/%d\", dlr: true}\n", i, sink, i)
	}
	b.WriteString("    numbers:\n")
	for i := range numbers {
		fmt.Fprintf(&b, "      - {number: \"+%s\", carrier: main, capabilities: [sms], webhook: W%d}\n", numberOf(i), i)
	}
	return b.String()
}

// start starts the server on what its data folder holds.
func (in *installation) start(ctx context.Context) error {
	var err error
	if in.server, err = StartProcess(filepath.Join(in.dir, "server.log"), in.binary, "serve", "--config", in.config); err != nil {
		return err
	}
	return in.server.WaitReady(ctx, "http://"+in.http+"/readyz")
}

// connected waits until the carrier's link is bound.
func (in *installation) connected(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := in.smsc.Wait(ctx, func(s carriertest.Stats) bool { return s.Connections > 0 }); err != nil {
		return fmt.Errorf("the server does not bind to the SMSC: %w%s", err, in.server.tail())
	}
	return nil
}

// close ends everything and removes the data.
func (in *installation) close() error {
	var errs []error
	if in.server != nil {
		select {
		case <-in.server.ended:
		default:
			errs = append(errs, in.server.Stop())
		}
	}
	if in.smsc != nil {
		errs = append(errs, in.smsc.Close())
	}
	if in.sink != nil && in.sink.l != nil {
		in.sink.Close()
	}
	if in.dir != "" {
		errs = append(errs, os.RemoveAll(in.dir))
	}
	return errors.Join(errs...)
}

// load is the callers of this installation.
func (in *installation) load(callers, numbers int) *Load {
	l := &Load{Address: in.http, User: benchUser, Password: benchPassword, Text: "A text of the load test, forty characters", Callers: callers}
	for i := range max(numbers, 1) {
		l.From = append(l.From, numberOf(i))
	}
	return l
}

// tally counts the webhooks that came and holds them against what was sent.
type tally struct {
	total atomic.Int64
	done  chan struct{} // closed when as many as wanted have come
	want  int64
	last  atomic.Int64 // unix nanoseconds of the last
	tell  func(done int64)

	mu   sync.Mutex
	seen map[string]int // RefIds; nil: not held
}

func newTally(want int, refs bool, tell func(int64)) *tally {
	t := &tally{want: int64(want), done: make(chan struct{}), tell: tell}
	if refs {
		t.seen = make(map[string]int, want)
	}
	return t
}

// got counts a webhook.
func (t *tally) got(_ string, body []byte) {
	if t.seen != nil {
		ref := refOf(body)
		t.mu.Lock()
		t.seen[ref]++
		again := t.seen[ref] > 1
		t.mu.Unlock()
		if again {
			return
		}
	}
	t.last.Store(time.Now().UnixNano())
	n := t.total.Add(1)
	if t.tell != nil && n%256 == 0 {
		t.tell(n)
	}
	if n == t.want {
		close(t.done)
	}
}

// wait waits for all of them.
func (t *tally) wait(ctx context.Context) error {
	timer := time.NewTimer(2 * time.Minute)
	defer timer.Stop()
	select {
	case <-t.done:
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return fmt.Errorf("%d of %d webhooks have come after two minutes", t.total.Load(), t.want)
	}
	if t.seen == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	twice := 0
	for _, n := range t.seen {
		if n > 1 {
			twice++
		}
	}
	if twice > 0 {
		return fmt.Errorf("%d messages were told more than once", twice)
	}
	return nil
}
