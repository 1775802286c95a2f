package wirechief

import (
	"crypto/sha256"
	"encoding/binary"
)

// sidAlphabet are the characters of a SID.
const sidAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// Lengths within a SID: letter, check, id.
const (
	sidLength = 32
	sidID     = 11 // 36^11 exceeds 2^53
	sidCheck  = sidLength - 1 - sidID
)

// SID gives the secure id of a thing: the letter of its kind, 20 characters
// made of tenant and id by which an id that was made up is told, and the id
// (fonedynamics: 32 characters, A-Z and 0-9).
func SID(letter byte, tenant string, id int64) string {
	b := make([]byte, 0, sidLength)
	b = append(b, letter)
	b = append(b, sidMark(letter, tenant, id)...)
	var digits [sidID]byte
	for i := range digits {
		digits[sidID-1-i] = sidAlphabet[id%36]
		id /= 36
	}
	return string(append(b, digits[:]...))
}

// SIDValue gives the id in a SID of the kind and the tenant, false for
// whatever else it is.
func SIDValue(letter byte, tenant, sid string) (id int64, ok bool) {
	if len(sid) != sidLength || sid[0] != letter {
		return 0, false
	}
	for _, c := range []byte(sid[1+sidCheck:]) {
		switch {
		case 'A' <= c && c <= 'Z':
			id = id*36 + int64(c-'A')
		case '0' <= c && c <= '9':
			id = id*36 + int64(c-'0') + 26
		default:
			return 0, false
		}
	}
	return id, id < 1<<53 && sid == SID(letter, tenant, id)
}

func sidMark(letter byte, tenant string, id int64) []byte {
	var key [9]byte
	key[0] = letter
	binary.BigEndian.PutUint64(key[1:], uint64(id))
	sum := sha256.Sum256(append(key[:], tenant...))
	mark := make([]byte, sidCheck)
	for i := range mark {
		mark[i] = sidAlphabet[int(sum[i])%len(sidAlphabet)]
	}
	return mark
}
