package dialect_test

import (
	"net/http/httptest"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

func TestKnown(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "[2001:db8::1]:4711"
	p, ok := wirechief.PrincipalIn(dialect.Known(r, wirechief.Principal{Tenant: "acme", Name: "me"}).Context())
	if !ok || p.Tenant != "acme" || p.Name != "me" || p.Address != "2001:db8::1" {
		t.Errorf("%+v, %v", p, ok)
	}
}
