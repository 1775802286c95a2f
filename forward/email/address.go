package email

import (
	"net/mail"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/wirechief/wirechief"
)

// mailbox reads an address as it goes into an envelope: user@host, the host in
// ASCII. What could end a line or an argument of SMTP is in none.
func mailbox(s string) (string, error) {
	bad := wirechief.InvalidField("destination", "%q is not a mail address", headerText(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" {
		return "", bad
	}
	at := strings.LastIndexByte(a.Address, '@')
	user, host := a.Address[:at], a.Address[at+1:]
	if strings.ContainsFunc(user, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`<>,;:"()[]\`, r) }) || len(user) > 64 {
		return "", bad
	}
	if host, err = idna.Lookup.ToASCII(host); err != nil || host == "" || len(host) > 255 {
		return "", bad
	}
	return user + "@" + host, nil
}

// zones keeps the time zones that were read.
type zones struct {
	mu   sync.Mutex
	read map[string]*time.Location
}

// load finds a zone. Those of forwards are judged when they are saved; of one
// that this machine does not know the times are UTC, and say so.
func (z *zones) load(name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	if l := z.read[name]; l != nil {
		return l
	}
	l, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return time.UTC
	}
	if z.read == nil {
		z.read = make(map[string]*time.Location)
	}
	z.read[name] = l
	return l
}
