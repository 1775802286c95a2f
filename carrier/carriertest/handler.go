package carriertest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// Handler is a [carrier.Handler] that remembers what it was brought and kept.
// The zero value keeps everything.
type Handler struct {
	// InboundFunc and ReceiptFunc decide what is kept; they may wait. They are
	// set before the carrier starts.
	InboundFunc func(wirechief.Inbound) error
	ReceiptFunc func(wirechief.Receipt) error

	mu       sync.Mutex
	texts    []wirechief.Inbound
	receipts []wirechief.Receipt
	changes  []string
	refusals int
	watched  chan struct{} // closed at the next change; nil when nobody waits
}

var _ carrier.Handler = (*Handler)(nil)

// Inbound implements [carrier.Handler].
func (h *Handler) Inbound(_ context.Context, in wirechief.Inbound) error {
	var err error
	if h.InboundFunc != nil {
		err = h.InboundFunc(in)
	}
	h.note(func() {
		if err != nil {
			h.refusals++
			return
		}
		h.texts = append(h.texts, in)
	})
	return err
}

// Receipt implements [carrier.Handler].
func (h *Handler) Receipt(_ context.Context, r wirechief.Receipt) error {
	var err error
	if h.ReceiptFunc != nil {
		err = h.ReceiptFunc(r)
	}
	h.note(func() {
		if err != nil {
			h.refusals++
			return
		}
		h.receipts = append(h.receipts, r)
	})
	return err
}

// Changed implements [carrier.Handler].
func (h *Handler) Changed(name string) {
	h.note(func() { h.changes = append(h.changes, name) })
}

func (h *Handler) note(what func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	what()
	if h.watched != nil {
		close(h.watched)
		h.watched = nil
	}
}

// Texts gives the texts that were kept, oldest first.
func (h *Handler) Texts() []wirechief.Inbound {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.texts)
}

// Receipts gives the receipts that were kept, oldest first.
func (h *Handler) Receipts() []wirechief.Receipt {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.receipts)
}

// Changes gives the names with which Changed was called.
func (h *Handler) Changes() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.changes)
}

// Refusals is how often something was not kept.
func (h *Handler) Refusals() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refusals
}

// Wait waits until what has been brought is as cond wants it; cond is asked
// again after each call of the handler, and may use the other methods.
func (h *Handler) Wait(ctx context.Context, cond func() bool) error {
	for {
		h.mu.Lock()
		if h.watched == nil {
			h.watched = make(chan struct{})
		}
		watched := h.watched
		h.mu.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-watched:
		case <-ctx.Done():
			return fmt.Errorf("%w; the handler has %d texts, %d receipts, %d refusals, %d changes", context.Cause(ctx),
				len(h.Texts()), len(h.Receipts()), h.Refusals(), len(h.Changes()))
		}
	}
}
