package wirechief

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// Shard is the small first part of every key of a tenant's data, so that
// tenants can be spread over machines without rewriting keys.
type Shard uint16

// Shards is how many shards there are, fixed for good.
const Shards = 1024

// ShardOf gives the shard of a tenant.
func ShardOf(tenant string) Shard {
	h := fnv.New32a()
	h.Write([]byte(tenant))
	return Shard(h.Sum32() % Shards)
}

// Money is an amount in millionths of the currency unit; the currency is the
// installation's own affair.
type Money int64

// ParseMoney reads a decimal such as "250.00" or "-0.004", exact to six places.
func ParseMoney(s string) (Money, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, frac, _ := strings.Cut(digits, ".")
	if whole == "" || len(frac) > 6 || len(whole) > 12 {
		return 0, InvalidField("amount", "%q is not an amount such as 250.00 with at most six places", s)
	}
	n, err := strconv.ParseUint(whole+frac+"000000"[len(frac):], 10, 63)
	if err != nil {
		return 0, InvalidField("amount", "%q is not an amount such as 250.00", s)
	}
	if negative {
		return -Money(n), nil
	}
	return Money(n), nil
}

// String writes the amount with at least two places.
func (m Money) String() string {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	s := fmt.Sprintf("%s%d.%06d", sign, m/1e6, m%1e6)
	for strings.HasSuffix(s, "0") && s[len(s)-3] != '.' {
		s = s[:len(s)-1]
	}
	return s
}

// MarshalText writes the decimal form.
func (m Money) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the decimal form.
func (m *Money) UnmarshalText(b []byte) error {
	v, err := ParseMoney(string(b))
	*m = v
	return err
}

// Tenant is an account: whoever owns numbers.
type Tenant struct {
	ID              string `json:"id"`
	Name            string `json:"name,omitempty"`
	Metered         bool   `json:"metered,omitempty"` // sends only while the balance lasts
	Rates           Rates  `json:"rates"`
	RequireCampaign bool   `json:"require_campaign"`         // NANP long codes send only with an approved campaign
	QuietHours      string `json:"quiet_hours,omitempty"`    // "21:00-08:00" in the handset's zone
	SendingWindow   string `json:"sending_window,omitempty"` // when texts may go out, in the handset's zone: "mon-fri 09:00-18:00, sat 10:00-14:00"; empty: always
	OptOutReplies   bool   `json:"opt_out_replies,omitempty"`
	// What opt-out replies say; empty: a sentence with the tenant's name. Help
	// is the answer to HELP.
	OptOutMessage string `json:"opt_out_message,omitempty"`
	OptInMessage  string `json:"opt_in_message,omitempty"`
	HelpMessage   string `json:"help_message,omitempty"`
	// OptOutLanguages says whose words count, as "en", "es"; none: those of the
	// number's country (package optout).
	OptOutLanguages []string  `json:"opt_out_languages,omitempty"`
	TimeZone        string    `json:"time_zone,omitempty"` // of its people, IANA; empty: UTC
	Retention       Retention `json:"retention,omitzero"`
	Messaging       bool      `json:"messaging"`          // the messaging service is switched on
	Agreement       bool      `json:"agreement"`          // the messaging agreement is accepted
	InDoubt         string    `json:"in_doubt,omitempty"` // "" or "resend": send again after a cut; "unknown": do not
}

// Rates are the prices of a metered tenant.
type Rates struct {
	SMSSegment  Money `json:"sms_segment,omitempty"`
	MMS         Money `json:"mms,omitempty"`
	NumberMonth Money `json:"number_month,omitempty"`
}

// Dialects that credentials are for.
const (
	DialectBulkVS       = "bulkvs"
	DialectZendesk      = "zendesk"
	DialectFoneDynamics = "fonedynamics"
	DialectMessage2Give = "message2give"
	DialectOwn          = "wirechief"
	DialectConsole      = "console" // people in the console; no credentials are for it
)

// Credential lets a client of one dialect in. Secrets are kept as a salted
// SHA-256: they are machine-made and checked on every request, where a slow
// password hash would be the bottleneck; people's passwords are hashed slowly
// elsewhere.
type Credential struct {
	Dialect string   `json:"dialect"`
	Name    string   `json:"name"`              // what the client shows: user name, account SID, email; for bearer tokens a fingerprint
	Scheme  string   `json:"scheme,omitempty"`  // zendesk tells token, password and bearer apart
	Account string   `json:"account,omitempty"` // message2give: the workspace
	Salt    []byte   `json:"salt"`
	Hash    []byte   `json:"hash"`
	Scopes  []string `json:"scopes,omitempty"`
	// Of keys that people make:
	Label     string    `json:"label,omitempty"`
	Hint      string    `json:"hint,omitempty"` // the end of the secret, to tell keys apart
	CreatedBy string    `json:"created_by,omitempty"`
	CreatedAt time.Time `json:"created_at,omitzero"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // it lets nobody in from then on
	// Ceiling is the role of whoever made it, and Maker their agent; a key made
	// with a key has those of that key. It never does more than that role, nor
	// than the one that the maker has by now. "" and 0 of those of the operator.
	Ceiling Role  `json:"ceiling,omitempty"`
	Maker   int64 `json:"maker,omitempty"`
}

// Principal is who makes a request.
type Principal struct {
	Tenant   string // empty for the operator
	Operator bool   // may do everything to every tenant
	Dialect  string
	Account  string // of the credential: see [Credential]
	Name     string
	Scopes   []string
	// Of a person who is signed in:
	Agent   int64
	Role    Role
	Address string // where the request came from, for the audit log; "" when nobody noted it
	// Of a program: those of its credential.
	Ceiling Role
	Maker   int64
}

// May says whether the principal has a right: the operator has all of them, a
// person those of their role; programs go by their scopes instead.
func (p Principal) May(right Right) bool { return p.Operator || p.Role.May(right) }

// Campaign is a registered 10DLC campaign (bulkvs: campaigns).
type Campaign struct {
	TCR        string    `json:"tcr"` // "CW1549"
	Brand      string    `json:"brand"`
	Approved   bool      `json:"approved"`
	Suspended  bool      `json:"suspended,omitempty"`
	ApprovedAt time.Time `json:"approved_at,omitzero"`
}

// CampaignNumbers is how many numbers one campaign may have at most.
const CampaignNumbers = 49

// Webhook is a named endpoint for texts and receipts (bulkvs: webHooks).
type Webhook struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	URL         string    `json:"url"`
	DLR         bool      `json:"dlr"`                // receipts too
	Method      string    `json:"method"`             // "POST" or "3CX"
	Encoding    string    `json:"encoding,omitempty"` // of the text: "" or "form", "percent", "none"
	ModifiedAt  time.Time `json:"modified_at"`
}
