package smpp

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/carrier/smpp/session"
)

// TestRefused: wrong credentials are told once, without the password, and
// tried again slowly over one connection, until they are right.
func TestRefused(t *testing.T) {
	var right atomic.Bool
	var mu sync.Mutex
	var at []time.Time
	c := &smsc{bindFunc: func(_ pdu.Header, b pdu.Bind) pdu.Status {
		mu.Lock()
		defer mu.Unlock()
		at = append(at, time.Now())
		if b.Password != password || b.SystemID != "wirechief" || b.Version != 0x34 {
			return pdu.BindFailed
		}
		if right.Load() {
			return pdu.OK
		}
		return pdu.InvalidPassword
	}}
	tries := func() int {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return len(at)
	}
	cfg := plain()
	cfg.Connections = 3
	inBubble(t, cfg, c, func(r *rig) {
		st := r.link.Status()
		if st.State != carrier.Refused || !strings.Contains(st.LastError, "ESME_RINVPASWD") || strings.Contains(st.LastError, password) {
			r.Errorf("%+v", st)
		}
		if n := tries(); n != 1 {
			r.Errorf("%d tries at first, want 1 of 3 connections", n)
		}
		time.Sleep(7 * time.Second)
		if n := tries(); n != 1 {
			r.Errorf("%d tries within 7 s, want 1", n)
		}
		time.Sleep(time.Hour)
		if n := tries(); n < 5 || n > 60 {
			r.Errorf("%d tries within an hour", n)
		}
		if n := strings.Count(r.log.String(), "does not let us in"); n != 1 {
			r.Errorf("told %d times, want once: %s", n, r.log)
		}
		right.Store(true)
		time.Sleep(20 * time.Minute)
		if st := r.link.Status(); st.State != carrier.Up || st.Connections != 3 || st.LastError != "" {
			r.Errorf("with the right password: %+v", st)
		}
	})
}

// TestOneTooMany: a carrier that allows fewer connections than are wanted
// leaves the others alone.
func TestOneTooMany(t *testing.T) {
	var bound atomic.Int32
	c := &smsc{bindFunc: func(pdu.Header, pdu.Bind) pdu.Status {
		if bound.Add(1) == 2 {
			return pdu.BindFailed
		}
		return pdu.OK
	}}
	cfg := plain()
	cfg.Connections = 2
	inBubble(t, cfg, c, func(r *rig) {
		st := r.link.Status()
		if st.State != carrier.Degraded || st.Connections != 1 || !strings.Contains(st.LastError, "further connection") {
			r.Errorf("%+v", st)
		}
		bound.Store(5)
		c.peer(0).Close()
		time.Sleep(time.Second) // not the pause of the refused one
		if st := r.link.Status(); st.Connections != 1 || r.link.Room() != cfg.Window {
			r.Errorf("%+v", st)
		}
	})
}

func TestUnreachable(t *testing.T) {
	var up atomic.Bool
	var tries atomic.Int32
	c := &smsc{dialFunc: func() error {
		tries.Add(1)
		if up.Load() {
			return nil
		}
		return errors.New("connection refused")
	}}
	inBubble(t, plain(), c, func(r *rig) {
		st := r.link.Status()
		if st.State != carrier.Down || st.Wanted != 1 || !strings.Contains(st.LastError, "connection refused") || r.link.Room() != 0 {
			r.Errorf("%+v", st)
		}
		time.Sleep(2 * time.Second)
		if n := tries.Load(); n < 3 || n > 8 {
			r.Errorf("%d tries within 2 s", n)
		}
		time.Sleep(time.Hour)
		if n := tries.Load(); n < 80 || n > 300 {
			r.Errorf("%d tries within an hour", n)
		}
		if n := strings.Count(r.log.String(), "cannot be reached"); n != 1 {
			r.Errorf("told %d times, want once", n)
		}
		r.x.changes()
		up.Store(true)
		time.Sleep(time.Minute)
		if st := r.link.Status(); st.State != carrier.Up || st.LastError != "" || r.link.Room() != 64 || r.x.changes() == 0 {
			r.Errorf("%+v", st)
		}
	})
}

// TestNeverConnected: until it is known how the first try went, the state is
// connecting.
func TestNeverConnected(t *testing.T) {
	c := &smsc{dialFunc: func() error {
		time.Sleep(5 * time.Second)
		return errors.New("i/o timeout")
	}}
	inBubble(t, plain(), c, func(r *rig) {
		if st := r.link.Status(); st.State != carrier.Connecting || st.LastError != "" {
			r.Errorf("%+v", st)
		}
	})
}

