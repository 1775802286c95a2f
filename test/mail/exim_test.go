package mail_test

import (
	"bytes"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"text/template"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

//go:embed exim.conf.tmpl
var conf string

// deadline is how long anything may take that the tests wait for.
const deadline = 30 * time.Second

// exim is a mail server of its own configuration and folder.
type exim struct {
	*testing.T
	program string
	dir     string
	port    int
	as      *syscall.Credential // nil: as we are
	cmd     *exec.Cmd
	ended   chan error
}

// startExim brings a server up, or skips the test.
func startExim(t *testing.T) *exim {
	t.Helper()
	e := &exim{T: t, program: "/usr/sbin/exim4", dir: t.TempDir(), port: freePort(t)}
	if _, err := os.Stat(e.program); err != nil {
		t.Skip("exim4 (Debian package exim4-daemon-light) is not installed")
	}
	group := os.Getgid()
	if os.Getuid() == 0 {
		// It refuses to deliver as root, and needs no root to deliver here.
		u, err := user.Lookup("Debian-exim")
		if err != nil {
			t.Skip("exim4 is not installed as Debian installs it: there is no user Debian-exim")
		}
		uid, _ := strconv.Atoi(u.Uid)
		group, _ = strconv.Atoi(u.Gid)
		e.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(group)}
	}
	for dir := e.dir; dir != os.TempDir() && len(dir) > 1; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"spool", "log", "mail"} {
		path := filepath.Join(e.dir, name)
		if err := os.Mkdir(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if e.as != nil {
			if err := os.Chown(path, int(e.as.Uid), int(e.as.Gid)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := template.Must(template.New("conf").Parse(conf)).Execute(&b, map[string]any{"Dir": e.dir, "Port": e.port, "Group": group}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(e.dir, "exim.conf"), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	e.start()
	t.Cleanup(e.stop)
	return e
}

// freePort finds a port of the loopback below those that systems give to
// outgoing connections, so that it still is free when it is listened on.
func freePort(t *testing.T) int {
	t.Helper()
	for range 1000 {
		port := 15000 + rand.IntN(15000)
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func (e *exim) start() {
	e.Helper()
	e.cmd = exec.Command(e.program, "-C", filepath.Join(e.dir, "exim.conf"), "-bdf")
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: e.as}
	e.cmd.Dir = e.dir
	var said bytes.Buffer
	e.cmd.Stdout, e.cmd.Stderr = &said, &said
	e.cmd.WaitDelay = time.Second
	if err := e.cmd.Start(); err != nil {
		e.Fatal(err)
	}
	e.ended = make(chan error, 1)
	go func() { e.ended <- e.cmd.Wait() }()
	e.eventually("a greeting", func() bool {
		select {
		case err := <-e.ended:
			e.Fatalf("exim has ended: %v %s%s", err, said.String(), e.logs())
		default:
		}
		c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", e.port))
		if err != nil {
			return false
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(time.Second))
		n, err := c.Read(make([]byte, 4))
		return err == nil && n == 4
	})
}

// stop ends the server and what it has begun.
func (e *exim) stop() {
	if e.cmd == nil {
		return
	}
	e.cmd.Process.Signal(syscall.SIGTERM) // lets it gather its children first
	select {
	case <-e.ended:
	case <-time.After(deadline):
		e.Error("exim does not end when it is asked to")
	}
	syscall.Kill(-e.cmd.Process.Pid, syscall.SIGKILL)
	e.cmd = nil
	if e.Failed() {
		e.Log(e.logs())
	}
}

// logs is what the server noted.
func (e *exim) logs() (out string) {
	files, _ := filepath.Glob(filepath.Join(e.dir, "log", "*"))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		out += "\n" + string(b)
	}
	return out
}

// eventually looks until something is so.
func (e *exim) eventually(what string, ok func() bool) {
	e.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	late := time.After(deadline)
	for !ok() {
		select {
		case <-look.C:
		case <-late:
			e.Fatalf("there is no %s after %v%s", what, deadline, e.logs())
		}
	}
}

// mailbox waits for so many mails and gives them by Message-ID.
func (e *exim) mailbox(n int) map[string]*mail.Message {
	e.Helper()
	out := make(map[string]*mail.Message)
	e.eventually(fmt.Sprint(n, " mails"), func() bool {
		clear(out)
		files, err := filepath.Glob(filepath.Join(e.dir, "mail", "new", "*"))
		if err != nil {
			e.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				e.Fatal(err)
			}
			m, err := mail.ReadMessage(bytes.NewReader(b))
			if err != nil {
				e.Fatalf("%v\n%s", err, b)
			}
			out[m.Header.Get("Message-Id")] = m
		}
		return len(files) >= n
	})
	return out
}
