package wirechief

import (
	"context"
	"io"
	"time"
)

// Store keeps everything (docs/adr/0004). Apply is its only write path; reads
// are ordinary methods, split by aggregate. storetest defines what a store is.
type Store interface {
	// Apply makes the commands durable and returns one result for each, in
	// order. Commands of one call are applied in order and in one commit,
	// together with those of other callers that wait at the same time. A
	// command that cannot be applied has its reason in its own Result.Err and
	// has changed nothing; its neighbours are not affected. An error of Apply
	// itself (kind Unavailable, rule RuleStore) means that nothing of the call
	// is certain to have been kept, and that nothing may be acknowledged.
	//
	// Commands and what they point to belong to the store until Apply returns.
	Apply(ctx context.Context, commands ...Command) ([]Result, error)

	MessageReader
	DeliveryReader
	DirectoryReader
	ConversationReader
	ContactReader
	AuditReader
	BulkReader
	TallyReader

	// Backup writes a consistent copy of everything while the store is in use.
	Backup(ctx context.Context, w io.Writer) error
	// Check says whether the store can be written to just now.
	Check(ctx context.Context) error
	Close() error
}

// MessageReader reads messages and what belongs to their way.
type MessageReader interface {
	Message(ctx context.Context, key MessageKey) (*Message, error) // kind NotFound
	Messages(ctx context.Context, f MessageFilter) ([]*Message, error)
	// Queued gives the messages of a carrier's queue in order of Queue.At,
	// then id, from the front.
	Queued(ctx context.Context, lane string, limit int) ([]*Message, error)
	QueueDepths(ctx context.Context) (map[string]Depth, error)
	// Scheduled counts what waits in queues until a time after an instant, in no
	// order.
	Scheduled(ctx context.Context, after time.Time) ([]Scheduled, error)
	// CountSent counts the messages from a number since an instant, those
	// suppressed or canceled left out.
	CountSent(ctx context.Context, tenant, from string, since time.Time) (int, error)
	// InFlight gives, for each carrier, what its last SetInFlight named.
	InFlight(ctx context.Context) (map[string][]MessageKey, error)
	Parts(ctx context.Context) ([]StoredPart, error)
	// Answer gives what was answered under an idempotency key, nil when
	// nothing was (or it is older than a day).
	Answer(ctx context.Context, tenant, key string) (*Answer, error)
	MediaByToken(ctx context.Context, token string) (*Media, error) // kind NotFound
	// UnmatchedReceipts gives the newest receipts that match no message.
	UnmatchedReceipts(ctx context.Context, limit int) ([]Receipt, error)
}

// LaneMedia is the queue of messages whose media have to be fetched before a
// carrier can have them.
const LaneMedia = "\x00media"

// DeliveryReader reads deliveries.
type DeliveryReader interface {
	Delivery(ctx context.Context, key DeliveryKey) (*Delivery, error) // kind NotFound
	Deliveries(ctx context.Context, f DeliveryFilter) ([]*Delivery, error)
	// Pending gives the pending deliveries of a lane in order of NextAt, then
	// id, from the front.
	Pending(ctx context.Context, lane Lane, limit int) ([]*Delivery, error)
	// PendingLanes gives the depth of each lane that has pending deliveries.
	PendingLanes(ctx context.Context) (map[Lane]Depth, error)
}

// Depth is how much waits in a queue.
type Depth struct {
	Count  int
	Oldest time.Time // CreatedAt of the oldest
}

// Scheduled is how many messages of a tenant wait in a queue for one minute.
type Scheduled struct {
	Lane   string
	Tenant string
	Minute time.Time // its beginning
	Count  int
}

// DirectoryReader reads what is configured. The exchange reads all of it once
// at start and keeps it in memory.
type DirectoryReader interface {
	Entities(ctx context.Context, kind EntityKind) ([]Entity, error)
	Entity(ctx context.Context, tenant string, kind EntityKind, key string) (*Entity, error) // kind NotFound
	Number(ctx context.Context, number string) (*Number, error)                              // kind NotFound
	Numbers(ctx context.Context) ([]*Number, error)
	NumberEvents(ctx context.Context, f NumberEventFilter) ([]NumberEvent, error)
	// OfferSources lists the sources of offers without their blocks.
	OfferSources(ctx context.Context) ([]OfferSource, error)
	OfferBlocks(ctx context.Context, source string) ([][]byte, error)
	OptOuts(ctx context.Context) ([]OptOut, error)
	Balances(ctx context.Context) (map[string]Money, error)
	LastID(ctx context.Context) (int64, error) // the highest id in use
}

// EntityKind names a kind of configured thing.
type EntityKind string

