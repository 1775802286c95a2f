package exchange

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// The suppression list is the opt-out ledger as people see and change it: what
// handsets said themselves, and what people and imports put there, for one
// number or with "" for all numbers of the tenant. The two are kept apart: a
// handset's START does not lift what a person wanted, and a person lifts what a
// handset said only with a reason, which the audit log keeps.

// Limits of the suppression list.
const (
	SuppressMost  = 200_000 // handsets in one call or file
	suppressBatch = 500     // that are put on disk at a time
	suppressNotes = 50      // changes up to which conversations are told
)

// SuppressionFilter selects entries of the suppression list.
type SuppressionFilter struct {
	Tenant  string  // the principal's own; the operator names one
	Number  *string // of ours, "" for the entries of all numbers; nil: any
	Handset string  // the beginning of it; "" any
	// Own selects the entries of handsets' own words, or those of people; nil: both.
	Own *bool
}

// Suppressions lists the suppression list in order of handset and number, up to
// limit entries (1 to 1000; 0: 100) after a cursor, "" for the beginning. next
// is the cursor of the following page, "" when there is none; total counts what
// the filter selects.
func (x *Exchange) Suppressions(_ context.Context, p wirechief.Principal, f SuppressionFilter, after string, limit int) (list []wirechief.OptOut, next string, total int, err error) {
	const op = "suppression.list"
	if err := mayOf(p, wirechief.RightRead); err != nil {
		err.Op = op
		return nil, "", 0, err
	}
	if !own(p, &f.Tenant) || x.dir.tenant(f.Tenant) == nil {
		return nil, "", 0, noTenant(op)
	}
	limit = min(cmp.Or(max(limit, 0), 100), 1000)
	list = []wirechief.OptOut{}
	for _, o := range x.dir.ledgerOf(f.Tenant) {
		if f.Number != nil && o.Number != *f.Number || !strings.HasPrefix(o.Handset, f.Handset) || f.Own != nil && saidStop(o) != *f.Own {
			continue
		}
		total++
		switch {
		case cursorOf(o) <= after && after != "":
		case len(list) < limit:
			list = append(list, o)
		case next == "":
			next = cursorOf(list[limit-1])
		}
	}
	return list, next, total, nil
}

// cursorOf orders entries by handset and number. (A blank sorts before digits.)
func cursorOf(o wirechief.OptOut) string { return o.Handset + " " + o.Number }

// Suppress puts handsets on the suppression list of the principal's tenant: of
// each entry Number, Handset and Reason count. A person needs the right to
// settings. All entries are judged before the first is kept. It gives how many
// were not there as they are now.
func (x *Exchange) Suppress(ctx context.Context, p wirechief.Principal, list []wirechief.OptOut) (changed int, err error) {
	const op = "suppression.put"
	if err := x.maySuppress(p, len(list)); err != nil {
		err.Op = op
		return 0, err
	}
	list = slices.Clone(list)
	for i := range list {
		if err := x.judgeSuppression(p.Tenant, &list[i]); err != nil {
			err.Op = op
			return 0, err
		}
	}
	changed, err = x.changeLedger(ctx, p, list, len(list) <= suppressNotes, x.suppressed)
	return changed, err
}

// Unsuppress takes handsets off the suppression list: of each entry Number,
// Handset and Reason count. What a handset said itself is lifted only with a
// Reason, as that it asked by telephone; a toll-free network has to be told by
// the handset in any case. An entry that is not there is an error of kind
// NotFound, and then nothing is changed.
func (x *Exchange) Unsuppress(ctx context.Context, p wirechief.Principal, list []wirechief.OptOut) (changed int, err error) {
	const op = "suppression.delete"
	if err := x.maySuppress(p, len(list)); err != nil {
		err.Op = op
		return 0, err
	}
	list = slices.Clone(list)
	for i := range list {
		o := &list[i]
		there, ok := x.dir.listed(p.Tenant, o.Number, o.Handset)
		if !ok {
			return 0, &wirechief.Error{Op: op, Kind: wirechief.NotFound, Rule: wirechief.RuleReference, Field: "handset", Message: o.Handset + " is not on the suppression list" + ofNumber(o.Number)}
		}
		if err := judgeText("reason", o.Reason, maxReference); err != nil {
			err.Op = op
			return 0, err
		}
		if saidStop(there) && strings.TrimSpace(o.Reason) == "" {
			e := wirechief.InvalidField("reason", "%s opted out itself with %s; say why you lift that: the audit log keeps it", o.Handset, cmp.Or(there.Word, "its own text"))
			e.Op, e.Rule = op, wirechief.RuleOptOut
			return 0, e
		}
	}
	return x.changeLedger(ctx, p, list, len(list) <= suppressNotes, func(there, o wirechief.OptOut) (wirechief.OptOut, bool) {
		o.Word = there.Word // what the handset said is taken back, too
		return o, true
	})
}

func ofNumber(number string) string {
	if number == "" {
		return ""
	}
	return " of " + number
}

// maySuppress asks whether the principal may change the list at all.
func (x *Exchange) maySuppress(p wirechief.Principal, n int) *wirechief.Error {
	switch {
	case x.dir.tenant(p.Tenant) == nil:
		return &wirechief.Error{Kind: wirechief.NotFound, Field: "tenant", Message: "there is no such tenant"}
	case n == 0:
		return wirechief.InvalidField("handset", "a handset is needed")
	case n > SuppressMost:
		return wirechief.InvalidField("handset", "%d handsets are too many: at most %d at once", n, SuppressMost)
	}
	return mayOf(p, wirechief.RightSettings)
}

