package api

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// Whatever looks is for readers, and whatever changes numbers or what they
// refer to for managers: every operation that is described, so that none is
// forgotten.
func TestScopesOfNumbers(t *testing.T) {
	a := build(worldOptions(newCore()))
	d, _ := describedBy(t, a.mux)
	seen := 0
	for path, methods := range d.Paths {
		rest := strings.TrimPrefix(path, Prefix)
		if strings.HasPrefix(rest, "/messages") || strings.HasPrefix(rest, "/deliveries") || strings.HasPrefix(rest, "/bulk") || strings.HasPrefix(rest, "/sim") {
			continue
		}
		for method, op := range methods {
			want := scopeManage
			switch {
			case strings.Contains(op.Description, "operator's token only"), strings.Contains(op.Description, "whoever"):
				continue
			case method == "get" && rest != "/keys": // who has a key is for who makes them
				want = scopeRead
			case strings.HasPrefix(rest, "/conversations"): // who may answer may put away
				want = scopeSend
			case rest == "/contacts/forget": // cannot be undone
				want = scopeAll
			case strings.HasPrefix(rest, "/people"): // a person can do whatever their role allows
				want = scopeAll
			}
			seen++
			if !strings.HasPrefix(op.Description, "Needs the scope "+want+" ") {
				t.Errorf("%s %s: %s", method, path, op.Description)
			}
			for token, has := range map[string]string{bareToken: "", sendToken: scopeSend, readToken: scopeRead, mendToken: scopeManage} {
				if has == want {
					continue
				}
				r := httptest.NewRequest(strings.ToUpper(method), strings.NewReplacer("{number}", "+13109060901", "{", "", "}", "").Replace(path), strings.NewReader("{}"))
				r.Header.Set("Authorization", "Bearer "+token)
				w := httptest.NewRecorder()
				a.mux.ServeHTTP(w, r)
				if w.Code != 403 || !strings.Contains(w.Body.String(), `"rule":"scope"`) {
					t.Errorf("%s %s with the scope %q: %d %s", method, path, has, w.Code, w.Body)
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d operations were tried", seen)
	}
}
