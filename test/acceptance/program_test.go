package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/app"
	"github.com/wirechief/wirechief/config"
)

// free gives an address of the loopback that nobody listens on now.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// program is a running installation.
type program struct {
	*app.App
	t   *testing.T
	url string
	own *client.Client // the operator's
}

// operator is every test program's operator's token.
const operator = "operator-token"

// run starts an installation from a configuration and a state file. The
// configuration is given without what every test has alike.
func run(t *testing.T, listen, configuration, state string) *program {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"state.yaml": state,
		"wirechief.yaml": fmt.Sprintf("data_dir: data\nhttp: {listen: %q}\nobserve: {listen: ''}\nadmin: {token: %s}\nstate: state.yaml\n%s",
			listen, operator, configuration),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "wirechief.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), cfg, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	own, err := client.New(a.URL(), operator)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(own.Close)
	return &program{App: a, t: t, url: a.URL(), own: own}
}

// post calls the BulkVS API and gives status and body.
func (p *program) post(path, user, password, body string) (int, string) {
	p.t.Helper()
	return p.call(http.MethodPost, path, user, password, body)
}

func (p *program) call(method, path, user, password, body string) (int, string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1.0"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.SetBasicAuth(user, password)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// outbound gives the message that a BulkVS answer tells of, once it is as wanted.
func (p *program) outbound(answer string, is func(*wire.Message) bool) wire.Message {
	p.t.Helper()
	var sent struct {
		RefID string `json:"RefId"`
	}
	if err := json.Unmarshal([]byte(answer), &sent); err != nil || sent.RefID == "" {
		p.t.Fatalf("the answer is %s", answer)
	}
	return p.message(client.MessageQuery{Ref: sent.RefID}, is)
}

// message waits for a message that is as wanted.
func (p *program) message(q client.MessageQuery, is func(*wire.Message) bool) wire.Message {
	p.t.Helper()
	var last []wire.Message
	eventually(p.t, func() string { b, _ := json.MarshalIndent(last, "", " "); return string(b) }, func() bool {
		list, err := p.own.Messages(p.t.Context(), q)
		if err != nil {
			p.t.Fatal(err)
		}
		last = list
		for i := range list {
			if is(&list[i]) {
				last = list[i : i+1]
				return true
			}
		}
		return false
	})
	return last[0]
}

func eventually(t *testing.T, state func() string, is func() bool) {
	t.Helper()
	late := time.After(20 * time.Second)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !is() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("waited in vain; it stands like this:\n%s", state())
		}
	}
}

func status(s string) func(*wire.Message) bool {
	return func(m *wire.Message) bool { return m.Status == s }
}

// customer is an endpoint that keeps what it is told.
type customer struct {
	*httptest.Server
	got chan map[string]any
}

func newCustomer(t *testing.T) *customer {
	t.Helper()
	c := &customer{got: make(chan map[string]any, 100)}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var v map[string]any
		if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
			t.Errorf("a webhook is no JSON: %v", err)
		}
		c.got <- v
		io.WriteString(w, "OK")
	}))
	t.Cleanup(c.Close)
	return c
}

// next is what the customer is told next.
func (c *customer) next(t *testing.T) map[string]any {
	t.Helper()
	select {
	case v := <-c.got:
		return v
	case <-time.After(20 * time.Second):
		t.Fatal("the customer is told nothing")
		return nil
	}
}

// hostPort is an address as egress.allow has it.
func allow(url string) string { return "127.0.0.1/32:" + url[strings.LastIndex(url, ":")+1:] }