// The kinds. Doc is the JSON form of the type of the same name, where there
// is one, else what the state file says, kept until something reads it.
const (
	EntityTenant     EntityKind = "tenant"
	EntityCredential EntityKind = "credential"
	EntityCampaign   EntityKind = "campaign"
	EntityWebhook    EntityKind = "webhook"
	EntityProperty   EntityKind = "property"
	EntityAgent      EntityKind = "agent"
	EntityGroup      EntityKind = "group"
	EntityBrand      EntityKind = "brand"
	EntitySchedule   EntityKind = "schedule"
	EntityAddress    EntityKind = "address"
	EntityFlow       EntityKind = "flow"
	EntityGreeting   EntityKind = "greeting"
	EntityIVR        EntityKind = "ivr"
	EntityLine       EntityKind = "digital_line"
	EntityLogin      EntityKind = "online_login"
	EntityVoice      EntityKind = "account_voice"
	EntityCallback   EntityKind = "callback_request"
	EntityLease      EntityKind = "lease"
	EntityTemplate   EntityKind = "template"
	EntitySession    EntityKind = "session" // Key: the hash of its token
	EntityKeyUse     EntityKind = "key_use" // when a credential was last used; Key: that of the credential
	EntityEndpoint   EntityKind = "endpoint"
	EntitySigning    EntityKind = "signing" // the secret that what goes to a destination is signed with
	EntityPause      EntityKind = "pause"   // a paused carrier (tenant "") or destination; Key names it
	EntitySecret     EntityKind = "secret"  // of the installation (tenant ""), made at its first start
)

// Entity is a configured thing: a document under tenant, kind and key.
type Entity struct {
	Tenant string
	Kind   EntityKind
	Key    string
	Doc    []byte
}

// Command is one change. The types are a closed set, all below.
type Command interface{ command() }

// Result is what came of one command.
type Result struct {
	Err error // why it was not applied; an *Error
	// Message, of Record and Correlate, is the message as it now stands. Its
	// Events may be only those that were added.
	Message    *Message
	Deliveries []*Delivery // Accept, Record, Correlate: those that were inserted
	Answer     *Answer     // Accept: the answer that an earlier request under the key got
	Parked     bool        // Correlate: matches nothing yet
	Count      int         // Redeliver, Purge, Forget: how many it was
	Left       int         // Forget: how many messages, and rows of bulk sends, still wait and were left as they are
}

// Planner says which deliveries follow from events of a message. It runs
// inside the commit of those events, so that both are kept or neither; it must
// be quick and must not wait for anything.
type Planner func(m *Message, added []Event) []*Delivery

// Accept inserts new messages, out or in, with their first events.
type Accept struct {
	Messages   []*Message
	Deliveries []*Delivery
	Answer     *Answer // kept under its idempotency key
	Debit      *Debit
	Joined     *PartKey // the parts that the message was joined from: removed
	OptOuts    []OptOut // changes of the ledger that the message causes
	Entities   []Entity // put with the messages: leases
	Entries    []Entry  // put into conversations
	// Replied says that the first message causes an automatic reply: its
	// conversation keeps when.
	Replied bool
}

// Answer is what was answered to a request with an idempotency key.
type Answer struct {
	Tenant      string
	Key         string   // 1 to 255 characters
	Fingerprint [32]byte // of the request: the same key with another body is refused
	Body        []byte   // what the exchange needs to give the same answer again
	At          time.Time
}

// Debit takes money from a metered tenant; the command fails with kind
// Forbidden and RuleFunds when there is less.
type Debit struct {
	Tenant string
	Amount Money
}

// OptOut is an entry of the opt-out ledger, the suppression list: the handset
// does not want texts from the number, or from any number of the tenant.
//
// There is one entry a tenant, number and handset, and two things may stand in
// it. Word is what the handset said itself: it belongs to number and handset, and
// holds whoever has the number, now and later. By and Reason are what a person or
// an import of the tenant wanted: they belong to the tenant, hold while it has
// the number, and no other tenant sees them or is kept from sending by them.
//
// An entry with Out false takes back what it names: with Word, what the handset
// said, in the entries of all tenants; with By, what people entered, in that of
// its tenant alone; with both or neither, both. What is then empty goes.
type OptOut struct {
	Tenant  string
	Number  string // ours; "" for all numbers of the tenant
	Handset string
	Out     bool   // false: see above
	Word    string // that the handset sent; "" when only a person or an import did it
	Reason  string // in words, of a person or an import
	By      string // who; "" for the handset itself
	At      time.Time
}

// PutOptOuts changes the ledger without a message.
type PutOptOuts struct{ OptOuts []OptOut }

