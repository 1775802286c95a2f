package wirechief

// Patch is the change of one setting: leave it, clear it, or set it. The
// dialects differ in how they say each (an absent key, null, an empty string,
// a magic word); their adapt.go translates into this and nothing else does
// (docs/adr/0002). The zero value leaves the setting alone.
type Patch[T any] struct {
	op    patchOp
	value T
}

type patchOp uint8

const (
	patchLeave patchOp = iota
	patchClear
	patchSet
)

// Set sets to v.
func Set[T any](v T) Patch[T] { return Patch[T]{patchSet, v} }

// Clear sets back to the setting's empty value.
func Clear[T any]() Patch[T] { return Patch[T]{op: patchClear} }

// IsLeave says whether the setting stays as it is.
func (p Patch[T]) IsLeave() bool { return p.op == patchLeave }

// Value gives the new value and whether there is a change at all; a cleared
// setting has the zero value.
func (p Patch[T]) Value() (v T, change bool) { return p.value, p.op != patchLeave }

// Apply changes *to accordingly.
func (p Patch[T]) Apply(to *T) {
	if p.op != patchLeave {
		*to = p.value
	}
}

// WebhookPatch creates or changes a [Webhook].
type WebhookPatch struct {
	Name        string
	Description Patch[string]
	URL         Patch[string]
	DLR         Patch[bool]
	Method      Patch[string]
	Encoding    Patch[string]
}
