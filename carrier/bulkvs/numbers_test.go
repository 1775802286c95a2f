package bulkvs_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/bulkvs"
	"github.com/wirechief/wirechief/offer"
)

// reply is what the far side answers.
type reply struct {
	status int
	body   string
}

// seller answers one request after another, and the last of them from then on;
// it notes what it was asked.
func seller(t *testing.T, change func(*bulkvs.Config), replies ...reply) (*bulkvs.Carrier, *[]string) {
	t.Helper()
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		user, pass, _ := r.BasicAuth()
		if user != "acme" || pass != password {
			t.Errorf("%s %s as %s", r.Method, r.URL, user)
		}
		if r.Header.Get("Idempotency-Key") != "" || (len(body) > 0) != (r.Header.Get("Content-Type") != "") {
			t.Errorf("%s %s has the header %v", r.Method, r.URL, r.Header)
		}
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.URL.String()+" "+strings.TrimSpace(string(body))))
		a := replies[min(len(asked), len(replies))-1]
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(a.status)
		io.WriteString(w, a.body)
	}))
	t.Cleanup(s.Close)
	cfg := config(s.URL + "/api/v1.0")
	if change != nil {
		change(&cfg)
	}
	return start(t, cfg, &exchange{}), &asked
}

// What a query becomes on the wire; "" is nothing at all.
func TestSearchRequest(t *testing.T) {
	for _, tt := range []struct {
		q    wirechief.OfferQuery
		want string
	}{
		{wirechief.OfferQuery{AreaCode: "510"}, "Limit=50&Npa=510"},
		{wirechief.OfferQuery{AreaCode: "510", Limit: 7, Country: "us"}, "Limit=7&Npa=510"},
		{wirechief.OfferQuery{AreaCode: "888", Limit: 7}, "Limit=7&Npa=888"},
		{wirechief.OfferQuery{AreaCode: "5105"}, "Limit=1000&Npa=510"},
		{wirechief.OfferQuery{Prefix: "1510555", Limit: 3}, "Limit=3&Npa=510&Nxx=555"},
		{wirechief.OfferQuery{Prefix: "15105550100", Limit: 1}, "Limit=10000&Npa=510&Nxx=555"},
		{wirechief.OfferQuery{Contains: "+1510%77%"}, "Limit=1000&Npa=510"},
		{wirechief.OfferQuery{AreaCode: "510", Location: "CA"}, "Limit=1000&Npa=510"},
		{wirechief.OfferQuery{AreaCode: "510", Carrier: "upstream"}, "Limit=50&Npa=510"},
		{wirechief.OfferQuery{AreaCode: "510", Carrier: "another"}, ""},
		{wirechief.OfferQuery{AreaCode: "20", Country: "GB"}, ""},
		{wirechief.OfferQuery{Contains: "%510%"}, ""},
		{wirechief.OfferQuery{AreaCode: "51"}, ""},
		{wirechief.OfferQuery{}, ""},
	} {
		c, asked := seller(t, nil, reply{404, ""})
		list, err := c.SearchNumbers(t.Context(), tt.q)
		var want []string
		if tt.want != "" {
			want = []string{"GET /api/v1.0/orderTn?" + tt.want}
		}
		if d := cmp.Diff(want, *asked); d != "" || err != nil || list != nil {
			t.Errorf("%+v: %v, %v\n%s", tt.q, list, err, d)
		}
	}
}

