package torture

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/bench"
	"github.com/wirechief/wirechief/carrier/carriertest"
)

// binary builds the program once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "wirechief-torture-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "wirechief")
	out, err := exec.Command("go", "build", "-o", path, "github.com/wirechief/wirechief/cmd/wirechief").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// rounds is how often something is done: some in every test run, many in a long one.
func rounds(some, many int) int {
	if os.Getenv("WIRECHIEF_TORTURE") != "" {
		return many
	}
	return some
}

// program is an installation whose server can be killed and started again.
type program struct {
	t      *testing.T
	dir    string // with wirechief.yaml and the data folder
	data   string
	http   string
	smsc   *carriertest.SMSC
	sink   *bench.Sink
	server *bench.Process
	told   *told
}

// told collects what the customer's endpoint was told.
type told struct {
	mu    sync.Mutex
	count map[string]int // by RefId for receipts, by text for inbound
	grown chan struct{}
}

func (o *told) got(_ string, body []byte) {
	var n struct {
		RefID           string `json:"RefId"`
		Message         string
		DeliveryReceipt bool
	}
	if json.Unmarshal(body, &n) != nil {
		return
	}
	key := n.RefID
	if !n.DeliveryReceipt {
		key = strings.ReplaceAll(n.Message, "+", " ")
	}
	o.mu.Lock()
	o.count[key]++
	o.mu.Unlock()
	select {
	case o.grown <- struct{}{}:
	default:
	}
}

// missing lists the keys that have not been told.
func (o *told) missing(keys []string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var out []string
	for _, k := range keys {
		if o.count[k] == 0 {
			out = append(out, k)
		}
	}
	return out
}

// waitFor waits until all keys have been told.
func (o *told) waitFor(t *testing.T, keys []string, what string) {
	t.Helper()
	late := time.NewTimer(90 * time.Second)
	defer late.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for {
		missing := o.missing(keys)
		if len(missing) == 0 {
			return
		}
		select {
		case <-o.grown:
		case <-look.C:
		case <-late.C:
			t.Fatalf("%d of %d %s were never told, as %s", len(missing), len(keys), what, missing[0])
		}
	}
}

const (
	window = 50
	number = "13109060901"
	token  = "torture-token"
)

// install builds the installation; data is where its data folder is to be.
func install(t *testing.T, data string, o carriertest.Options) *program {
	t.Helper()
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("there is no /proc here: needs Linux")
	}
	p := &program{t: t, dir: t.TempDir(), data: data, told: &told{count: make(map[string]int), grown: make(chan struct{}, 1)}}
	if data == "" {
		p.data = filepath.Join(p.dir, "data")
	}
	var err error
	if p.smsc, err = carriertest.NewSMSC(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.smsc.Close() })
	p.sink = &bench.Sink{Got: p.told.got}
	if err := p.sink.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.sink.Close)
	p.http = "127.0.0.1:" + strconv.Itoa(free(t))
	_, sinkPort, _ := net.SplitHostPort(p.sink.Address())
	p.write("wirechief.yaml", `data_dir: %s
http: {listen: %q}
observe: {listen: ""}
log: {level: warn}
admin: {token: %s}
egress: {allow: ["127.0.0.1/32:%s"]}
delivery: {schedule: [0s, 200ms, 500ms, 1s, 2s, 5s, 10s]}
carriers: [{name: main, type: smpp, address: %q, system_id: torture, password: secret, window: %d, response_timeout: 2s}]
state: state.yaml
`, p.data, p.http, token, sinkPort, p.smsc.Address(), window)
	p.write("state.yaml", `tenants:
  - id: acme
    require_campaign: false
    credentials: [{dialect: bulkvs, username: acme, password: secret}]
    webhooks: [{name: W, url: "http://%s/", dlr: true}]
    numbers: [{number: "+%s", carrier: main, capabilities: [sms], webhook: W}]
`, p.sink.Address(), number)
	p.start()
	t.Cleanup(func() {
		if p.server != nil {
			p.server.Kill()
		}
	})
	return p
}

func free(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (p *program) write(name, format string, args ...any) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), fmt.Appendf(nil, format, args...), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *program) start() {
	p.t.Helper()
	path, err := binary()
	if err != nil {
		p.t.Fatal(err)
	}
	if p.server, err = bench.StartProcess(filepath.Join(p.dir, "log"), path, "serve", "--config", filepath.Join(p.dir, "wirechief.yaml")); err != nil {
		p.t.Fatal(err)
	}
	if err := p.server.WaitReady(p.t.Context(), "http://"+p.http+"/readyz"); err != nil {
		p.t.Fatal(err)
	}
}

// send sends one text and gives its RefId, or the status of the refusal, or an
// error when the connection broke.
func (p *program) send(ctx context.Context, client *http.Client, text string) (ref string, status int, err error) {
	body := fmt.Sprintf(`{"From":%q,"To":["13105551212"],"Message":%q}`, number, text)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.http+"/api/v1.0/messageSend", strings.NewReader(body))
	if err != nil {
		return "", 0, err
	}
	r.SetBasicAuth("acme", "secret")
	resp, err := client.Do(r)
	if err != nil {
		return "", 0, err
	}
	defer resp.Body.Close()
	var answer struct {
		RefID       string `json:"RefId"`
		Description string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", 0, err
	}
	if resp.StatusCode != http.StatusOK && answer.Description == "" {
		return "", 0, fmt.Errorf("a refusal without a description: %d", resp.StatusCode)
	}
	return answer.RefID, resp.StatusCode, nil
}

// messages gives the outbound messages that were sent under a RefId.
func (p *program) messages(ref string) []wire.Message {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, "http://"+p.http+"/wirechief/v1/messages?ref="+ref, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []wire.Message
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil {
		p.t.Fatal(err)
	}
	return list
}
