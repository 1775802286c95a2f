package access

import (
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestPassword(t *testing.T) {
	const password = wirechief.Secret("ann-secret")
	phc := HashPassword(password)
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=65536,t=3,p=4$") || strings.Contains(phc, "secret") {
		t.Fatalf("a hash is %s", phc)
	}
	if HashPassword(password) == phc {
		t.Error("two hashes of one password are the same: there is no salt")
	}
	for _, c := range []struct {
		name, phc string
		password  wirechief.Secret
		want      bool
	}{
		{"the password", phc, password, true},
		{"another", phc, "ann-secreT", false},
		{"none", phc, "", false},
		{"no hash", "", password, false},
		{"a password in the clear", "ann-secret", password, false},
		{"another algorithm", strings.Replace(phc, "argon2id", "argon2i", 1), password, false},
		{"another version", strings.Replace(phc, "v=19", "v=16", 1), password, false},
		{"too much memory", strings.Replace(phc, "m=65536", "m=999999999", 1), password, false},
		{"no passes", strings.Replace(phc, "t=3", "t=0", 1), password, false},
		{"cut off", phc[:len(phc)-4], password, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := PasswordMatches(c.phc, c.password); got != c.want {
				t.Errorf("it matches: %v", got)
			}
		})
	}
}