// What rows become. Some that cannot be sold are left out.
func TestOffers(t *testing.T) {
	c, _ := seller(t, nil, reply{200, `[
		{"TN":"15105550102","Rate Center":"OKLD MN-PD","State":"CA","Tier":"0","Per Minute Rate":"0.0003","Mrc":"0.06","Nrc":"0.25"},
		{"TN":"15105550101","Rate Center":"OKLD MN-PD","State":"","Mrc":"1"},
		{"TN":"+15105550100","Mrc":0.5,"Unknown":[]},
		{"TN":"15105550103","Mrc":""},{"TN":"15105550104"},{"TN":"15105550105","Mrc":"-1"},{"TN":"15105550106","Mrc":"cheap"},
		{"TN":"5550107","Mrc":"1"},{"Mrc":"1"},{}
	]`})
	got, err := c.SearchNumbers(t.Context(), wirechief.OfferQuery{AreaCode: "510"})
	all := wirechief.Capabilities{Voice: true, SMS: true, MMS: true}
	want := []wirechief.Offer{
		{Number: "+15105550100", Carrier: "upstream", Type: "local", Country: "US", Capabilities: all, Price: 500_000, Address: "none"},
		{Number: "+15105550101", Carrier: "upstream", Type: "local", Country: "US", Location: "OKLD MN-PD", Capabilities: all, Price: 1_000_000, Address: "none"},
		{Number: "+15105550102", Carrier: "upstream", Type: "local", Country: "US", Location: "CA", Capabilities: all, Price: 60_000, Address: "none"},
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	for _, tt := range []struct {
		row, tipe, country string
		q                  wirechief.OfferQuery
	}{
		{`[{"TN":"18885550100","Mrc":"2"}]`, "toll-free", "US", wirechief.OfferQuery{AreaCode: "888", Types: []wirechief.NumberType{wirechief.TypeTollFree}}},
		{`[{"TN":"14165550100","Mrc":"2"}]`, "local", "CA", wirechief.OfferQuery{AreaCode: "416", Country: "CA"}},
	} {
		c, _ := seller(t, nil, reply{200, tt.row})
		got, err := c.SearchNumbers(t.Context(), tt.q)
		if err != nil || len(got) != 1 || string(got[0].Type) != tt.tipe || got[0].Country != tt.country {
			t.Errorf("%s: %+v, %v", tt.row, got, err)
		}
	}
}

// What leaves when a number is bought and given back.
func TestOrderRequest(t *testing.T) {
	const number, bought = "+15105550100", `{"TN":"15105550100","Status":"Active"}`
	for _, tt := range []struct {
		name    string
		change  func(*bulkvs.Config)
		replies []reply
		want    []string
	}{
		{"plain", nil, []reply{{200, bought}}, []string{`POST /api/v1.0/orderTn {"TN":"15105550100","Sms":true,"Mms":true}`}},
		{
			"bound to our webhook",
			func(c *bulkvs.Config) { c.Webhook = "Down" },
			[]reply{{200, bought}},
			[]string{`POST /api/v1.0/orderTn {"TN":"15105550100","Sms":true,"Mms":true,"Webhook":"Down"}`},
		},
		{
			"one that has no pictures", nil,
			[]reply{{400, `{"Status":"Failed","Code":"7425","Description":"Mms"}`}, {200, bought}},
			[]string{`POST /api/v1.0/orderTn {"TN":"15105550100","Sms":true,"Mms":true}`, `POST /api/v1.0/orderTn {"TN":"15105550100","Sms":true}`},
		},
		{"ours already", nil, []reply{{409, `{"TN":"15105550100","Status":"Failed","Code":"7511","Description":"Telephone Number already provisioned to your account"}`}}, []string{`POST /api/v1.0/orderTn {"TN":"15105550100","Sms":true,"Mms":true}`}},
		{"ours already, with 200", nil, []reply{{200, `{"Status":"Failed","Code":7511}`}}, []string{`POST /api/v1.0/orderTn {"TN":"15105550100","Sms":true,"Mms":true}`}},
	} {
		c, asked := seller(t, tt.change, tt.replies...)
		err := c.OrderNumber(t.Context(), number)
		if d := cmp.Diff(tt.want, *asked); d != "" || err != nil {
			t.Errorf("%s: %v\n%s", tt.name, err, d)
		}
	}
	c, asked := seller(t, nil, reply{200, `{"Status":"Success"}`})
	if err := c.ReleaseNumber(t.Context(), number); err != nil || len(*asked) != 1 || (*asked)[0] != "DELETE /api/v1.0/tnRecord?Number=15105550100" {
		t.Errorf("%v, %q", err, *asked)
	}
	if err := c.OrderNumber(t.Context(), "+442079460000"); wirechief.KindOf(err) != wirechief.NotFound || len(*asked) != 1 {
		t.Errorf("a British number: %v, %q", err, *asked)
	}
	if err := c.ReleaseNumber(t.Context(), "+442079460000"); err != nil || len(*asked) != 1 {
		t.Errorf("a British number given back: %v, %q", err, *asked)
	}
}

// TestRefusedNumbers: what cannot be had is told from what nobody knows, and
// what the far side says is shown without our secrets.
func TestRefusedNumbers(t *testing.T) {
	const none = wirechief.Kind(255)
	for _, tt := range []struct {
		reply                  reply
		search, order, release wirechief.Kind
	}{
		{reply{404, `{"Status":"Failed","Code":"7404","Description":"no"}`}, none, wirechief.NotFound, none},
		{reply{409, `{"Status":"Failed","Code":"7457","Description":"` + password + `"}`}, none, wirechief.Conflict, wirechief.Unavailable},
		{reply{400, ""}, none, wirechief.Conflict, wirechief.Unavailable},
		{reply{400, `{"Status":"Failed","Code":"7400","Description":{"Valid Type":["a"]}}`}, none, wirechief.Conflict, wirechief.Unavailable},
		{reply{403, ""}, none, wirechief.Conflict, wirechief.Unavailable},
		{reply{200, `{"Status":"Failed","Code":"1","Description":"no"}`}, none, wirechief.Conflict, wirechief.Unavailable},
		{reply{401, ""}, wirechief.Unavailable, wirechief.Unavailable, wirechief.Unavailable},
		{reply{429, ""}, wirechief.Unavailable, wirechief.Unavailable, wirechief.Unavailable},
		{reply{500, "<html>" + token}, wirechief.Unavailable, wirechief.Unavailable, wirechief.Unavailable},
		{reply{503, `{"Status":"Failed","Code":"7503"}`}, wirechief.Unavailable, wirechief.Unavailable, wirechief.Unavailable},
		{reply{302, ""}, wirechief.Unavailable, wirechief.Unavailable, wirechief.Unavailable},
		{reply{200, "<html>sign in"}, wirechief.Unavailable, none, none},
		{reply{200, ""}, wirechief.Unavailable, none, none},
	} {
		c, _ := seller(t, nil, tt.reply)
		_, searched := c.SearchNumbers(t.Context(), wirechief.OfferQuery{AreaCode: "510"})
		for _, got := range []struct {
			what string
			err  error
			want wirechief.Kind
		}{
			{"search", searched, tt.search},
			{"order", c.OrderNumber(t.Context(), "+15105550100"), tt.order},
			{"release", c.ReleaseNumber(t.Context(), "+15105550100"), tt.release},
		} {
			if got.want == none != (got.err == nil) || got.err != nil && wirechief.KindOf(got.err) != got.want {
				t.Errorf("%d %s, %s: %v, want %v", tt.reply.status, tt.reply.body, got.what, got.err, got.want)
			}
			if s := fmt.Sprint(got.err); strings.Contains(s, password) || strings.Contains(s, token) {
				t.Errorf("a secret is in the open: %s", s)
			}
		}
	}
}

// FuzzOffers: whatever the far side answers to a search, offers are whole.
func FuzzOffers(f *testing.F) {
	for _, seed := range []string{
		`[{"TN":"15105550102","Rate Center":"OKLD","State":"CA","Mrc":"0.06"}]`,
		`[{"TN":15105550102,"Mrc":1e9},{"TN":null,"Mrc":{}},null]`,
		`{"Status":"Failed","Code":7404,"Description":["no"]}`, `{`, `[[]]`,
	} {
		f.Add(200, seed)
		f.Add(404, seed)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			t.Skip("no final status with a body")
		}
		c, _ := seller(t, nil, reply{status, body})
		list, err := c.SearchNumbers(t.Context(), wirechief.OfferQuery{AreaCode: "510"})
		if err != nil && wirechief.KindOf(err) != wirechief.Unavailable {
			t.Errorf("%v", err)
		}
		for _, o := range list {
			if err := offer.Check(o); err != nil || o.Price < 0 || !strings.HasPrefix(o.Number, "+1510") {
				t.Errorf("%+v: %v", o, err)
			}
		}
	})
}
