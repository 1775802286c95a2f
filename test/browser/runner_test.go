package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// journeyMost is how long one journey may take, and lastWords how long it may
// then take to say where it was.
const (
	journeyMost = 2 * time.Minute
	lastWords   = 30 * time.Second
)

// runner is the process that has the browser.
type runner struct {
	in      io.Writer
	lines   chan []byte
	trouble bytes.Buffer
	servers []*server // of the journey under way
}

// newRunner starts it, until the test ends. Without what that needs the test is
// skipped.
func newRunner(t *testing.T) *runner {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed (Debian package nodejs)")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed (Debian package chromium)")
	}
	for _, module := range []string{"playwright-core", "axe-core"} {
		if _, err := os.Stat("node_modules/" + module); err != nil {
			t.Skipf("%s is not installed: npm ci in test/browser", module)
		}
	}
	// What node reads go test does not see, unless the test reads it too: it
	// would give the result of before the change.
	for _, file := range []string{"run.mjs", "package-lock.json", "journeys/lib.mjs", "house.mjs"} {
		if _, err := os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, "run.mjs", chromium)
	r := &runner{lines: make(chan []byte)}
	cmd.Stderr = &r.trouble
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.in = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(r.lines)
		s := bufio.NewScanner(out)
		s.Buffer(nil, 16<<20)
		for s.Scan() {
			r.lines <- bytes.Clone(s.Bytes())
		}
	}()
	t.Cleanup(func() {
		in.Close() // it ends with its input
		late := time.AfterFunc(15*time.Second, func() { cmd.Process.Kill() })
		defer late.Stop()
		for range r.lines {
		}
		<-read
		if err := cmd.Wait(); err != nil {
			t.Errorf("the browser ended badly: %v\n%s", err, r.trouble.String())
		}
	})
	var ready struct{ Ready string }
	r.next(t, &ready, time.After(journeyMost))
	t.Logf("Chromium %s", ready.Ready)
	return r
}

// next reads a line.
func (r *runner) next(t *testing.T, into any, late <-chan time.Time) {
	t.Helper()
	select {
	case line, ok := <-r.lines:
		if !ok {
			t.Fatalf("the browser has ended\n%s", r.trouble.String())
		}
		if err := json.Unmarshal(line, into); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	case <-late:
		t.Fatal("the browser does not answer")
	}
}

func (r *runner) send(t *testing.T, v any) {
	t.Helper()
	if err := json.NewEncoder(r.in).Encode(v); err != nil {
		t.Fatal(err)
	}
}

// result is how a journey ended.
type result struct {
	Done   string
	Steps  []string
	Failed string // the step that did
	Error  string
	Shots  []string
	took   time.Duration
}

// message is what the process says: what a journey asks for, or how it ended.
type message struct {
	Ask   string
	ID    int
	Given json.RawMessage
	result
}

// take runs a journey and gives it what it asks for. Its servers run until the
// test ends.
func (r *runner) take(t *testing.T, file string) *result {
	t.Helper()
	path, err := filepath.Abs(file)
	if err == nil {
		_, err = os.ReadFile(file)
	}
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(file), ".mjs")
	pictures := os.Getenv("WIRECHIEF_SCREENSHOTS")
	failures := filepath.Join(pictures, name)
	if pictures == "" {
		if strings.HasPrefix(file, "testdata/") {
			failures = t.TempDir()
		} else {
			failures = filepath.Join(os.TempDir(), "wirechief-screenshots", name)
		}
	} else {
		pictures = failures
	}
	r.servers = nil
	began := time.Now()
	r.send(t, map[string]any{"run": map[string]string{"file": path, "screenshots": failures, "pictures": pictures}})
	hurry := time.AfterFunc(journeyMost, func() { io.WriteString(r.in, "{\"late\":true}\n") })
	defer hurry.Stop()
	late := time.After(journeyMost + lastWords)
	for {
		var m message
		r.next(t, &m, late)
		if m.Done != "" {
			m.took = time.Since(began).Round(time.Millisecond)
			return &m.result
		}
		answer := map[string]any{"id": m.ID}
		if got, err := r.answer(t, &m); err != nil {
			answer["error"] = err.Error()
		} else {
			answer["got"] = got
		}
		r.send(t, answer)
	}
}

// answer does what a journey asks for.
func (r *runner) answer(t *testing.T, m *message) (any, error) {
	var given struct {
		Server      int
		Args        []string
		State, More string
	}
	if err := json.Unmarshal(m.Given, &given); err != nil {
		return nil, err
	}
	switch m.Ask {
	case "demo", "serve":
		s, err := newServer(t, m.Ask, given.State, given.More)
		if err != nil {
			return nil, err
		}
		r.servers = append(r.servers, s)
		return s.facts(len(r.servers) - 1), nil
	}
	if given.Server < 0 || given.Server >= len(r.servers) {
		return nil, fmt.Errorf("there is no server %d", given.Server)
	}
	s := r.servers[given.Server]
	switch m.Ask {
	case "restart":
		if err := s.restart(); err != nil {
			return nil, err
		}
		return s.facts(given.Server), nil
	case "stop":
		return nil, s.stop()
	case "cli":
		return s.cli(given.Args)
	}
	return nil, fmt.Errorf("nobody knows how to %s", m.Ask)
}
