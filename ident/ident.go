package ident

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/hex"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// epoch is where ids begin: 2025-01-01 UTC. 41 bits of milliseconds last
// until 2094.
const epoch = 1735689600000

const counterBits = 12

// Source makes identifiers. It is safe for use from many goroutines.
type Source struct {
	now  func() time.Time
	last atomic.Int64

	mu     sync.Mutex // of the random bytes read ahead
	random [1024]byte
	left   int
}

// New makes a source whose ids are all above the given one.
func New(now func() time.Time, above int64) *Source {
	s := &Source{now: now}
	s.last.Store(above)
	return s
}

// Next gives a new id: greater than every earlier one, below 2^53.
func (s *Source) Next() int64 {
	first := At(s.now())
	for {
		last := s.last.Load()
		next := max(first, last+1)
		if s.last.CompareAndSwap(last, next) {
			return next
		}
	}
}

// Above raises the floor: ids that follow are greater than id.
func (s *Source) Above(id int64) {
	for {
		last := s.last.Load()
		if last >= id || s.last.CompareAndSwap(last, id) {
			return
		}
	}
}

// At is the lowest id of an instant: what was made before has a lower one.
func At(t time.Time) int64 { return max(t.UnixMilli()-epoch, 0) << counterBits }

// Time is the millisecond in which an id was made, about.
func Time(id int64) time.Time { return time.UnixMilli(id>>counterBits + epoch).UTC() }

// UUID gives a random UUID, lower case.
func (s *Source) UUID() string {
	var b [16]byte
	s.read(b[:])
	b[6] = b[6]&0x0f | 0x40 // version 4
	b[8] = b[8]&0x3f | 0x80 // variant of RFC 9562
	var out [36]byte
	hex.Encode(out[0:], b[0:4])
	hex.Encode(out[9:], b[4:6])
	hex.Encode(out[14:], b[6:8])
	hex.Encode(out[19:], b[8:10])
	hex.Encode(out[24:], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

var base = base32.StdEncoding.WithPadding(base32.NoPadding)

// Token gives 160 unguessable bits that are safe in a URL and a file name.
func (s *Source) Token() string {
	var b [20]byte
	s.read(b[:])
	return strings.ToLower(base.EncodeToString(b[:]))
}

// read takes from random bytes that were read ahead: a system call for each
// UUID would be seen in the profile of the send path.
func (s *Source) read(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left < len(b) {
		rand.Read(s.random[:])
		s.left = len(s.random)
	}
	end := s.left
	s.left -= len(b)
	copy(b, s.random[s.left:end])
	clear(s.random[s.left:end])
}
