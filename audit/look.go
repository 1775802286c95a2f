package audit

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
)

// Server is who changed something that nobody asked for.
const Server = "the server"

// batch is one call of Apply: what it changes so far is before what it changes
// later.
type batch struct {
	ctx     context.Context
	w       *watched
	now     time.Time
	p       wirechief.Principal
	known   bool
	pending map[any]any // what things are by now: documents, or what becomes one; nil: dropped
}

// keys of pending.
type (
	entityOf  struct{ tenant, kind, key string }
	numberOf  struct{ number string }
	contactOf struct {
		tenant string
		id     int64
	}
	bulkOf struct {
		tenant string
		id     int64
	}
	balanceOf struct{ tenant string }
)

// look gives the command as it goes to the store: with its entry when it
// changes something.
func (b *batch) look(c wirechief.Command) (wirechief.Command, error) {
	switch c := c.(type) {
	case wirechief.PutEntity:
		return b.putEntity(c)
	case wirechief.DropEntity:
		return b.dropEntity(c)
	case wirechief.PutNumber:
		return b.putNumber(c)
	case wirechief.SetBalance:
		return b.setBalance(c)
	case wirechief.PutContact:
		return b.document(c, "contact.put", c.Tenant, decimal(c.ID), contactOf{c.Tenant, c.ID}, c.Contact, b.contact)
	case wirechief.DropContact:
		return b.document(c, "contact.delete", c.Tenant, decimal(c.ID), contactOf{c.Tenant, c.ID}, nil, b.contact)
	case wirechief.PutBulk:
		if c.Bulk == nil {
			return c, nil
		}
		return b.document(c, "bulk.put", c.Tenant, decimal(c.ID), bulkOf{c.Tenant, c.ID}, c.Bulk, b.bulk)
	case wirechief.PutOptOuts:
		return b.putOptOuts(c), nil
	case wirechief.ChangeConversation:
		return b.changeConversation(c)
	case wirechief.Forget:
		return b.forget(c), nil
	}
	return c, nil
}

// audited puts an entry around a command.
func (b *batch) audited(c wirechief.Command, action, tenant, subject string, changes []wirechief.AuditChange) wirechief.Command {
	e := wirechief.AuditEntry{
		ID: b.w.IDs.Next(), Tenant: tenant, At: b.now, Who: Server, Action: action, Subject: withoutUser(subject), Changes: changes,
	}
	if b.known {
		e.Who = cmp.Or(b.p.Name, b.p.Dialect, Server)
		e.Agent, e.Via, e.Address = b.p.Agent, b.p.Dialect, b.p.Address
		if isFingerprint(b.p) {
			e.Who = "a token" // its name is a fingerprint, and tells nobody anything
		}
	}
	return wirechief.Audited{Command: c, Entry: e}
}

// isFingerprint says whether the name of a principal is made of its token.
func isFingerprint(p wirechief.Principal) bool {
	return !p.Operator && isDigest(p.Name) && (p.Dialect == wirechief.DialectOwn || p.Dialect == wirechief.DialectZendesk)
}

// document is audited of what is kept as JSON. now is nil of what is removed;
// read gives what is kept before, nil for nothing.
func (b *batch) document(c wirechief.Command, action, tenant, subject string, key, now any, read func(key any) (any, error)) (wirechief.Command, error) {
	before, err := b.before(key, read)
	if err != nil {
		return nil, err
	}
	var after []byte
	if now != nil {
		if after, err = json.Marshal(now); err != nil {
			return nil, err
		}
	}
	b.pending[key] = after
	changes, err := differences(before, after, "")
	if err != nil || len(changes) == 0 {
		return c, err
	}
	return b.audited(c, action, tenant, subject, changes), nil
}

// before gives a document as it is when the turn of a command comes.
func (b *batch) before(key any, read func(key any) (any, error)) ([]byte, error) {
	v, seen := b.pending[key]
	if !seen {
		var err error
		v, err = read(key)
		switch {
		case err != nil && wirechief.KindOf(err) == wirechief.NotFound:
			return nil, nil
		case err != nil:
			return nil, err
		}
	}
	switch v := v.(type) {
	case nil:
		return nil, nil
	case []byte:
		return v, nil
	}
	return json.Marshal(v)
}

