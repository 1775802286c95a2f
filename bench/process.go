package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is the server under test, a process of its own.
type Process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	log   string // file with what it printed
	err   error
}

// StartProcess runs a command with its output in a file.
func StartProcess(log, name string, args ...string) (*Process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &Process{cmd: exec.Command(name, args...), ended: make(chan struct{}), log: log}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	p.cmd.Dir = filepath.Dir(log)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// Kill ends it as a crash does.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
}

// Stop asks it to end and waits; after a time it is killed.
func (p *Process) Stop() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		p.Kill()
		return errors.New("the server did not end within 30 s of SIGTERM")
	}
	if p.err != nil {
		return fmt.Errorf("the server ended with: %w%s", p.err, p.tail())
	}
	return nil
}

// WaitReady waits until the URL answers 200.
func (p *Process) WaitReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	for {
		resp, err := client.Get(url)
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-p.ended:
			return fmt.Errorf("the server ended while it started: %w%s", errors.Join(p.err), p.tail())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer 200: %w%s", url, ctx.Err(), p.tail())
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// tail is the end of what it printed.
func (p *Process) tail() string {
	b, _ := os.ReadFile(p.log) // for an error message: without it, it is shorter
	if len(b) > 2000 {
		b = b[len(b)-2000:]
	}
	return "\n" + string(b)
}

// PID is its process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// CPU is the processor time that it has used, 0 where that cannot be read.
func (p *Process) CPU() time.Duration { return cpuOf(p.cmd.Process.Pid) }

// cpuOf reads /proc/<pid>/stat, proc(5): fields 14 and 15, in ticks of 10 ms.
func cpuOf(pid int) time.Duration {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name before it may hold spaces
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// Memory is what it has in memory now, in octets, 0 where that cannot be read.
func (p *Process) Memory() int64 { return memoryOf(p.cmd.Process.Pid) }

func memoryOf(pid int) int64 {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10
		}
	}
	return 0
}

// freePort finds a port of the loopback that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
