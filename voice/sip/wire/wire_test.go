package wire_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"github.com/wirechief/wirechief/voice/sip/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const options = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n" +
	"Call-ID: %\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

type heard struct {
	id   string
	flow *wire.Flow
	err  error
}

func listen(t *testing.T, h wire.Handlers) (*wire.Endpoint, chan heard) {
	t.Helper()
	got := make(chan heard, 64)
	h.Message = func(m sip.Message, f *wire.Flow) { got <- heard{id: m.CallID().Value(), flow: f} }
	h.Broken = func(_ []byte, err error, f *wire.Flow) { got <- heard{err: err, flow: f} }
	e := wire.New(h)
	t.Cleanup(e.Close)
	return e, got
}

func TestStreamKeepsOrderAndAnswersByTheSameConnection(t *testing.T) {
	server, in := listen(t, wire.Handlers{})
	at, err := server.ListenStream("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	client, back := listen(t, wire.Handlers{})
	f, err := client.Connect(context.Background(), at, nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := client.Connect(context.Background(), at, nil); err != nil || again != f {
		t.Fatalf("another connection to the same far side: %v", err)
	}
	one, two := strings.Replace(options, "%", "one", 1), strings.Replace(options, "%", "two", 1)
	// Signs of life, two messages in one piece, and one in two.
	for _, part := range []string{"\r\n\r\n" + one + two, one[:40], one[40:]} {
		if err := f.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	var from *wire.Flow
	for _, want := range []string{"one", "two", "one"} {
		m := <-in
		if m.id != want || m.err != nil {
			t.Fatalf("%+v instead of %s", m, want)
		}
		from = m.flow
	}
	if err := from.Write([]byte(two)); err != nil {
		t.Fatal(err)
	}
	if m := <-back; m.id != "two" || m.flow != f {
		t.Fatalf("%+v", m)
	}
	if err := f.Write([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if m := <-in; m.err == nil {
		t.Fatalf("HTTP was taken for %+v", m)
	}
}

func TestStrangersAreFewAndSoonGone(t *testing.T) {
	closed := make(chan *wire.Flow, 64)
	server, _ := listen(t, wire.Handlers{
		Known: func(netip.Addr) bool { return false }, Closed: func(f *wire.Flow) { closed <- f },
	})
	at, err := server.ListenStream("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	lost := make(chan *wire.Flow, 64)
	for range 20 { // each from an endpoint of its own, so that none is shared
		client, _ := listen(t, wire.Handlers{Closed: func(f *wire.Flow) { lost <- f }})
		if _, err := client.Connect(context.Background(), at, nil); err != nil {
			t.Fatal(err)
		}
	}
	soon := time.After(4 * time.Second)
	for range 4 { // of twenty, sixteen are let in
		select {
		case <-lost:
		case <-soon:
			t.Fatal("strangers are let in without end")
		}
	}
	if len(closed) != 0 {
		t.Fatal("one that was let in is gone at once")
	}
}

func TestBrokenPacketsAreTold(t *testing.T) {
	e, in := listen(t, wire.Handlers{})
	at, err := e.ListenUDP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := e.Packets(at)
	for _, text := range []string{"\r\n\r\n", "what is this", strings.Replace(options, "%", "whole", 1)} {
		if err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if m := <-in; m.err == nil {
		t.Fatalf("nonsense was taken for %+v", m)
	}
	if m := <-in; m.id != "whole" {
		t.Fatalf("%+v", m)
	}
}
