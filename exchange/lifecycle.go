package exchange

import (
	"bytes"
	"cmp"
	"context"
	"crypto/aes"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// The life of a number (docs/adr/0012). Each step is one conditional write of
// the number together with its event: who builds on a state that is over is
// refused by the store, whatever memory said.

// sweepEvery is how often what has run out is looked for.
const sweepEvery = time.Second

// sourceTime is how long a carrier may take to answer about a number.
const sourceTime = 15 * time.Second

// by names who did something, for events and logs. The name of a bearer token
// is a fingerprint, by which a guess at the token could be checked; under a key
// of the installation it tells tokens apart and nothing else.
func (x *Exchange) by(p wirechief.Principal) string {
	name := p.Name
	if isFingerprint(name) && x.quotes != nil {
		var block [aes.BlockSize]byte
		copy(block[:], name)
		x.quotes.Encrypt(block[:], block[:])
		name = "token-" + hex.EncodeToString(block[:4])
	}
	switch {
	case p.Operator && name == "":
		return "operator"
	case p.Dialect == "":
		return name
	case name == "":
		return p.Dialect
	}
	return p.Dialect + "/" + name
}

// who names somebody for people: by name, or by the label of a key.
func (x *Exchange) who(p wirechief.Principal) string {
	if !isFingerprint(p.Name) && p.Name != "" {
		return p.Name
	}
	label := ""
	x.dir.mu.RLock()
	defer x.dir.mu.RUnlock()
	x.dir.credentialsIn(p.Tenant, func(_ string, c credential) {
		if p.Name != "" && c.Name == p.Name && c.Dialect == p.Dialect {
			label = c.Label
		}
	})
	return cmp.Or(label, x.by(p))
}

// isFingerprint says whether a name was made by tokenName.
func isFingerprint(name string) bool {
	_, err := hex.DecodeString(name)
	return len(name) == 16 && err == nil
}

// ourselves is who changes a number because its time has come.
func ourselves() wirechief.Principal { return wirechief.Principal{Name: "wirechief"} }

// step is the next state of a number and what to note about it.
type step struct {
	n       *wirechief.Number
	event   wirechief.NumberEventType
	who     wirechief.Principal
	detail  string
	message string
	debit   *wirechief.Debit
}

// command makes the write of a step. n is a copy of the number that the step
// was judged on, with its revision: the write builds on that one, and the store
// refuses it when another was first, whatever memory says by then. was is the
// number before, nil for none; it is asked only whose it was.
func (x *Exchange) command(s step, was *wirechief.Number) wirechief.PutNumber {
	now := x.Now().UTC()
	s.n.Rev++
	tenant := s.n.Tenant
	if tenant == "" && was != nil {
		tenant = was.Tenant
	}
	s.n.ModifiedAt = now.Truncate(time.Second)
	return wirechief.PutNumber{Number: s.n, Debit: s.debit, Event: &wirechief.NumberEvent{
		ID: x.IDs.Next(), At: now, Number: s.n.Number, Tenant: tenant, Type: s.event, By: x.by(s.who), Detail: s.detail, Message: s.message,
	}}
}

// take makes a step: on disk, then in memory.
func (x *Exchange) take(ctx context.Context, s step) error {
	results, err := x.Store.Apply(ctx, x.command(s, x.dir.number(s.n.Number)))
	if err != nil {
		return err
	}
	if err := results[0].Err; err != nil {
		return err
	}
	x.took(s.n)
	return nil
}

// took takes over a number that is on disk: into the directory, and into or
// out of what is on offer.
func (x *Exchange) took(n *wirechief.Number) {
	x.dir.putNumber(n)
	x.shelve(n)
}

// vacant is a number as it is when nobody has it, at the same revision.
func vacant(n *wirechief.Number, state wirechief.NumberState) *wirechief.Number {
	return &wirechief.Number{
		Number: n.Number, ID: n.ID, Rev: n.Rev, State: state, Carrier: n.Carrier, Type: n.Type, Country: n.Country, Location: n.Location,
		Price: n.Price, AddressRule: n.AddressRule, Capabilities: n.Capabilities,
	}
}

// source gives a carrier that sells numbers.
func (x *Exchange) source(name string) (carrier.NumberSource, bool) {
	l := x.lanes[name]
	if l == nil || !l.abilities.Has(carrier.Order) {
		return nil, false
	}
	s, ok := l.c.(carrier.NumberSource)
	return s, ok
}

// lists says whether a carrier that sells numbers can be asked which.
func (x *Exchange) lists(name string) bool {
	_, sells := x.source(name)
	return sells && x.lanes[name].abilities.Has(carrier.Search)
}

// over says whether the time of a reservation or quarantine has run out.
func over(n *wirechief.Number, now time.Time) bool {
	return (n.State == wirechief.NumberReserved || n.State == wirechief.NumberAging) && !now.Before(n.Until)
}

// changeOf says in words what a change changes, and whether it does.
func changeOf(before, after *wirechief.Number) (detail string, changed bool) {
	a, b := sansModified(before), sansModified(after)
	return differences(a, b), !bytes.Equal(a, b)
}

// sansModified is a number as a document, without what every change changes.
func sansModified(n *wirechief.Number) []byte {
	if n == nil {
		return nil
	}
	c := *n
	c.ModifiedAt, c.Rev = time.Time{}, 0
	doc, err := json.Marshal(c)
	if err != nil {
		panic("exchange: a number cannot be written as JSON: " + err.Error()) // it holds only plain values
	}
	return doc
}

// sweep frees what has run out, once a second.
func (x *Exchange) sweep(ctx context.Context) { x.everySecond(ctx, x.sweepPassed) }

// sweepSources repeats orders and returns that nobody knows about; carriers
// that are slow to answer keep nothing else waiting.
func (x *Exchange) sweepSources(ctx context.Context) { x.everySecond(ctx, x.sweepAsked) }

func (x *Exchange) everySecond(ctx context.Context, do func(context.Context)) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// SweepNumbers frees reservations and ends quarantines that have run out by
// now, and asks carriers again about orders that they have not confirmed and
// numbers that they have not taken back: after a second first, then ever less
// often. The exchange does so by itself, once a second.
func (x *Exchange) SweepNumbers(ctx context.Context) {
	x.sweepPassed(ctx)
	x.sweepAsked(ctx)
}

// sweepPassed frees what nobody has to be asked about.
func (x *Exchange) sweepPassed(ctx context.Context) {
	for _, n := range x.dir.unsettled() {
		if over(n, x.Now()) && !x.toAsk(n) {
			x.moveOn(ctx, n, x.free)
		}
	}
}

// toAsk says whether the carrier of a number has to be asked before it moves on.
func (x *Exchange) toAsk(n *wirechief.Number) bool {
	_, sells := x.source(n.Carrier)
	return n.State == wirechief.NumberOrdered || n.State == wirechief.NumberAging && sells
}

// sweepAsked asks the carriers, all at once and each about one number after
// another.
func (x *Exchange) sweepAsked(ctx context.Context) {
	due := make(map[string][]*wirechief.Number)
	for _, n := range x.dir.unsettled() {
		if x.toAsk(n) && (n.State == wirechief.NumberOrdered || over(n, x.Now())) && x.recalls.due(n.Number, x.Now()) {
			due[n.Carrier] = append(due[n.Carrier], n)
		}
	}
	var asking sync.WaitGroup
	for _, numbers := range due {
		asking.Go(func() {
			for _, n := range numbers {
				x.ask(ctx, n)
			}
		})
	}
	asking.Wait()
}

// ask moves a number on by what its carrier says.
func (x *Exchange) ask(ctx context.Context, n *wirechief.Number) {
	move := x.free
	if n.State == wirechief.NumberOrdered {
		move = x.confirmAgain
	}
	x.moveOn(ctx, n, move)
	if now := x.dir.number(n.Number); now.State == n.State {
		x.recalls.wait(n.Number, x.Now())
	} else {
		x.recalls.forget(n.Number)
	}
}

func (x *Exchange) moveOn(ctx context.Context, n *wirechief.Number, move func(context.Context, string) error) {
	if ctx.Err() != nil {
		return
	}
	if err := move(ctx, n.Number); err != nil && ctx.Err() == nil && wirechief.KindOf(err) != wirechief.Conflict {
		x.Log.WarnContext(ctx, "a number could not be moved on; trying again", "number", n.Number, "state", n.State, "error", err)
	}
}

// recalls are when carriers are asked again that did not answer.
type recalls struct {
	mu   sync.Mutex
	next map[string]recallOf
}

type recallOf struct {
	at   time.Time
	wait time.Duration
}

// recallMost is how long it is between two questions about a number at most.
const recallMost = 5 * time.Minute

func (p *recalls) due(number string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !now.Before(p.next[number].at)
}

func (p *recalls) wait(number string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = make(map[string]recallOf)
	}
	wait := min(max(2*p.next[number].wait, time.Second), recallMost)
	p.next[number] = recallOf{now.Add(wait), wait}
}

func (p *recalls) forget(number string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.next, number)
}

func (x *Exchange) confirmAgain(ctx context.Context, number string) error {
	defer x.buying.lock(number)()
	return x.confirm(ctx, number)
}

// free makes a number available whose reservation or quarantine is over.
func (x *Exchange) free(ctx context.Context, number string) error {
	defer x.buying.lock(number)()
	return x.freeHeld(ctx, number)
}

// freeHeld is free for who holds the number's lock.
func (x *Exchange) freeHeld(ctx context.Context, number string) error {
	n := x.dir.number(number)
	if n == nil || !over(n, x.Now()) {
		return nil
	}
	s := step{n: vacant(n, wirechief.NumberAvailable), event: wirechief.NumberIsAvailable, who: ourselves(), message: "the quarantine is over"}
	if n.State == wirechief.NumberReserved {
		s.event, s.message = wirechief.NumberWasFreed, "the reservation has run out"
	} else if source, ok := x.source(n.Carrier); ok {
		asked, cancel := context.WithTimeout(ctx, sourceTime)
		defer cancel()
		if err := source.ReleaseNumber(asked, number); err != nil {
			return err
		}
	}
	return x.take(ctx, s)
}
