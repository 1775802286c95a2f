package browser

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// operator is the operator's token of what journeys serve.
const operator = "operator-token"

// readyMost is how long a server may take to be ready, and to end.
const readyMost = 30 * time.Second

// server is a wirechief that a journey has started.
type server struct {
	mode   string // demo or serve
	dir    string
	listen string

	cmd    *exec.Cmd
	ended  chan struct{}
	url    string
	banner string // of the demo: what it prints until it is ready

	mu  sync.Mutex
	log bytes.Buffer
}

// newServer starts a server with a folder of its own, on a port that is free.
func newServer(t *testing.T, mode, state, more string) (*server, error) {
	s := &server{mode: mode, dir: t.TempDir(), listen: "127.0.0.1:0"}
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("the server ended badly: %v\n%s", err, s.said())
		}
	})
	if mode == "serve" {
		if err := os.WriteFile(filepath.Join(s.dir, "state.yaml"), []byte(state), 0o600); err != nil {
			return nil, err
		}
		if err := os.WriteFile(filepath.Join(s.dir, "more.yaml"), []byte(more), 0o600); err != nil {
			return nil, err
		}
	}
	return s, s.start()
}

// configure writes the configuration of what is served.
func (s *server) configure() (string, error) {
	more, err := os.ReadFile(filepath.Join(s.dir, "more.yaml"))
	if err != nil {
		return "", err
	}
	path := filepath.Join(s.dir, "wirechief.yaml")
	return path, os.WriteFile(path, fmt.Appendf(nil, `data_dir: data
http: {listen: %q}
observe: {listen: ""}
admin: {token: %s}
state: state.yaml
log: {level: info, format: json}
carriers: [{name: sim, type: sim}]
routes: [{carriers: [sim]}]
egress: {allow: ["127.0.0.0/8"]}
%s`, s.listen, operator, more), 0o600)
}

func (s *server) start() error {
	args := []string{"demo", "--listen", s.listen, "--data", s.dir}
	if s.mode == "serve" {
		path, err := s.configure()
		if err != nil {
			return err
		}
		args = []string{"serve", "--config", path}
	}
	cmd := exec.Command(built, args...)
	// The ready line of what is served is in its log, the demo's in its banner.
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ready := make(chan string, 1)
	s.cmd, s.ended, s.banner = cmd, make(chan struct{}), ""
	var read sync.WaitGroup
	read.Go(func() { s.read(stdout, ready) })
	read.Go(func() { s.read(stderr, ready) })
	go func() {
		defer close(s.ended)
		read.Wait()
		cmd.Wait() // how it ended is in ProcessState
	}()
	select {
	case s.url = <-ready:
	case <-s.ended:
		return fmt.Errorf("the server ended before it was ready:\n%s", s.said())
	case <-time.After(readyMost):
		return fmt.Errorf("the server is not ready after %s:\n%s", readyMost, s.said())
	}
	u, err := url.Parse(s.url)
	if err != nil {
		return err
	}
	s.listen = u.Host // where it comes back
	return nil
}

var demoAddress = regexp.MustCompile(`(?m)^Wirechief runs at (http://\S+)`)

// read keeps what the server prints and tells, once, where it is reached.
func (s *server) read(from io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	var banner strings.Builder
	for told := false; lines.Scan(); {
		s.mu.Lock()
		s.log.Write(append(lines.Bytes(), '\n'))
		s.mu.Unlock()
		if told {
			continue
		}
		if s.mode == "serve" {
			var line struct{ Msg, URL string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
				told = true
				ready <- line.URL
			}
			continue
		}
		fmt.Fprintln(&banner, lines.Text())
		if strings.Contains(lines.Text(), "are shown here") {
			told = true
			s.banner = banner.String()
			if m := demoAddress.FindStringSubmatch(s.banner); m != nil {
				ready <- m[1]
			}
		}
	}
}

func (s *server) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// stop ends the server as an operator does.
func (s *server) stop() error {
	if s.cmd == nil || s.cmd.Process == nil {
		return nil
	}
	cmd := s.cmd
	s.cmd = nil
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(readyMost):
		cmd.Process.Kill()
		<-s.ended
		return fmt.Errorf("it did not end within %s", readyMost)
	}
	if !cmd.ProcessState.Success() {
		return fmt.Errorf("%s", cmd.ProcessState)
	}
	return nil
}

func (s *server) restart() error {
	if err := s.stop(); err != nil {
		return err
	}
	return s.start()
}

var (
	demoToken = regexp.MustCompile(`WIRECHIEF_TOKEN=(\S+)`)
	demoAdmin = regexp.MustCompile(`The operator's token is (\S+)`)
	demoLogin = regexp.MustCompile(`(\S+@\S+\w) .*password:? (\S*\w)`)
)

// facts is what a journey is told of a server.
func (s *server) facts(id int) map[string]any {
	out := map[string]any{"id": id, "url": s.url, "banner": s.banner, "admin": operator}
	if s.mode == "demo" {
		out["token"], out["admin"] = s.find(demoToken, 1), s.find(demoAdmin, 1)
		out["login"] = map[string]string{"email": s.find(demoLogin, 1), "password": s.find(demoLogin, 2)}
	}
	return out
}

func (s *server) find(what *regexp.Regexp, group int) string {
	if m := what.FindStringSubmatch(s.banner); m != nil {
		return m[group]
	}
	return ""
}

// cli runs the command line against the server: as the tenant of a demo, as
// the operator of what is served.
func (s *server) cli(args []string) (string, error) {
	token := operator
	if s.mode == "demo" {
		token = s.find(demoToken, 1)
	}
	cmd := exec.Command(built, args...)
	cmd.Env = append(os.Environ(), "WIRECHIEF_SERVER="+s.url, "WIRECHIEF_TOKEN="+token)
	var out, trouble bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &trouble
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("wirechief %s: %w: %s", strings.Join(args, " "), err, trouble.String())
	}
	return out.String(), nil
}