// Record appends events to a message and says where it then waits.
type Record struct {
	Key MessageKey
	// Message is the message as it stands in the store, from a caller that
	// alone can change it now, as a lane can with what it has claimed: it saves
	// the read. nil: the store reads it.
	Message *Message
	Events  []Event
	Queue   *Queue      // nil: stays where it is
	Media   []MediaItem // replaces the media when not nil
	// Text replaces the text when not nil: of an inbound message whose text came
	// as a file. Encoding and segments follow from it.
	Text *string
	// Only refuses (kind Conflict) unless the message has one of the statuses; empty: any.
	Only []Status
	// Plan says what follows, also from receipts that came too early and are
	// matched by this command; nil: nothing.
	Plan Planner
}

// Correlate applies a receipt to the message that has its carrier id, or
// parks it until one has.
type Correlate struct {
	Receipt Receipt
	Plan    Planner
}

// SetInFlight says which messages a carrier may have got without our knowing
// its answer yet. It replaces what was said before; the last one in a commit counts.
type SetInFlight struct {
	Carrier  string
	Messages []MessageKey
}

// PutPart keeps one part of a long text until the others are there. A part
// that is there already stays as it is; Result.Err then has kind Conflict.
type PutPart struct{ StoredPart }

// PartKey names a text whose parts are awaited.
type PartKey struct {
	Shard    Shard
	Carrier  string
	From, To string
	Ref      int
	Total    int
	Since    int64 // id made when the first part came: tells reused references apart
}

// StoredPart is a part on disk.
type StoredPart struct {
	PartKey
	Seq  int
	Text string
	Raw  string
	At   time.Time // when it came
}

// Attempted appends an attempt to a delivery and says where it then stands.
type Attempted struct {
	Key DeliveryKey
	// Delivery is what the attempt was at, as it stood before, from a caller
	// who has it at hand: for those who watch what is applied. Stores go by Key.
	Delivery *Delivery
	Attempt  *Attempt // nil: only the status changes
	Status   DeliveryStatus
	NextAt   time.Time
	Tries    int
}

// Redeliver makes deliveries pending again, with a fresh schedule. What was
// redacted has nothing left to send: the filter leaves it out, and a key of such
// a delivery is refused (kind Conflict, RuleState).
type Redeliver struct {
	Filter DeliveryFilter // Status and Limit as in a listing
	Keys   []DeliveryKey  // these, when not empty
	At     time.Time
	Status DeliveryStatus // new status; empty: pending
}

// PutEntity inserts or replaces.
type PutEntity struct{ Entity }

// DropEntity removes; kind NotFound when it is not there.
type DropEntity struct{ Entity }

// PutNumber inserts or replaces a number. It fails with kind Conflict when
// the number is another tenant's, and when its Rev, if it has one, does not
// follow on the Rev that is kept (0 where the number is not kept yet): of two
// who change the same number at once, one learns that the other was first.
type PutNumber struct {
	*Number
	Event *NumberEvent // kept with it; nil: none
	Debit *Debit       // taken with it, or the command fails as that of an Accept does
}

// PutOffers replaces what is kept of a source of offers.
type PutOffers struct{ OfferSource }

// DropOffers forgets a source of offers; kind NotFound when there is none.
type DropOffers struct{ Source string }

// SetBalance sets the balance of a metered tenant.
type SetBalance struct {
	Tenant  string
	Balance Money
}

// PutMedia keeps the record of a media file.
type PutMedia struct{ *Media }

// Media is a file under /media/.
type Media struct {
	Token     string // unguessable
	Tenant    string
	Message   int64
	Ext       string // ".jpg"
	Type      string
	Size      int64
	CreatedAt time.Time
	ExpiresAt time.Time
}

// Purge removes what has outlived its use: answers of idempotency keys,
// media records, unmatched receipts and tallies from before. A time that is zero
// removes nothing.
type Purge struct {
	Answers  time.Time
	Media    time.Time
	Receipts time.Time
	Minutes  time.Time // tallies by the minute
	Hours    time.Time // tallies by the hour
}

func (Accept) command()      {}
func (Record) command()      {}
func (Correlate) command()   {}
func (SetInFlight) command() {}
func (PutPart) command()     {}
func (Attempted) command()   {}
func (Redeliver) command()   {}
func (PutEntity) command()   {}
func (DropEntity) command()  {}
func (PutNumber) command()   {}
func (PutOffers) command()   {}
func (DropOffers) command()  {}
func (SetBalance) command()  {}
func (PutMedia) command()    {}
func (Purge) command()       {}

func (ChangeConversation) command() {}
func (PutContact) command()         {}
func (DropContact) command()        {}
func (PutOptOuts) command()         {}
func (PutAudit) command()           {}
func (PutBulk) command()            {}
func (AddTallies) command()         {}
func (Forget) command()             {}