// judgeSuppression looks at one entry and brings its numbers into their form.
func (x *Exchange) judgeSuppression(tenant string, o *wirechief.OptOut) *wirechief.Error {
	o.Handset, o.Number = strings.TrimSpace(o.Handset), strings.TrimSpace(o.Number)
	if !e164.IsShortCode(o.Handset) {
		n, err := e164.Parse(o.Handset, "")
		if err != nil {
			return wirechief.InvalidField("handset", "%q is neither a number such as +13105551212 nor a short code", o.Handset)
		}
		o.Handset = n
	}
	if o.Number != "" {
		n := x.dir.number(o.Number)
		if n == nil || n.Tenant != tenant {
			return wirechief.InvalidField("number", "%q is not a number of yours, such as +13109060901; leave it empty for all of them", o.Number)
		}
	}
	return judgeText("reason", o.Reason, maxReference)
}

// suppressed adds what a person wants to what is there: the handset's own word
// stays beside it.
func (x *Exchange) suppressed(there, o wirechief.OptOut) (wirechief.OptOut, bool) {
	if there.Out && there.By != "" && (o.Reason == "" || o.Reason == there.Reason) {
		return o, false
	}
	o.Out = true
	if there.Word != "" {
		o.Word, o.At = there.Word, there.At
	}
	return o, true
}

// changeLedger keeps changes of the ledger, batch by batch. change gets what is
// there (the zero entry for nothing) and what is wanted, and gives what is to be.
func (x *Exchange) changeLedger(ctx context.Context, p wirechief.Principal, list []wirechief.OptOut, note bool, change func(there, o wirechief.OptOut) (wirechief.OptOut, bool)) (changed int, err error) {
	ctx = wirechief.WithPrincipal(ctx, p)
	slices.SortFunc(list, func(a, b wirechief.OptOut) int { return strings.Compare(ledgerKey(a), ledgerKey(b)) })
	list = slices.CompactFunc(list, func(a, b wirechief.OptOut) bool { return ledgerKey(a) == ledgerKey(b) })
	for batch := range slices.Chunk(list, suppressBatch) {
		n, err := x.changeLedgerBatch(ctx, p, batch, note, change)
		changed += n
		if err != nil {
			return changed, err
		}
	}
	x.Log.InfoContext(ctx, "the suppression list was changed", "tenant", p.Tenant, "count", changed, "by", x.by(p))
	return changed, nil
}

// ledgerKey is what the ledger is locked by, as for what handsets say.
func ledgerKey(o wirechief.OptOut) string { return o.Number + " " + o.Handset }

func (x *Exchange) changeLedgerBatch(ctx context.Context, p wirechief.Principal, batch []wirechief.OptOut, note bool, change func(there, o wirechief.OptOut) (wirechief.OptOut, bool)) (int, error) {
	for _, o := range batch { // in order, so that two of us cannot wait for each other
		defer x.ledger.lock(ledgerKey(o))()
	}
	now := x.Now()
	who := cmp.Or(p.Name, x.by(p))
	if isFingerprint(p.Name) {
		who = x.by(p)
	}
	var put wirechief.PutOptOuts
	count := 0
	for _, o := range batch {
		there, _ := x.dir.listed(p.Tenant, o.Number, o.Handset)
		o.Tenant, o.Word, o.By, o.At, o.Out = p.Tenant, "", who, now, false
		is, differs := change(there, o)
		if !differs {
			continue
		}
		put.OptOuts = append(put.OptOuts, is)
		count++
	}
	if count == 0 {
		return 0, nil
	}
	commands := []wirechief.Command{put}
	if note {
		commands = append(commands, x.ledgerNotes(ctx, put.OptOuts)...)
	}
	results, err := x.Store.Apply(ctx, commands...)
	if err == nil {
		err = results[0].Err
	}
	if err != nil {
		return 0, err
	}
	x.dir.putOptOuts(put.OptOuts)
	return count, nil
}

// ledgerNotes tells the conversations with the handsets what a person did.
// What cannot be read or noted is left out: the list counts, not the note.
func (x *Exchange) ledgerNotes(ctx context.Context, list []wirechief.OptOut) (out []wirechief.Command) {
	for _, o := range list {
		f := wirechief.ConversationFilter{Tenant: o.Tenant, Peer: o.Handset, Limit: 50}
		if o.Number != "" {
			f.Numbers = []string{o.Number}
		}
		conversations, err := x.Store.Conversations(ctx, f)
		if err != nil {
			x.Log.WarnContext(ctx, "a change of the suppression list is not noted in conversations", "tenant", o.Tenant, "error", err)
			return out
		}
		kind := wirechief.EntryOptIn
		if o.Out {
			kind = wirechief.EntryOptOut
		}
		for _, c := range conversations {
			out = append(out, wirechief.ChangeConversation{Key: c.ConversationKey, Entries: []wirechief.Entry{
				{ID: x.IDs.Next(), Kind: kind, Who: o.By, Text: o.Reason, At: o.At},
			}})
		}
	}
	return out
}
