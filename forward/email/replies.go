package email

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/wirechief/wirechief"
)

// Sizes of a token, in octets. With its 44 characters an address has room in
// the 64 that the part before the @ may have (RFC 5321 4.5.3.1.1).
const (
	shardSize  = 2
	idSize     = 7 // ids are below 2^53
	personSize = 6
	sealSize   = 12
	tokenSize  = shardSize + idSize + personSize + sealSize
	replyWord  = "reply+"
	keySize    = 32
)

// Replies makes the addresses that answers go to, and reads them: reply+token@domain.
// A token names a conversation and, by a hash, whom its mails went to; a seal of
// the installation's key keeps it from being made up. It is written in letters
// of one case only, for mail servers may change it.
type Replies struct {
	domain string
	key    [keySize]byte
}

// Secrets keeps the key of the installation; the store is one.
type Secrets interface {
	Entities(ctx context.Context, kind wirechief.EntityKind) ([]wirechief.Entity, error)
	Apply(ctx context.Context, commands ...wirechief.Command) ([]wirechief.Result, error)
}

// NewReplies reads the installation's key, which it makes at the first start.
func NewReplies(ctx context.Context, domain string, s Secrets) (*Replies, error) {
	const name = "mail_reply"
	list, err := s.Entities(ctx, wirechief.EntitySecret)
	if err != nil {
		return nil, err
	}
	r := &Replies{domain: strings.ToLower(domain)}
	for _, e := range list {
		var text string
		if e.Tenant != "" || e.Key != name || json.Unmarshal(e.Doc, &text) != nil {
			continue
		}
		if key, err := hex.DecodeString(text); err == nil && len(key) == keySize {
			copy(r.key[:], key)
			return r, nil
		}
	}
	rand.Read(r.key[:])
	doc := []byte(`"` + hex.EncodeToString(r.key[:]) + `"`)
	results, err := s.Apply(ctx, wirechief.PutEntity{Entity: wirechief.Entity{Kind: wirechief.EntitySecret, Key: name, Doc: doc}})
	if err == nil {
		err = results[0].Err
	}
	return r, err
}

// Domain is where the addresses are.
func (r *Replies) Domain() string { return r.domain }

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Address is where somebody answers who gets the mails of a conversation.
func (r *Replies) Address(key wirechief.ConversationKey, person string) string {
	t := make([]byte, shardSize+8, tokenSize+1)
	binary.BigEndian.PutUint64(t[shardSize-1:], uint64(key.ID)) // the first of 8 octets is 0
	binary.BigEndian.PutUint16(t, uint16(key.Shard))
	t = append(t[:shardSize+idSize], r.person(person)...)
	t = append(t, r.seal("reply", t)[:sealSize]...)
	return replyWord + letters.EncodeToString(t) + "@" + r.domain
}

// pass is what a token says.
type pass struct {
	wirechief.ConversationKey
	person string // its hash
}

// read gives what the token of an address says; false when it is none of ours.
func (r *Replies) read(address string) (pass, bool) {
	user, host, ok := strings.Cut(strings.ToLower(address), "@")
	token, mine := strings.CutPrefix(user, replyWord)
	if !ok || !mine || host != r.domain {
		return pass{}, false
	}
	t, err := letters.DecodeString(token)
	if err != nil || len(t) != tokenSize || letters.EncodeToString(t) != token {
		return pass{}, false
	}
	body := t[:tokenSize-sealSize]
	if !hmac.Equal(r.seal("reply", body)[:sealSize], t[tokenSize-sealSize:]) {
		return pass{}, false
	}
	var id [8]byte
	copy(id[1:], body[shardSize:])
	return pass{
		wirechief.ConversationKey{Shard: wirechief.Shard(binary.BigEndian.Uint16(body)), ID: int64(binary.BigEndian.Uint64(id[:]))},
		string(body[shardSize+idSize:]),
	}, true
}

// isPerson says whether an address is that of a token.
func (r *Replies) isPerson(p pass, address string) bool {
	return hmac.Equal(r.person(address), []byte(p.person))
}

func (r *Replies) person(address string) []byte {
	return r.seal("person", []byte(strings.ToLower(address)))[:personSize]
}

func (r *Replies) seal(use string, data []byte) []byte {
	h := hmac.New(sha256.New, r.key[:])
	h.Write([]byte(use))
	h.Write([]byte{0})
	h.Write(data)
	return h.Sum(nil)
}
