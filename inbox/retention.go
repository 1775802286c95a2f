package inbox

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
)

// When the retention sweep comes.
const (
	sweepAfter = time.Minute // from the start: not while everything else begins
	sweepEvery = 24 * time.Hour
	// How long tallies are kept: by the minute for what one looks into, by the
	// hour to compare years.
	keepMinutes = 60 * 24 * time.Hour
	keepHours   = 3 * 366 * 24 * time.Hour
)

// retention is the sweep's life.
type retention struct {
	begin, stop sync.Once
	cancel      context.CancelFunc
	running     sync.WaitGroup
}

// Start begins to sweep: a minute after the start, then once a day.
func (d *Desk) Start(context.Context) error {
	d.retention.begin.Do(func() {
		life, cancel := context.WithCancel(context.Background())
		d.retention.cancel = cancel
		d.retention.running.Go(func() { d.sweepNowAndThen(life) })
	})
	return nil
}

// Stop ends the sweep; one that is under way ends with the command that it is at.
func (d *Desk) Stop(context.Context) error {
	d.retention.stop.Do(func() {
		d.retention.begin.Do(func() {}) // it cannot be started any more
		if d.retention.cancel != nil {
			d.retention.cancel()
			d.retention.running.Wait()
		}
	})
	return nil
}

func (d *Desk) sweepNowAndThen(ctx context.Context) {
	timer := time.NewTimer(sweepAfter)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := d.Sweep(ctx); err != nil && ctx.Err() == nil {
			d.log.WarnContext(ctx, "what is to be kept no longer could not be removed; trying again tomorrow", "error", err)
		}
		timer.Reset(sweepEvery)
	}
}

// Sweep redacts and removes, for every tenant, what is older than its
// [wirechief.Retention] says, and keeps an entry in the audit log that says of
// how many messages. A tenant that cannot be swept keeps no other from it; the
// error is the first.
//
// What reports count goes by the same clock, for every tenant: minutes after two
// months, hours after three years. The audit log is kept: it is what proves who
// did what, and its entries hold no texts.
func (d *Desk) Sweep(ctx context.Context) error {
	now := d.now()
	if _, err := d.apply(ctx, wirechief.Purge{Minutes: now.Add(-keepMinutes), Hours: now.Add(-keepHours)}); err != nil {
		return err
	}
	entities, err := d.store.Entities(ctx, wirechief.EntityTenant)
	if err != nil {
		return err
	}
	var first error
	for _, e := range entities {
		var t wirechief.Tenant
		if err := json.Unmarshal(e.Doc, &t); err != nil {
			d.log.ErrorContext(ctx, "a tenant cannot be read, and is not swept", "tenant", e.Key, "error", err)
			continue
		}
		if t.Retention == (wirechief.Retention{}) {
			continue
		}
		if err := d.sweepTenant(ctx, &t); err != nil {
			if first == nil {
				first = err
			}
			d.log.WarnContext(ctx, "a tenant could not be swept", "tenant", t.ID, "error", err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return first
}

// sweepTenant removes first, so that nothing is redacted only to be removed.
// Nobody is the principal: one entry for the sweep says more than one a command.
func (d *Desk) sweepTenant(ctx context.Context, t *wirechief.Tenant) error {
	now := d.now().UTC()
	entry := wirechief.AuditEntry{ID: d.ids.Next(), Tenant: t.ID, At: now, Who: server, Action: "retention.swept", Subject: t.ID}
	var failed error
	for _, s := range []struct {
		field string
		kept  time.Duration
		wirechief.Forget
	}{
		{"messages", t.Retention.Messages, wirechief.Forget{Remove: true}},
		{"texts", t.Retention.Texts, wirechief.Forget{}},
		{"media", t.Retention.Media, wirechief.Forget{MediaOnly: true}},
	} {
		if s.kept <= 0 || failed != nil {
			continue
		}
		s.Tenant, s.Before = t.ID, now.Add(-s.kept)
		results, err := d.apply(ctx, s.Forget)
		if err != nil {
			failed = err
			continue
		}
		entry.Changes = append(entry.Changes, wirechief.AuditChange{Field: s.field, After: strconv.Itoa(results[0].Count)})
		if n := results[0].Left; n > 0 {
			// A destination that is paused for good keeps them for good: here it shows.
			entry.Changes = append(entry.Changes, wirechief.AuditChange{Field: s.field + " left, for they wait", After: strconv.Itoa(n)})
		}
	}
	if len(entry.Changes) > 0 {
		if _, err := d.apply(ctx, wirechief.PutAudit{AuditEntry: entry}); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// server is who does what nobody asked for.
const server = "the server"
