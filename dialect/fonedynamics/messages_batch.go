package fonedynamics

import (
	"slices"
	"strings"
	"sync"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// Bounds of a batch.
const (
	mostBatch   = 1000
	batchTurn   = 16 // entries that one worker sends before it is worth having another
	mostWorkers = 32
)

// sendBatch sends many texts, each judged alone. The answer is a bare array in
// the order of the request, with status 200 whatever became of its entries
// (fonedynamics: POST /Properties/[PropertySid]/BatchMessages, PropertySid,
// Messages, request body, Idempotency-Key).
func (s *server) sendBatch(c *call) error {
	key, err := dialect.IdempotencyKey(c.r.Header)
	if err != nil {
		return err
	}
	entries, err := readBatch(c.read())
	if err != nil {
		return err
	}
	p, h, err := s.smsProperty(c)
	if err != nil {
		return err
	}
	out := make([]any, len(entries))
	one := func(i int) {
		r, err := readEntry(entries[i], s)
		if err == nil && key != "" {
			r.Key = element(key, i)
			r.Fingerprint = dialect.Fingerprint([]byte("fonedynamics BatchMessages"), []byte(p.SID), entries[i])
		}
		var m message
		if err == nil {
			m, err = s.send(c, r, p, &h)
		}
		if err != nil {
			out[i] = s.failure(c, err)
			return
		}
		out[i] = m
	}
	// What many send at the same time shares its flushes of the disk.
	var workers sync.WaitGroup
	next := make(chan int, len(entries))
	for i := range entries {
		next <- i
	}
	close(next)
	for range min(mostWorkers, (len(entries)+batchTurn-1)/batchTurn) {
		workers.Go(func() {
			for i := range next {
				one(i)
			}
		})
	}
	workers.Wait()
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
