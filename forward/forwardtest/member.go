package forwardtest

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/delivery"
)

// Answer is what the far side is to do with what comes.
type Answer uint8

// The answers.
const (
	Take   Answer = iota // yes
	Later                // not now, try again
	Never                // no, and do not ask again
	Silent               // it takes the request and says nothing
	Absent               // nobody is there
)

func (a Answer) String() string {
	return [...]string{"take", "later", "never", "silent", "absent"}[a]
}

// Seen is something that the far side took.
type Seen struct {
	ID   string // by which it knows a repeat: a Message-ID, an idempotency key
	Text string // what a person there reads of the text
	Raw  string // all of it
}

// Member is a member with a far side of its own. Everything but Log, Secrets
// and Inert is needed.
type Member struct {
	Sender delivery.Sender
	// Delivery makes a new delivery about a text, each with another id.
	Delivery func(t *testing.T, text string) *wirechief.Delivery
	// Play has the far side answer so from now on; false: it cannot.
	Play func(a Answer) bool
	// Silence waits until a request is under way that Silent leaves without an answer.
	Silence func(t *testing.T)
	// Seen gives what was taken so far, in order.
	Seen func() []Seen
	// Inert judges how a hostile text arrived, beyond that it did.
	Inert func(t *testing.T, text string, s Seen)
	// Secrets must not be found anywhere.
	Secrets []string
	// Log gives what the member has logged.
	Log func() string
}

// timeout is for tries that are to be answered.
const timeout = 10 * time.Second

// Hostile are texts that want to be more than texts.
func Hostile() []string {
	return []string{
		"<script>alert(1)</script><img src=x onerror=alert(2)> & \"quoted\" 'too'",
		"first\r\nBcc: victim@example.test\r\n\r\nsecond",
		"dot\r\n.\r\nMAIL FROM:<x@example.test>\r\nDATA",
		"%0d%0aSet-Cookie: a=b %00 ${jndi:ldap://x} {{.Secret}} {{7*7}} <%= 1 %> #{1}",
		"nul \x00 bell \x07 escape \x1b[31m delete \x7f",
		"right \u202eot tfel\u202c and \u2067isolated\u2069 \u2069\u2069 over",
		"\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
		"emoji 👩‍👩‍👧‍👦 and combining Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
		"=?utf-8?q?encoded?= =3D =\r\nsoft",
		"=cmd|' /C calc'!A0",
		"a very long line " + long(2000),
		"From here\n-- \nsignature\n> quoted\n\u2028separated",
	}
}

func long(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return string(b)
}
