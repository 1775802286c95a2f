package kannel_test

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief/carrier/carriertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

//go:embed kannel.conf.tmpl
var conf string

// deadline is how long anything may take that the tests wait for. Kannel
// counts in seconds.
const deadline = 30 * time.Second

// gateway is Kannel between our SMSC and our sink of HTTP requests.
type gateway struct {
	*testing.T
	smsc   *carriertest.SMSC
	send   string          // host:port of smsbox
	sink   string          // host:port of what Kannel calls
	client *http.Client    // of smsbox
	calls  chan url.Values // what Kannel calls, with the path under ""
	dir    string
}

// program finds what Debian puts where not everybody looks.
func program(t *testing.T, name string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	path := "/usr/sbin/" + name
	if _, err := os.Stat(path); err != nil {
		t.Skipf("kannel (Debian package) is not installed: no %s in PATH or /usr/sbin", name)
	}
	return path
}

// start brings it all up; ids is Kannel's msg-id-type.
func start(t *testing.T, ids string, b carriertest.Behaviour) *gateway {
	t.Helper()
	bearerbox, smsbox := program(t, "bearerbox"), program(t, "smsbox")
	g := &gateway{T: t, calls: make(chan url.Values, 100), dir: t.TempDir()}

	var err error
	g.smsc, err = carriertest.NewSMSC(carriertest.Options{SystemID: "kannel", Password: "secret", Behaviour: b})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.smsc.Close(); err != nil {
			t.Error(err)
		}
	})
	sink := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := r.URL.Query()
		call.Set("", strings.TrimPrefix(r.URL.Path, "/"))
		g.calls <- call
	}))
	t.Cleanup(sink.Close)
	g.sink = sink.Listener.Addr().String()
	g.client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}

	_, port, err := net.SplitHostPort(g.smsc.Address())
	if err != nil {
		t.Fatal(err)
	}
	g.send = free(t)
	file := filepath.Join(g.dir, "kannel.conf")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	err = template.Must(template.New("conf").Parse(conf)).Execute(f, map[string]string{
		"Dir": g.dir, "SMSC": port, "Sink": g.sink, "IDs": ids,
		"Admin": portOf(free(t)), "Box": portOf(free(t)), "Send": portOf(g.send),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(g.dir, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	g.run(bearerbox, file)
	g.counts("bind", func(s carriertest.Stats) bool { return s.Connections == 1 })
	// smsbox listens before it has found bearerbox, and dies of a request that
	// comes in between.
	log := g.run(smsbox, file)
	g.eventually("link of smsbox to bearerbox", func() bool {
		b, err := os.ReadFile(log)
		return err == nil && strings.Contains(string(b), "Connected to bearerbox")
	})
	return g
}

// free finds a free port of the loopback, below those that systems give to
// outgoing connections, so that it still is free when it is listened on.
func free(t *testing.T) string {
	t.Helper()
	for range 1000 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 15000+rand.IntN(15000)))
		if err != nil {
			continue
		}
		defer l.Close()
		return l.Addr().String()
	}
	t.Fatal("no free port")
	return ""
}

func portOf(address string) string { return address[strings.LastIndexByte(address, ':')+1:] }

// run starts a program, kills it when the test ends, and gives the file with
// what it says.
func (g *gateway) run(name, file string) (log string) {
	g.Helper()
	cmd := exec.Command(name, file)
	cmd.Dir = g.dir
	log = filepath.Join(g.dir, filepath.Base(name)+".out")
	out, err := os.Create(log)
	if err != nil {
		g.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		g.Fatal(err)
	}
	t := g.T
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has ended by itself if this fails
		_ = cmd.Wait()         // always: killed
		if !t.Failed() {
			return
		}
		if b, err := os.ReadFile(log); err == nil {
			t.Logf("the end of what %s says:\n%s", filepath.Base(name), b[max(0, len(b)-4000):])
		}
	})
	return log
}

func (g *gateway) eventually(what string, cond func() bool) {
	g.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(deadline)
	for !cond() {
		select {
		case <-ticker.C:
		case <-limit:
			g.Fatalf("no %s; %+v", what, g.smsc.Stats())
		}
	}
}

func (g *gateway) counts(what string, cond func(carriertest.Stats) bool) {
	g.Helper()
	ctx, cancel := context.WithTimeout(g.Context(), deadline)
	defer cancel()
	if err := g.smsc.Wait(ctx, cond); err != nil {
		g.Fatalf("no %s: %v", what, err)
	}
}

// submit asks smsbox to send a text, with receipts of every kind under a name.
func (g *gateway) submit(name, to, text string, more ...string) {
	g.Helper()
	q := url.Values{
		"username": {"user"}, "password": {"pass"}, "from": {"13109060901"}, "to": {to}, "text": {text}, "charset": {"UTF-8"},
		"dlr-mask": {"31"}, "dlr-url": {g.callback(name)},
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	res, err := g.client.Get("http://" + g.send + "/cgi-bin/sendsms?" + q.Encode())
	if err != nil {
		g.Fatal(err)
	}
	defer res.Body.Close()
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusAccepted {
		g.Fatalf("smsbox answers %s %s (%v)", res.Status, b, err)
	}
}

// callback is the dlr-url; Kannel fills in what stands behind the percent signs.
func (g *gateway) callback(name string) string {
	return "http://" + g.sink + "/receipt?name=" + url.QueryEscape(name) + "&status=%d&id=%F&answer=%A"
}