func TestTransmitterAndReceiver(t *testing.T) {
	cfg := plain()
	cfg.Bind, cfg.Connections = TransmitterReceiver, 2
	c := &smsc{}
	inBubble(t, cfg, c, func(r *rig) {
		kinds := map[pdu.Command]int{}
		for _, b := range c.bound() {
			kinds[b]++
		}
		if kinds[pdu.BindTransmitter] != 2 || kinds[pdu.BindReceiver] != 2 || len(kinds) != 2 {
			r.Errorf("binds: %v", kinds)
		}
		st := r.link.Status()
		if st.State != carrier.Up || st.Connections != 2 || st.Wanted != 2 || r.link.Room() != 2*64 {
			r.Errorf("Room %d, %+v", r.link.Room(), st)
		}
		r.submit("Hi").outcome(r)
		for i, b := range c.bound() {
			if b == pdu.BindReceiver {
				c.bindsOf[i].Close()
			}
		}
		synctest.Wait()
		if st := r.link.Status(); st.State != carrier.Degraded || st.Connections != 0 || r.link.Room() != 2*64 {
			r.Errorf("without a receiver: Room %d, %+v", r.link.Room(), st)
		}
	})
}

// TestSilentPeer: a peer that stands still is found out by enquire_link, and left.
func TestSilentPeer(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		awake := make(chan struct{})
		c.submitFunc = func(*session.Session, pdu.Header, pdu.Message) { <-awake }
		y := r.submit("Hi")
		time.Sleep(41 * time.Second) // 30 s of silence, and 10 s for an answer
		if n := len(c.bound()); n != 2 {
			r.Errorf("bound %d times, want twice", n)
		}
		r.want(y, wirechief.InDoubt, wirechief.ReasonTimeout)
		close(awake)
	})
}

func TestPeerUnbinds(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		if err := c.peer(0).Unbind(r.Context()); err != nil {
			r.Error(err)
		}
		synctest.Wait()
		if st := r.link.Status(); st.State != carrier.Down || !strings.Contains(st.LastError, "unbound") {
			r.Errorf("%+v", st)
		}
		time.Sleep(time.Second)
		if st := r.link.Status(); st.State != carrier.Up {
			r.Errorf("%+v", st)
		}
	})
}

// TestPeerFlaps: a peer that lets us in only to throw us out is not met with
// a hundred binds a second.
func TestPeerFlaps(t *testing.T) {
	c := &smsc{}
	inBubble(t, plain(), c, func(r *rig) {
		for range 3600 {
			c.mu.Lock()
			last := c.peers[len(c.peers)-1]
			c.mu.Unlock()
			last.Close()
			time.Sleep(time.Second / 2)
		}
		if n := len(c.bound()); n > 200 {
			r.Errorf("%d binds in half an hour", n)
		}
	})
}

func TestStopWhileConnecting(t *testing.T) {
	c := &smsc{bindFunc: func(pdu.Header, pdu.Bind) pdu.Status {
		time.Sleep(5 * time.Second)
		return pdu.OK
	}}
	inBubble(t, plain(), c, func(r *rig) {
		begin := time.Now()
		r.stop()
		if took := time.Since(begin); took > 100*time.Millisecond {
			r.Errorf("took %v", took)
		}
	})
}

// TestTLS goes over a real connection: the certificate is checked.
func TestTLS(t *testing.T) {
	cert, roots := certificate(t)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	c := &smsc{}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			c.accept(conn)
		}
	})
	defer func() {
		ln.Close()
		serving.Wait()
		c.close()
	}()

	cfg := plain()
	cfg.Address, cfg.TLS = ln.Addr().String(), true
	for _, tt := range []struct {
		name  string
		roots *tls.Config
		state carrier.State
	}{
		{"known", &tls.Config{RootCAs: roots}, carrier.Up},
		{"unknown", &tls.Config{RootCAs: x509.NewCertPool()}, carrier.Down},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := New("main", cfg, carrier.Services{})
			l.dial = dialer(cfg.Address, true, tt.roots)
			changed := make(chan struct{}, 16)
			if err := l.Start(t.Context(), changes(changed)); err != nil {
				t.Fatal(err)
			}
			for l.Status().State != tt.state {
				select {
				case <-changed:
				case <-time.After(10 * time.Second):
					t.Fatalf("%+v", l.Status())
				}
			}
			if err := l.Stop(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// changes is a handler that passes on that there is a change.
type changes chan struct{}

func (changes) Inbound(context.Context, wirechief.Inbound) error { return nil }
func (changes) Receipt(context.Context, wirechief.Receipt) error { return nil }

func (c changes) Changed(string) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// certificate makes one for 127.0.0.1.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
