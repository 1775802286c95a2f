package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/wirechief/wirechief"
)

// The parameters of new hashes: RFC 9106 4, second recommended option.
const (
	passes  = 3
	memory  = 64 << 10 // KiB
	threads = 4
	keySize = 32
)

// HashPassword gives the PHC string of a password under a new salt.
func HashPassword(password wirechief.Secret) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password.Reveal()), salt, passes, memory, threads, keySize)
	return phcOf(salt, key)
}

// PasswordMatches says whether the PHC string is of the password. A string
// that is no such hash matches nothing.
func PasswordMatches(phc string, password wirechief.Secret) bool {
	var version, m, t, p int
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &m, &t, &p); err != nil || version != argon2.Version {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	// A kept hash is ours, but a bound keeps a damaged one from eating the memory.
	if err1 != nil || err2 != nil || len(key) == 0 || t < 1 || t > 64 || m < 8 || m > 1<<20 || p < 1 || p > 64 {
		return false
	}
	given := argon2.IDKey([]byte(password.Reveal()), salt, uint32(t), uint32(m), uint8(p), uint32(len(key)))
	return subtle.ConstantTimeCompare(given, key) == 1
}
