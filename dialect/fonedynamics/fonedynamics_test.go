package fonedynamics_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect/dialecttest"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/test/world"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestWire plays testdata: every call about numbers, accounts and what belongs
// to them, every refusal, and the shapes of requests that real clients send.
func TestWire(t *testing.T) {
	for _, of := range []string{"requests", "numbers", "accounts"} {
		dialecttest.Archives(t, "testdata/"+of+"_*.txt", func(t *testing.T, given string) dialecttest.Subject {
			w := newWorld(t, given)
			return dialecttest.Subject{Handler: fonedynamics.New(w, fonedynamics.Options{}), State: func() string { return story(w) }}
		})
	}
}

// story tells what acme's numbers are, and what was done to them over this API.
func story(w *world.World) string {
	var b strings.Builder
	who := wirechief.Principal{Tenant: "acme"}
	numbers, _ := w.FindNumbers(context.Background(), who, wirechief.NumberFilter{States: []wirechief.NumberState{
		wirechief.NumberOrdered, wirechief.NumberPending, wirechief.NumberInService, wirechief.NumberAging,
	}})
	for _, n := range numbers {
		b.WriteString(w.Dump(n.Number))
	}
	return b.String()
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func authorize(value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", value) }
}

const (
	accountSID  = "AG5T3HFR5ASD54FS5GB3SDAFJAKSH6DS"
	propertySID = "S1234567890ABCDEF1234567890ABCDE"
	foreign     = "SGLOBEX7890ABCDEF1234567890ABCDE"
)

const someState = `tenants:
  - id: acme
    name: Acme
    credentials: [{dialect: fonedynamics, account_sid: ` + accountSID + `, token: fd-secret}]
    properties: [{sid: ` + propertySID + `, name: Main}]
    addresses: [{name: HQ, street: 1 George St, city: Sydney, country: AU}]
    flows: [{id: "1001", name: Front desk}]
    numbers:
      - {number: "+61280000001", carrier: main, capabilities: [voice, sms], type: local, property: ` + propertySID + `}
  - id: globex
    name: Globex
    credentials: [{dialect: fonedynamics, account_sid: AGLOBEX, token: globex-secret}]
    properties: [{sid: ` + foreign + `, name: Globex}]
    addresses: [{name: Globex HQ, street: 2 George St, city: Sydney, country: AU}]
    flows: [{id: "2002", name: Globex}]
    numbers:
      - {number: "+61280000009", carrier: main, capabilities: [voice, sms], type: local, property: ` + foreign + `}
offers:
  - {number: "+61290000001", carrier: main, type: local, capabilities: [voice, sms], country: AU, price: "1.00"}
`

var code = regexp.MustCompile(`^[A-Z]+(_[A-Z]+)*$`)

func TestConformance(t *testing.T) {
	acme, globex := addressOf(t, "acme", "HQ"), addressOf(t, "globex", "Globex HQ")
	(&dialecttest.Suite{
		New: func(t *testing.T) (http.Handler, func(error)) {
			c := &core{Core: newWorld(t, someState)}
			return fonedynamics.New(c, fonedynamics.Options{}), func(err error) { c.err = err }
		},
		Calls: []dialecttest.Call{
			{Name: "configure", Method: "POST", Target: "/v2/Numbers/61280000001", Body: `{"Friendly":"Front desk","RoutingMethod":"Endpoint","EndpointNumber":"+61290000000"}`},
			{Name: "configure nothing", Method: "POST", Target: "/v2/Numbers/61280000001"},
			{Name: "get number", Method: "GET", Target: "/v2/Numbers/61280000001"},
			{Name: "numbers of a property", Method: "GET", Target: "/v2/Properties/" + propertySID + "/Numbers"},
			{Name: "numbers of the account", Method: "GET", Target: "/v2/Accounts/" + accountSID + "/Numbers"},
			{Name: "available", Method: "GET", Target: "/v2/AvailableNumbers?CountryCode=AU"},
			{Name: "available, the other path", Method: "GET", Target: "/v2/Numbers/Available"},
			{Name: "purchase", Method: "POST", Target: "/v2/Properties/" + propertySID + "/Numbers", Body: `{"Number":"+61290000001"}`},
			{Name: "release", Method: "DELETE", Target: "/v2/Numbers/61280000001"},
			{Name: "flows", Method: "GET", Target: "/v2/Properties/" + propertySID + "/Flows"},
			{Name: "account", Method: "GET", Target: "/v2/Accounts/" + accountSID},
			{Name: "create address", Method: "POST", Target: "/v2/Accounts/" + accountSID + "/Addresses", Body: `{"Line1":"1 George St","City":"Sydney","CountryCode":"AU"}`},
			{Name: "addresses", Method: "GET", Target: "/v2/Accounts/" + accountSID + "/Addresses"},
			{Name: "get address", Method: "GET", Target: "/v2/Addresses/" + acme},
			{Name: "delete address", Method: "DELETE", Target: "/v2/Addresses/" + acme},
			{Name: "create property", Method: "POST", Target: "/v2/Properties", Body: `{"Name":"Second","MainDomain":"acme.test","TimeZone":"AUS Eastern Standard Time"}`},
			{Name: "properties", Method: "GET", Target: "/v2/Properties"},
			{Name: "properties of the account", Method: "GET", Target: "/v2/Accounts/" + accountSID + "/Properties"},
			{Name: "get property", Method: "GET", Target: "/v2/Properties/" + propertySID},
			{Name: "create login", Method: "POST", Target: "/v2/Properties/" + propertySID + "/OnlineLogins", Body: `{"Email":"jane@acme.test","Password":"SecurePassword123!","FirstName":"Jane","LastName":"Smith","Scopes":"Reporting,Integrations"}`},
			{Name: "logins", Method: "GET", Target: "/v2/OnlineLogins"},
			{Name: "calls of a property", Method: "GET", Target: "/v2/Properties/" + propertySID + "/Calls"},
			{Name: "calls of the account", Method: "GET", Target: "/v2/Accounts/" + accountSID + "/Calls"},
		},
		Unknown: []dialecttest.Call{
			{Name: "path", Method: "GET", Target: "/v2/Nothing"},
			{Name: "root", Method: "GET", Target: "/v2/"},
			{Name: "no name", Method: "GET", Target: "/v2/Numbers/"},
			{Name: "deeper", Method: "GET", Target: "/v2/Numbers/61280000001/Calls"},
			{Name: "method", Method: "PUT", Target: "/v2/Numbers/61280000001", Body: "{}"},
			{Name: "head", Method: "HEAD", Target: "/v2/Properties/SX/BatchMessages"},
		},
		AbsentStatus: http.StatusBadRequest,
		Absent: []dialecttest.Call{
			{Name: "nobody's number", Method: "GET", Target: "/v2/Numbers/61280000777"},
			{Name: "another's number", Method: "GET", Target: "/v2/Numbers/61280000009"},
			{Name: "configure another's number", Method: "POST", Target: "/v2/Numbers/61280000009", Body: `{"Friendly":"mine"}`},
			{Name: "release another's number", Method: "DELETE", Target: "/v2/Numbers/61280000009"},
			{Name: "another's property", Method: "GET", Target: "/v2/Properties/" + foreign},
			{Name: "numbers of another's property", Method: "GET", Target: "/v2/Properties/" + foreign + "/Numbers"},
			{Name: "flows of another's property", Method: "GET", Target: "/v2/Properties/" + foreign + "/Flows"},
			{Name: "calls of another's property", Method: "GET", Target: "/v2/Properties/" + foreign + "/Calls"},
			{Name: "purchase for another's property", Method: "POST", Target: "/v2/Properties/" + foreign + "/Numbers", Body: `{"Number":"+61290000001"}`},
			{Name: "another's account", Method: "GET", Target: "/v2/Accounts/AGLOBEX"},
			{Name: "numbers of another's account", Method: "GET", Target: "/v2/Accounts/AGLOBEX/Numbers"},
			{Name: "addresses of another's account", Method: "GET", Target: "/v2/Accounts/AGLOBEX/Addresses"},
			{Name: "properties of another's account", Method: "GET", Target: "/v2/Accounts/AGLOBEX/Properties"},
			{Name: "calls of another's account", Method: "GET", Target: "/v2/Accounts/AGLOBEX/Calls"},
			{Name: "another's address", Method: "GET", Target: "/v2/Addresses/" + globex},
			{Name: "delete another's address", Method: "DELETE", Target: "/v2/Addresses/" + globex},
			{Name: "use another's address", Method: "POST", Target: "/v2/Numbers/61280000001", Body: `{"AddressSid":"` + globex + `"}`},
			{Name: "use another's flow", Method: "POST", Target: "/v2/Numbers/61280000001", Body: `{"RoutingMethod":"Flow","Flow":"2002"}`},
			{Name: "nobody's login", Method: "GET", Target: "/v2/OnlineLogins/00000000-0000-4000-8000-000000000000"},
			{Name: "nobody's call", Method: "GET", Target: "/v2/Calls/" + wirechief.SID('C', "acme", 1)},
		},
		// A body may be left out, and what is not UTF-8 is read as ISO-8859-1.
		Takes: []string{"null", "white space", "invalid UTF-8"},
		Login: authorize(basic(accountSID, "fd-secret")),
		Wrong: []func(*http.Request){
			authorize(basic(accountSID, "wrong")),
			authorize(basic("AGLOBEX", "fd-secret")),
			authorize(basic("", "fd-secret")),
			authorize(basic(accountSID, "")),
			authorize("Basic"),
			authorize("Basic !"),
			authorize("Bearer fd-secret"),
			authorize("fd-secret"),
		},
		Refusal: refusal,
		Secrets: []string{"fd-secret", "SecurePassword123!", "globex-secret", "Globex"},
	}).Run(t)
}

// refusal checks that an answer is one, in the shape that the vendor's clients
// can read.
func refusal(t *testing.T, status int, header http.Header, body []byte) {
	t.Helper()
	var b map[string]struct {
		ErrorCode, Message string
		Errors             []struct{ FieldName string }
	}
	if err := json.Unmarshal(body, &b); err != nil {
		t.Errorf("%d %s: %v", status, body, err)
		return
	}
	s := b["ResponseStatus"]
	if len(b) != 1 || !code.MatchString(s.ErrorCode) || s.Message == "" {
		t.Errorf("%d %s is not the refusal of docs/dialects/fonedynamics.md", status, body)
	}
	for _, e := range s.Errors {
		if e.FieldName == "" || e.FieldName[0] < 'A' || e.FieldName[0] > 'Z' {
			t.Errorf("%d %s names the parameter %q", status, body, e.FieldName)
		}
	}
	if header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("%d has content type %q", status, header.Get("Content-Type"))
	}
	if status == 401 && !strings.HasPrefix(header.Get("WWW-Authenticate"), "Basic realm=") {
		t.Errorf("401 with WWW-Authenticate %q", header.Get("WWW-Authenticate"))
	}
}

// addressOf gives the SID of an address of someState.
func addressOf(t *testing.T, tenant, name string) string {
	list, err := newWorld(t, someState).Addresses().List(t.Context(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		if a.Name == name {
			return wirechief.SID('D', tenant, a.ID)
		}
	}
	t.Fatalf("%s has no address %q", tenant, name)
	return ""
}

// ask sends a request as acme and gives the answer.
func ask(t testing.TB, h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	authorize(basic(accountSID, "fd-secret"))(r)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}