func (b *batch) contact(key any) (any, error) {
	k := key.(contactOf)
	return b.w.Contact(b.ctx, k.tenant, k.id)
}

func (b *batch) bulk(key any) (any, error) {
	k := key.(bulkOf)
	return b.w.Bulk(b.ctx, k.tenant, k.id)
}

func (b *batch) number(key any) (any, error) {
	return b.w.Number(b.ctx, key.(numberOf).number)
}

func (b *batch) entity(key any) (any, error) {
	k := key.(entityOf)
	e, err := b.w.Entity(b.ctx, k.tenant, wirechief.EntityKind(k.kind), k.key)
	if err != nil {
		return nil, err
	}
	return e.Doc, nil
}

func (b *batch) putEntity(c wirechief.PutEntity) (wirechief.Command, error) {
	if unwatched(c.Kind) {
		return c, nil
	}
	key := entityOf{c.Tenant, string(c.Kind), c.Key}
	before, err := b.before(key, b.entity)
	if err != nil {
		return nil, err
	}
	b.pending[key] = c.Doc
	changes, err := differences(before, c.Doc, c.Kind)
	if err != nil || len(changes) == 0 && before != nil {
		return c, err
	}
	return b.audited(c, string(c.Kind)+".put", c.Tenant, subjectOf(c.Kind, c.Key, c.Doc), changes), nil
}

func (b *batch) dropEntity(c wirechief.DropEntity) (wirechief.Command, error) {
	if unwatched(c.Kind) {
		return c, nil
	}
	key := entityOf{c.Tenant, string(c.Kind), c.Key}
	before, err := b.before(key, b.entity)
	if err != nil {
		return nil, err
	}
	b.pending[key] = nil
	changes, err := differences(before, nil, c.Kind)
	if err != nil || before == nil { // nothing goes
		return c, err
	}
	return b.audited(c, string(c.Kind)+".delete", c.Tenant, subjectOf(c.Kind, c.Key, before), changes), nil
}

// subjectOf names an entity to people: most by their key. That of a credential
// is made of its fingerprint and its salt.
func subjectOf(kind wirechief.EntityKind, key string, doc []byte) string {
	if kind != wirechief.EntityCredential {
		return key
	}
	var c wirechief.Credential
	if json.Unmarshal(doc, &c) != nil {
		return "credential"
	}
	name := cmp.Or(c.Label, c.Name)
	if c.Label == "" && (c.Dialect == wirechief.DialectOwn || c.Scheme == "bearer") {
		name = "token"
	}
	return c.Dialect + " " + name
}

func (b *batch) putNumber(c wirechief.PutNumber) (wirechief.Command, error) {
	if c.Number == nil {
		return c, nil
	}
	key := numberOf{c.Number.Number}
	_, seen := b.pending[key]
	if c.Rev == 1 && !seen {
		// It is kept for the first time, as very many are at once: what it is to
		// begin with is in the events of the number.
		b.pending[key] = c.Number
		return b.audited(c, "number.change", c.Tenant, key.number, []wirechief.AuditChange{{Field: "state", After: string(c.State)}}), nil
	}
	before, err := b.before(key, b.number)
	if err != nil {
		return nil, err
	}
	b.pending[key] = c.Number
	after, err := json.Marshal(c.Number)
	if err != nil {
		return nil, err
	}
	changes, err := differences(before, after, "")
	if err != nil || len(changes) == 0 {
		return c, err
	}
	tenant := c.Tenant
	if tenant == "" && before != nil { // it goes: its log is that of who had it
		var was wirechief.Number
		if err := json.Unmarshal(before, &was); err != nil {
			return nil, err
		}
		tenant = was.Tenant
	}
	return b.audited(c, "number.change", tenant, c.Number.Number, changes), nil
}

