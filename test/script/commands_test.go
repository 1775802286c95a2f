package script

import (
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// commands are what scripts can say beside running programs.
func commands() map[string]func(ts *testscript.TestScript, neg bool, args []string) {
	return map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"freeport": freePort,
		"ready":    ready,
		"until":    until,
		"grab":     grab,
		"subst":    substitute,
	}
}

// freePort NAME... sets each variable to a port of the loopback that is free.
func freePort(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Setenv(name, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
		ts.Check(l.Close())
	}
}

// ready URL waits until it answers 200.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	wait(ts, "an answer of "+args[0], func() bool {
		resp, err := http.Get(args[0])
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// until PATTERN PROGRAM ARG... runs the program until its output matches.
func until(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile("(?s)" + args[0])
	wait(ts, "output like "+args[0], func() bool {
		return ts.Exec(args[1], args[2:]...) == nil && pattern.MatchString(ts.ReadFile("stdout"))
	})
}

// grab NAME PATTERN sets the variable to what the group in the pattern matches
// in the last output.
func grab(ts *testscript.TestScript, _ bool, args []string) {
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) < 2 {
		ts.Fatalf("nothing in the output is like %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// substitute FILE... replaces $NAME in files by the variables.
func substitute(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		path := ts.MkAbs(name)
		b, err := os.ReadFile(path)
		ts.Check(err)
		text := os.Expand(string(b), ts.Getenv)
		ts.Check(os.WriteFile(path, []byte(strings.ReplaceAll(text, "\r\n", "\n")), 0o600))
	}
}

func wait(ts *testscript.TestScript, what string, done func() bool) {
	late := time.After(20 * time.Second)
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for !done() {
		select {
		case <-look.C:
		case <-late:
			ts.Fatalf("waited 20 s in vain for %s", what)
		}
	}
}
