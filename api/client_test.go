package api

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
)

// TestClientAsksWhatIsServed calls each function of the client, as reflection
// finds them, against the real handler: each has to reach an operation that there
// is. What it answers to made-up arguments is not looked at.
func TestClientAsksWhatIsServed(t *testing.T) {
	var o Options
	w := peopled(t, `tenants: [{id: acme, numbers: [{number: "+13109060901", carrier: main, capabilities: [sms]}]}]`, &o)
	o.Core, o.AdminToken = w.Exchange, adminToken
	o.Backup = func(context.Context, io.Writer) error { return nil }
	a := build(o)
	var mu sync.Mutex
	var reached, missed []string
	asked := func() {} // called with mu held, after each request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mux.ServeHTTP(w, r)
		mu.Lock()
		defer mu.Unlock()
		if r.Pattern == "" || r.Pattern == "/" {
			missed = append(missed, r.Method+" "+r.URL.Path)
		} else {
			reached = append(reached, r.Pattern)
		}
		asked()
	}))
	defer s.Close()
	c, err := client.New(s.URL, adminToken)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	called := 0
	var callAll func(name string, v reflect.Value)
	callAll = func(name string, v reflect.Value) {
		for i := range v.NumMethod() {
			name := name + "." + v.Type().Method(i).Name
			said := "read" // of texts
			switch name {
			case "Client.Close", "Client.String", "Client.GoString": // ask nothing
				continue
			case "Client.ChangeBulk":
				said = "pause"
			}
			mu.Lock()
			reached, missed = nil, nil
			mu.Unlock()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			out := v.Method(i).Call(madeUp(ctx, v.Method(i).Type(), said))
			for _, r := range out {
				if r.Kind() == reflect.Func { // a sequence, which goes on until it is told to end
					mu.Lock()
					asked = cancel
					mu.Unlock()
					r.Call([]reflect.Value{reflect.MakeFunc(r.Type().In(0), func([]reflect.Value) []reflect.Value {
						return []reflect.Value{reflect.ValueOf(false)}
					})})
				}
			}
			cancel()
			if k := out[0].Type(); k.Kind() == reflect.Struct && k.NumMethod() > 0 && strings.HasSuffix(k.PkgPath(), "api/client") {
				callAll(name, out[0]) // a shelf or a view
				continue
			}
			called++
			mu.Lock()
			if len(missed) > 0 || len(reached) == 0 {
				t.Errorf("%s reached %q, and asked %q, which is not served", name, reached, missed)
			}
			mu.Unlock()
		}
	}
	callAll("Client", reflect.ValueOf(c))
	if called < 100 {
		t.Errorf("only %d functions were called", called)
	}
}

// madeUp makes arguments for a function.
func madeUp(ctx context.Context, f reflect.Type, said string) (args []reflect.Value) {
	for i := range f.NumIn() {
		in := f.In(i)
		switch {
		case f.IsVariadic() && i == f.NumIn()-1:
			continue
		case in == reflect.TypeFor[context.Context]():
			args = append(args, reflect.ValueOf(ctx))
		case in == reflect.TypeFor[io.Writer]():
			args = append(args, reflect.ValueOf(io.Discard))
		case in == reflect.TypeFor[wirechief.Secret](), in.Kind() == reflect.String:
			args = append(args, reflect.ValueOf(said).Convert(in))
		case in == reflect.TypeFor[time.Duration]():
			args = append(args, reflect.ValueOf(time.Millisecond))
		case in.Kind() == reflect.Int64 || in.Kind() == reflect.Int:
			args = append(args, reflect.ValueOf(1).Convert(in))
		default:
			args = append(args, reflect.Zero(in))
		}
	}
	return args
}