func (b *batch) setBalance(c wirechief.SetBalance) (wirechief.Command, error) {
	key := balanceOf{c.Tenant}
	before, err := b.before(key, func(any) (any, error) {
		all, err := b.w.Balances(b.ctx)
		if err != nil {
			return nil, err
		}
		if old, ok := all[c.Tenant]; ok {
			return []byte(old.String()), nil
		}
		return []byte(nil), nil
	})
	if err != nil {
		return nil, err
	}
	after := c.Balance.String()
	b.pending[key] = []byte(after)
	if string(before) == after {
		return c, nil
	}
	return b.audited(c, "balance.set", c.Tenant, c.Tenant, []wirechief.AuditChange{{Field: "balance", Before: string(before), After: after}}), nil
}

// putOptOuts says of one entry what it is, and of many how many.
func (b *batch) putOptOuts(c wirechief.PutOptOuts) wirechief.Command {
	if len(c.OptOuts) == 0 {
		return c
	}
	first := &c.OptOuts[0]
	subject, changes := first.Handset, []wirechief.AuditChange{
		{Field: "out", After: strconv.FormatBool(first.Out)}, {Field: "number", After: first.Number}, {Field: "reason", After: bounded(first.Reason)},
	}
	if n := len(c.OptOuts); n > 1 {
		out := 0
		for i := range c.OptOuts {
			if c.OptOuts[i].Out {
				out++
			}
		}
		subject = fmt.Sprintf("%d handsets", n)
		changes = []wirechief.AuditChange{{Field: "out", After: strconv.Itoa(out)}, {Field: "in", After: strconv.Itoa(n - out)}}
	}
	changes = slices.DeleteFunc(changes, func(ch wirechief.AuditChange) bool { return ch.After == "" })
	tenant := first.Tenant
	if b.known && !b.p.Operator && b.p.Tenant != "" {
		tenant = b.p.Tenant // what somebody does is in the log of their own tenant
	}
	return b.audited(c, "optout.put", tenant, subject, changes)
}

// changeConversation is about what people decide: that somebody has read a
// conversation, or that a rule answered, is not.
func (b *batch) changeConversation(c wirechief.ChangeConversation) (wirechief.Command, error) {
	if c.Archived == nil && c.Assignee == nil && c.Labels == nil {
		return c, nil
	}
	old, err := b.w.Conversation(b.ctx, c.Key)
	if wirechief.KindOf(err) == wirechief.NotFound {
		return c, nil // the store says so
	}
	if err != nil {
		return nil, err
	}
	var changes []wirechief.AuditChange
	if c.Archived != nil && *c.Archived != old.Archived {
		changes = append(changes, wirechief.AuditChange{Field: "archived", Before: strconv.FormatBool(old.Archived), After: strconv.FormatBool(*c.Archived)})
	}
	if c.Assignee != nil && *c.Assignee != old.Assignee {
		changes = append(changes, wirechief.AuditChange{Field: "assignee", Before: decimal(old.Assignee), After: decimal(*c.Assignee)})
	}
	if c.Labels != nil && !slices.Equal(*c.Labels, old.Labels) {
		changes = append(changes, wirechief.AuditChange{Field: "labels", Before: strings.Join(old.Labels, ", "), After: strings.Join(*c.Labels, ", ")})
	}
	if len(changes) == 0 {
		return c, nil
	}
	return b.audited(c, "conversation.change", old.Tenant, old.Number+" "+old.Peer, changes), nil
}

// forget is noted of people: what the retention rules of a tenant do each hour
// is in the conversations.
func (b *batch) forget(c wirechief.Forget) wirechief.Command {
	if !b.known {
		return c
	}
	action, subject := "messages.redact", "before "+c.Before.UTC().Format(time.RFC3339)
	if c.Remove {
		action = "messages.remove"
	}
	if c.Conversation != 0 {
		subject = "conversation " + decimal(c.Conversation)
	}
	if c.Peer != "" {
		subject = "peer " + c.Peer
	}
	if c.MediaOnly {
		subject += ", files only"
	}
	return b.audited(c, action, c.Tenant, subject, nil)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
