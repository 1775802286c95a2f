package wirechief

import "time"

// NumberEventType says what happened to a number.
type NumberEventType string

// The events of a number's life.
const (
	NumberWasReserved NumberEventType = "reserved"
	NumberWasExtended NumberEventType = "extended" // the reservation
	NumberWasFreed    NumberEventType = "freed"    // the reservation ended without an order
	NumberWasOrdered  NumberEventType = "ordered"
	NumberWasRefused  NumberEventType = "refused" // by the carrier, after it was ordered
	NumberIsOwed      NumberEventType = "pending" // an address is owed
	NumberIsActive    NumberEventType = "in_service"
	NumberWasChanged  NumberEventType = "changed"
	NumberWasReleased NumberEventType = "released"
	NumberWasRestored NumberEventType = "restored" // had back out of quarantine
	NumberIsAvailable NumberEventType = "available"
)

// NumberEvent is one change of a number: the proof of who did what and when.
type NumberEvent struct {
	ID      int64           `json:"id"`
	At      time.Time       `json:"at"`
	Number  string          `json:"number"`
	Tenant  string          `json:"tenant,omitempty"` // whose it was or became
	Type    NumberEventType `json:"type"`
	By      string          `json:"by"`                // "bulkvs/acme", "operator", "state file", "wirechief" for ourselves
	Detail  string          `json:"detail,omitempty"`  // what changed, as "name=…, campaign=…"; secrets left out
	Message string          `json:"message,omitempty"` // why, for a person
}

// NumberEventFilter selects events for a listing, newest first.
type NumberEventFilter struct {
	Tenant string // empty: every tenant
	Number string
	Before int64
	Limit  int // 1 to 1000; 0: 50
}

// Reservation holds numbers for a buyer. It is bound to its tenant.
type Reservation struct {
	Token   string    `json:"token"`
	Tenant  string    `json:"tenant"`
	Numbers []string  `json:"numbers"`
	Until   time.Time `json:"until"`
}

// OrderRequest asks to buy a number. One of Number and Token is needed.
type OrderRequest struct {
	Tenant string
	Number string // E.164; with a Token, one of the reservation's
	Token  string // of a reservation, or of a quote (see exchange.Quote)
	// Address is the id of the address to show. With PickAddress and none given,
	// the first of the tenant's that fits is taken, where one is needed.
	Address     int64
	PickAddress bool
	Property    string // empty: the tenant's first
	// MayOwe lets the order stand without a fitting address: the number is
	// pending until it has one. Otherwise the order is refused.
	MayOwe bool
	// Settings are applied at once; SMS, MMS and Voice that are left alone are
	// switched on where the number can.
	Settings NumberPatch
	// Defaults gives what is applied before Settings and depends on the number;
	// nil: nothing is.
	Defaults func(n Number) NumberPatch
}

// NumberFilter selects numbers of a tenant.
type NumberFilter struct {
	Tenant string // the operator may ask for any; empty: all
	// States that are asked for; none: those that are owned.
	States       []NumberState
	Types        []NumberType
	Capabilities Capabilities // all of them
	Property     string
	Unassigned   bool // with Property: those without one, too
	Campaign     string
	Webhook      string
	Tag          string
	Text         string // in number, name, tags, notes or reference, any case
	NANP         bool   // only those of the North American plan
	Newest       bool   // by activation, newest first; else by the digits
	After        string // those that come after it by the digits; empty: all
	Limit        int    // 0: all
	Offset       int
}

// OfferSource is an inventory that offers were read from: an entry of the
// state file. Blocks are in the form of package offer.
type OfferSource struct {
	Name        string   // what tells it from the others
	Fingerprint [32]byte // of what it was read from
	Count       int
	Blocks      [][]byte
}
