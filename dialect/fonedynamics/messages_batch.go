package fonedynamics

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/exchange"
)

// batchPath is where batches go, whose bodies may be larger than others.
const batchPath = "/Properties/{PropertySid}/BatchMessages"

// Bounds of a batch.
const (
	mostBatch   = 1000
	maxBatch    = 8 << 20 // octets: that many texts of 1,600 characters in UTF-8
	batchTurn   = 16      // entries that one worker sends before it is worth having another
	mostWorkers = 32
)

// sendBatch sends many texts, each judged alone. The answer is a bare array in
// the order of the request, with status 200 whatever became of its entries
// (fonedynamics: POST /Properties/[PropertySid]/BatchMessages, PropertySid,
// Messages, request body).
func (s *server) sendBatch(c *call) error {
	timing, err := dialect.ReadTiming(c.r.Header)
	if err != nil {
		return err
	}
	key, err := c.keyed("BatchMessages", timing)
	if err != nil {
		return err
	}
	find := s.smsProperty
	if key != nil {
		earlier, err := s.core.Answered(c.ctx(), *key)
		if err != nil {
			return err
		}
		if earlier != nil { // what the property is now does not matter
			find = s.property
		}
	}
	entries, err := readBatch(c.read())
	if err != nil {
		return err
	}
	p, h, err := find(c)
	if err != nil {
		return err
	}
	b := batch{s: s, c: c, p: p, h: &h, key: key, timing: timing, entries: entries}
	if key == nil {
		return s.answerBatch(c, b.send(), &h)
	}
	var fates []fate
	kept, err := s.core.Once(c.ctx(), *key, func(context.Context) ([]byte, error) {
		fates = b.send()
		if slices.ContainsFunc(fates, func(f fate) bool { return f.passing }) {
			return nil, nil
		}
		return json.Marshal(fates)
	})
	if err != nil {
		return err
	}
	if fates == nil {
		if err := json.Unmarshal(kept, &fates); err != nil {
			return err
		}
	}
	return s.answerBatch(c, fates, &h)
}

// batch is one request of many texts.
type batch struct {
	s       *server
	c       *call
	p       wirechief.Property
	h       *holdings
	key     *exchange.Keyed // nil: none
	timing  dialect.Timing  // of all entries
	entries []dialect.Value
}

// fate is what became of an entry: a message, or a failure.
type fate struct {
	Message int64        `json:"message,omitempty"`
	Failure *sendFailure `json:"failure,omitempty"`
	passing bool         // the failure is one of ours, or of now: it is worth another try
}

// send sends all entries. What many send at the same time shares its flushes of
// the disk.
func (b *batch) send() []fate {
	out := make([]fate, len(b.entries))
	var workers sync.WaitGroup
	next := make(chan int, len(b.entries))
	for i := range b.entries {
		next <- i
	}
	close(next)
	for range min(mostWorkers, (len(b.entries)+batchTurn-1)/batchTurn) {
		workers.Go(func() {
			for i := range next {
				out[i] = b.one(i)
			}
		})
	}
	workers.Wait()
	return out
}

// one sends one entry, unless an earlier try of the batch has.
func (b *batch) one(i int) fate {
	var under exchange.Keyed
	var err error
	if b.key != nil {
		under = exchange.Keyed{Tenant: b.key.Tenant, Key: b.key.Entry(i), Fingerprint: b.key.Fingerprint}
		var earlier *wirechief.SendResult
		if earlier, err = b.s.core.Answered(b.c.ctx(), under); earlier != nil {
			return fate{Message: earlier.Recipients[0].Message}
		}
	}
	var r wirechief.SendRequest
	if err == nil {
		r, err = readEntry(b.entries[i], b.s)
	}
	var id int64
	if err == nil {
		timed(&r, b.timing)
		r.Key, r.Fingerprint = under.Key, under.Fingerprint
		id, err = b.s.send(b.c, r, b.p, b.h)
	}
	if err != nil {
		failure := b.s.failure(b.c, err)
		switch wirechief.KindOf(err) {
		case wirechief.Internal, wirechief.Unavailable, wirechief.Exhausted:
			return fate{Failure: &failure, passing: true}
		}
		return fate{Failure: &failure}
	}
	return fate{Message: id}
}

// answerBatch shows each entry as it was when it was taken.
func (s *server) answerBatch(c *call, fates []fate, h *holdings) error {
	out := make([]any, len(fates))
	for i, f := range fates {
		if f.Failure != nil {
			out[i] = f.Failure
			continue
		}
		m, err := s.accepted(c, f.Message, h)
		if err != nil {
			out[i] = s.failure(c, err)
			continue
		}
		out[i] = m
	}
	return s.answer(c, out)
}

// readBatch reads the entries, which only JSON can hold.
func readBatch(r *reading) ([]dialect.Value, error) {
	v, ok := r.in.values["messages"]
	switch {
	case r.in.form:
		r.wrong("Messages", "a batch is taken as JSON only")
	case !ok:
		r.lacks("Messages", "Messages is required")
	case v.text || !v.json.IsArray():
		r.wrong("Messages", "the value is not an array")
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	entries := slices.Collect(v.json.Elements())
	if len(entries) > mostBatch {
		r.wrong("Messages", "%d entries are too many: at most %d in one batch", len(entries), mostBatch)
	}
	return entries, r.err()
}

// readEntry reads one entry, as a request of its own.
func readEntry(entry dialect.Value, s *server) (wirechief.SendRequest, error) {
	if len(entry) == 0 || entry[0] != '{' {
		return wirechief.SendRequest{}, wirechief.InvalidField("Messages", "the entry is not an object")
	}
	in := params{values: make(map[string]param)}
	if err := in.addJSON(entry); err != nil {
		return wirechief.SendRequest{}, err
	}
	return readText(&reading{in: in}, s.now())
}

// failure is an entry that was not sent. What we have to look into is logged.
func (s *server) failure(c *call, err error) sendFailure {
	e := errorOf(err)
	if e.Kind == wirechief.Internal || e.Kind == wirechief.Unavailable {
		s.log.Warn("a text of a batch could not be taken", "tenant", c.p.Tenant, "error", err)
	}
	words := wirechief.MessageOf(e)
	if field := fieldOf(e); field != "" && !strings.HasPrefix(words, field) {
		words = field + ": " + words
	}
	return sendFailure{answerTo(e).code, words}
}
