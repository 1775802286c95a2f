package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// output is written by commands and read by tests, at the same time.
type output struct {
	mu    sync.Mutex
	b     bytes.Buffer
	grown chan struct{}
}

func newOutput() *output { return &output{grown: make(chan struct{}, 1)} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.grown <- struct{}{}:
	default:
	}
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// until waits until the output matches, and gives what the groups matched.
func (o *output) until(t *testing.T, pattern string) []string {
	t.Helper()
	re := regexp.MustCompile(pattern)
	late := time.After(20 * time.Second)
	for {
		if m := re.FindStringSubmatch(o.String()); m != nil {
			return m
		}
		select {
		case <-o.grown:
		case <-late:
			t.Fatalf("nothing like %s is printed, but\n%s", pattern, o)
		}
	}
}

// The first minute of a new user: the demo prints lines that work when pasted,
// and its endpoint is told.
func TestDemo(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	out, errs := newOutput(), newOutput()
	code := make(chan int, 1)
	go func() { code <- Run(ctx, []string{"demo", "--listen", "127.0.0.1:0"}, IO{Out: out, Err: errs}) }()
	line := out.until(t, `curl -s -w '\\n' -u (\S+):(\S+) (http://\S+) -H 'Content-Type: application/json' -d '([^']+)'`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, line[3], strings.NewReader(line[4]))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(line[1], line[2])
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	http.DefaultClient.CloseIdleConnections()
	if resp.StatusCode != http.StatusOK || !strings.Contains(string(body), `"Status":"SUCCESS"`) {
		t.Fatalf("the pasted line is answered with %d %s", resp.StatusCode, body)
	}
	out.until(t, `webhook .*stat%3ADELIVRD.*"DeliveryReceipt":true`)

	env := out.until(t, `export WIRECHIEF_SERVER=(\S+) WIRECHIEF_TOKEN=(\S+)`)
	shown := newOutput()
	client := IO{Out: shown, Err: errs, Env: func(name string) (string, bool) {
		v := map[string]string{"WIRECHIEF_SERVER": env[1], "WIRECHIEF_TOKEN": env[2]}[name]
		return v, v != ""
	}}
	if c := Run(t.Context(), []string{"messages", "list", "--json"}, client); c != 0 {
		t.Fatalf("messages list ends with %d: %s", c, errs)
	}
	var list []struct {
		ID     int64
		Status string
		Events []struct{ Type string }
	}
	if err := json.Unmarshal([]byte(shown.String()), &list); err != nil || len(list) != 1 || list[0].Status != "delivered" {
		t.Fatalf("the list is %s: %v", shown, err)
	}
	stop()
	if c := <-code; c != 0 {
		t.Errorf("the demo ends with %d: %s", c, errs)
	}
}

func TestDemoThatKeeps(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	out := newOutput()
	code := make(chan int, 1)
	go func() {
		code <- Run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--data", dir}, IO{Out: out, Err: out})
	}()
	out.until(t, regexp.QuoteMeta("keeps its data in "+dir))
	stop()
	if c := <-code; c != 0 {
		t.Errorf("it ends with %d: %s", c, out)
	}
	if _, err := os.Stat(dir + "/data/wirechief.db"); err != nil {
		t.Error(err)
	}
}

func TestOneLineIsInert(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                      "plain",
		"two\nlines\tand tab":        "two lines and tab",
		"\x1b[31mred\x9b":            "\uFFFD[31mred\uFFFD",
		"abcdefghijklmnopqrstuvwxyz": "abcdefghijklmnopqrs…",
		"ключ":                       "ключ",
	} {
		if got := oneLine(in, 20); got != want {
			t.Errorf("%q is shown as %q", in, got)
		}
	}
}
