package media

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/wirechief/wirechief/carrier"
)

// tick is how long a packet of sound lasts.
const tick = 20 * time.Millisecond

// Wheel is the clock of everything that is played: it turns every 20 ms for all.
type Wheel struct {
	now   func() time.Time
	mu    sync.Mutex
	turns []turner
	work  []turner // of the goroutine that turns
}

// NewWheel makes one that keeps the time of now.
func NewWheel(now func() time.Time) *Wheel { return &Wheel{now: now} }

type turner interface{ turn() (more bool) }

// Run turns the wheel until ctx ends. What is late is caught up with, up to a
// tenth of a second; more is left out, as nobody wants it any more.
func (w *Wheel) Run(ctx context.Context) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	due := w.now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := w.now()
		if now.Sub(due) > 5*tick {
			due = now.Add(-tick)
		}
		for ; now.Sub(due) >= tick; due = due.Add(tick) {
			w.Turn()
		}
	}
}

// Turn plays 20 ms to everybody. Run calls it; tests do.
func (w *Wheel) Turn() {
	w.mu.Lock()
	w.work = append(w.work[:0], w.turns...)
	w.mu.Unlock()
	ended := false
	for i, t := range w.work {
		if t.turn() {
			w.work[i] = nil
		} else {
			ended = true
		}
	}
	if !ended {
		return
	}
	w.mu.Lock()
	w.turns = slices.DeleteFunc(w.turns, func(t turner) bool { return slices.Contains(w.work, t) })
	w.mu.Unlock()
	clear(w.work)
}

// Busy is how much is being played.
func (w *Wheel) Busy() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.turns)
}

func (w *Wheel) add(t turner) {
	w.mu.Lock()
	w.turns = append(w.turns, t)
	w.mu.Unlock()
}

// Program is what is to be played.
type Program struct {
	Sounds []*Sound
	Loop   bool // over and over, until Stop
	Barge  bool // a key ends it
	// Ended is told once how it ended; it must not block. It may be nil.
	Ended func(Ending)
}

// Ending is how a program ended.
type Ending uint8

// The endings.
const (
	PlayedOut Ending = iota + 1 // to its end
	Barged                      // a key was pressed
	Stopped                     // by Stop
)

// Player plays a program to one leg.
type Player struct {
	to      carrier.Audio
	program Program

	mu    sync.Mutex
	over  bool
	sound int // of the program, and how far it is
	at    int
	seq   uint16
	ts    uint32
	frame [Frame]byte
}

// Play begins with the next turn. Its numbers begin anywhere, so that a leg sees
// that another source speaks.
func (w *Wheel) Play(to carrier.Audio, program Program) *Player {
	p := &Player{to: to, program: program, seq: uint16(rand.Uint32()), ts: rand.Uint32()}
	w.add(p)
	return p
}

// Press tells of a key of the leg: the end of a program that a key ends.
func (p *Player) Press() {
	if p.program.Barge {
		p.end(Barged)
	}
}

// Stop ends it; nothing is played any more when it returns.
func (p *Player) Stop() { p.end(Stopped) }

func (p *Player) end(how Ending) {
	p.mu.Lock()
	first := !p.over
	p.over = true
	p.mu.Unlock()
	if first && p.program.Ended != nil {
		p.program.Ended(how)
	}
}

func (p *Player) turn() bool {
	p.mu.Lock()
	if p.over {
		p.mu.Unlock()
		return false
	}
	codec := p.to.Codec()
	n := p.fill(codec)
	if n == 0 {
		p.mu.Unlock()
		p.end(PlayedOut)
		return false
	}
	for i := n; i < Frame; i++ {
		p.frame[i] = Silence(codec)
	}
	// What cannot be sent is lost; the next 20 ms may go.
	p.to.Say(carrier.Packet{Codec: codec, Sequence: p.seq, Timestamp: p.ts, Payload: p.frame[:]})
	p.seq++
	p.ts += Frame
	p.mu.Unlock()
	return true
}

// fill takes the next 20 ms of the program, across the borders of its sounds;
// what it gives is less at the end, and 0 after it.
func (p *Player) fill(codec carrier.Codec) (n int) {
	for empty := 0; n < Frame && empty <= len(p.program.Sounds); {
		if p.sound == len(p.program.Sounds) {
			if !p.program.Loop || len(p.program.Sounds) == 0 {
				return n
			}
			p.sound = 0
		}
		part := copy(p.frame[n:], p.program.Sounds[p.sound].Bytes(codec)[p.at:])
		n += part
		p.at += part
		if part == 0 {
			p.sound, p.at = p.sound+1, 0
			empty++
		} else {
			empty = 0
		}
	}
	return n
}

// Presser sends packets of keys; a [Port] does.
type Presser interface {
	Press(payload []byte, first, last bool) error
}

type pressing struct {
	to      Presser
	mu      sync.Mutex
	packets []carrier.Packet // none: it is over
}

// Press presses keys at the far side, from the next turn on, one after the
// other, and after those that it was told before.
func (w *Wheel) Press(to Presser, digits string) {
	packets := DigitEvents(digits, 10)
	if len(packets) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.turns {
		if p, ok := t.(*pressing); ok && p.to == to && p.more(packets) {
			return
		}
	}
	w.turns = append(w.turns, &pressing{to: to, packets: packets})
}

// more adds packets to what is not over yet.
func (p *pressing) more(packets []carrier.Packet) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.packets) == 0 {
		return false
	}
	p.packets = append(p.packets, packets...)
	return true
}

func (p *pressing) turn() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if next := p.packets[0]; next.Event {
		last := len(p.packets) == 1 || !p.packets[1].Event
		p.to.Press(next.Payload, next.Marker, last)
	}
	p.packets = p.packets[1:]
	return len(p.packets) > 0
}
