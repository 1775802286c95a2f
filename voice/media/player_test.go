package media

import (
	"bytes"
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// ear is a leg that keeps what is said to it.
type ear struct {
	codec carrier.Codec
	mu    sync.Mutex
	said  []carrier.Packet
	keys  []byte
	hear  func(carrier.Packet)
}

func (e *ear) Codec() carrier.Codec { return e.codec }

func (e *ear) Hear(f func(carrier.Packet)) { e.hear = f }

func (e *ear) Quality() wirechief.Quality { return wirechief.Quality{} }

func (e *ear) Say(p carrier.Packet) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	p.Payload = bytes.Clone(p.Payload)
	e.said = append(e.said, p)
	return nil
}

func (e *ear) Press(payload []byte, first, _ bool) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if first {
		e.keys = append(e.keys, keys[payload[0]])
	}
	return nil
}

func (e *ear) sound() (all []byte) {
	for _, p := range e.said {
		all = append(all, p.Payload...)
	}
	return all
}

func ramp(n int) *Sound {
	samples := make([]int16, n)
	for i := range samples {
		samples[i] = int16(i * 37)
	}
	return NewSound(samples)
}

func TestPlayerPlaysOut(t *testing.T) {
	for _, codec := range []carrier.Codec{carrier.PCMU, carrier.PCMA} {
		w, e := NewWheel(time.Now), &ear{codec: codec}
		one, two := ramp(250), ramp(100)
		var ended []Ending
		w.Play(e, Program{Sounds: []*Sound{one, NewSound(nil), two}, Ended: func(how Ending) { ended = append(ended, how) }})
		for range 10 {
			w.Turn()
		}
		want := append(bytes.Clone(one.Bytes(codec)), two.Bytes(codec)...)
		for len(want)%Frame != 0 {
			want = append(want, Silence(codec))
		}
		if !bytes.Equal(e.sound(), want) {
			t.Errorf("%s: %d octets were heard, want the %d of the sounds", codec, len(e.sound()), len(want))
		}
		if len(ended) != 1 || ended[0] != PlayedOut || w.Busy() != 0 {
			t.Errorf("%s: it ended as %v, and %d still play", codec, ended, w.Busy())
		}
		for i, p := range e.said[1:] {
			if p.Sequence != e.said[i].Sequence+1 || p.Timestamp != e.said[i].Timestamp+Frame {
				t.Errorf("packet %d does not follow on the one before", i+1)
			}
		}
	}
}

func TestPlayerLoopsUntilStopped(t *testing.T) {
	w, e := NewWheel(time.Now), &ear{}
	var ended []Ending
	p := w.Play(e, Program{Sounds: []*Sound{ramp(100)}, Loop: true, Ended: func(how Ending) { ended = append(ended, how) }})
	for range 50 {
		w.Turn()
	}
	p.Press() // no barge
	if len(e.said) != 50 || len(ended) != 0 {
		t.Fatalf("%d packets, ended %v", len(e.said), ended)
	}
	p.Stop()
	p.Stop()
	w.Turn()
	if len(e.said) != 50 || len(ended) != 1 || ended[0] != Stopped || w.Busy() != 0 {
		t.Errorf("%d packets, ended %v, %d still play", len(e.said), ended, w.Busy())
	}
	w.Play(e, Program{Sounds: []*Sound{NewSound(nil)}, Loop: true, Ended: func(how Ending) { ended = append(ended, how) }})
	w.Turn()
	if len(ended) != 2 || ended[1] != PlayedOut {
		t.Errorf("a loop of nothing ended as %v", ended)
	}
}

func TestPlayerIsBarged(t *testing.T) {
	w, e := NewWheel(time.Now), &ear{}
	var ended []Ending
	p := w.Play(e, Program{Sounds: []*Sound{ramp(10 * Frame)}, Barge: true, Ended: func(how Ending) { ended = append(ended, how) }})
	w.Turn()
	p.Press()
	w.Turn()
	if len(e.said) != 1 || len(ended) != 1 || ended[0] != Barged {
		t.Errorf("%d packets, ended %v", len(e.said), ended)
	}
}

func TestKeysArePressedInTurn(t *testing.T) {
	w, e := NewWheel(time.Now), &ear{}
	w.Press(e, "12")
	w.Turn()
	w.Press(e, "34")
	w.Press(e, "")
	for range 100 {
		w.Turn()
	}
	w.Press(e, "5")
	for range 100 {
		w.Turn()
	}
	if string(e.keys) != "12345" || w.Busy() != 0 {
		t.Errorf("%q was pressed, and %d still play", e.keys, w.Busy())
	}
}

func TestWheelKeepsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, e := NewWheel(time.Now), &ear{}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.Run(ctx); close(done) }()
		w.Play(e, Program{Sounds: []*Sound{ramp(Frame)}, Loop: true})
		time.Sleep(time.Second + time.Millisecond)
		synctest.Wait()
		cancel()
		<-done
		if len(e.said) != 50 {
			t.Errorf("%d packets in a second, want 50", len(e.said))
		}
	})
}

func TestBridgeTranscodesAndTaps(t *testing.T) {
	a, b := &ear{codec: carrier.PCMU}, &ear{codec: carrier.PCMA}
	var tapped []carrier.Packet
	j := Join(a, b, Taps{func(p carrier.Packet) { tapped = append(tapped, p) }}, nil)
	sound := carrier.Packet{Codec: carrier.PCMU, Payload: []byte{SilenceMu, 0x80, 0x00}}
	a.hear(sound)
	a.hear(event(1, 0, false))
	b.hear(carrier.Packet{Codec: carrier.PCMA, Payload: []byte{SilenceA, 0xAA}})
	if got := b.said[0]; got.Codec != carrier.PCMA || !bytes.Equal(got.Payload, []byte{0xD5, 0xAA, 0x2A}) {
		t.Errorf("b was told %v", got)
	}
	if !b.said[1].Event || !bytes.Equal(b.said[1].Payload, []byte{1, 10, 0, 160}) {
		t.Errorf("the event came as %v", b.said[1])
	}
	if got := a.said[0]; got.Codec != carrier.PCMU || len(got.Payload) != 2 {
		t.Errorf("a was told %v", got)
	}
	if len(tapped) != 2 || tapped[0].Codec != carrier.PCMU {
		t.Errorf("%v was tapped", tapped)
	}
	j.Part()
	if a.hear != nil || b.hear != nil {
		t.Error("still joined")
	}
}
