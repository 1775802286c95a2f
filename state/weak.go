package state

import "unicode/utf8"

// SecretLeast is how many characters a secret has at least that nobody guesses,
// chosen at random: 16 of letters and digits are 95 bits.
const SecretLeast = 16

// Weak gives the keys of secrets that let programs in and are short enough to be
// guessed, as "tenants[0].credentials[2].token". They are taken all the same: a
// warning is in place. Passwords of agents have a rule of their own.
func (f *File) Weak() (keys []string) {
	for i := range f.Tenants {
		for k := range f.Tenants[i].Credentials {
			c, path := &f.Tenants[i].Credentials[k], item(at(item("tenants", i), "credentials"), k)
			for _, s := range []struct{ key, secret string }{
				{"password", c.Password.Reveal()}, {"token", c.Token.Reveal()}, {"bearer", c.Bearer.Reveal()},
			} {
				if n := utf8.RuneCountInString(s.secret); n > 0 && n < SecretLeast && !c.Absent {
					keys = append(keys, at(path, s.key))
				}
			}
		}
	}
	return keys
}
