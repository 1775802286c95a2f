package clients

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// built is the program, made once for all tests.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "wirechief-clients-")
	if err != nil {
		panic(err)
	}
	built = filepath.Join(dir, "wirechief")
	if out, err := exec.Command("go", "build", "-o", built, "github.com/wirechief/wirechief/cmd/wirechief").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// demo is a running `wirechief demo`, and what it has printed.
type demo struct {
	URL    string
	banner string
}

var address = regexp.MustCompile(`(?m)^Wirechief runs at (http://\S+)`)

// start runs the demo until the test ends.
func start(t *testing.T) *demo {
	t.Helper()
	cmd := exec.CommandContext(context.Background(), built, "demo", "--listen", "127.0.0.1:0")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var trouble strings.Builder
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended badly: %v\n%s", err, trouble.String())
		}
	})
	d := new(demo)
	deadline := time.After(30 * time.Second)
	for {
		select {
		case line, ok := <-lines:
			if !ok {
				t.Fatalf("the demo ended before it was ready\n%s", trouble.String())
			}
			d.banner += line + "\n"
		case <-deadline:
			t.Fatalf("the demo did not become ready\n%s", d.banner)
		}
		if strings.Contains(d.banner, "are shown here") {
			break
		}
	}
	d.URL = d.read(t, address)
	go func() { // so that it never waits for us
		for range lines {
		}
	}()
	return d
}

// read finds something in what the demo has printed.
func (d *demo) read(t *testing.T, what *regexp.Regexp) string {
	t.Helper()
	m := what.FindStringSubmatch(d.banner)
	if m == nil {
		t.Fatalf("the demo prints nothing like %s:\n%s", what, d.banner)
	}
	return m[1]
}

var zendeskToken = regexp.MustCompile(`agent@demo\.test/token:([0-9a-f]+)`)
