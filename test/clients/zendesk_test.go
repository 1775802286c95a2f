package clients

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/nukosuke/go-zendesk/zendesk"
)

const phoneNumbers = "/channels/voice/phone_numbers"

// phoneNumber is what the test reads of one; an offer has a token and no id.
type phoneNumber struct {
	ID       int64  `json:"id"`
	Number   string `json:"number"`
	Nickname string `json:"nickname"`
	Token    string `json:"token"`
	Recorded bool   `json:"recorded"`
}

// go-zendesk has no types for phone numbers: it is given paths, and judges
// statuses strictly (GET 200; POST 200, 201; PUT 200, 204; DELETE 204 only).
func TestGoZendesk(t *testing.T) {
	d := start(t)
	c, err := zendesk.NewClient(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetEndpointURL(d.URL + "/api/v2"); err != nil {
		t.Fatal(err)
	}
	c.SetCredential(zendesk.NewAPITokenCredential("agent@demo.test", d.read(t, zendeskToken)))
	ctx := t.Context()
	read := func(body []byte, err error) (out struct {
		PhoneNumbers []phoneNumber `json:"phone_numbers"`
		PhoneNumber  phoneNumber   `json:"phone_number"`
		Count        int           `json:"count"`
	},
	) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(body, &out); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		return out
	}
	before := read(c.Get(ctx, phoneNumbers+".json"))
	if before.Count == 0 || len(before.PhoneNumbers) != before.Count {
		t.Fatalf("the demo owns %+v", before)
	}
	offers := read(c.Get(ctx, phoneNumbers+"/search.json?country=US&area_code=510")).PhoneNumbers
	if len(offers) == 0 || len(offers[0].Token) != 32 || !strings.HasPrefix(offers[0].Number, "+1510") {
		t.Fatalf("the demo offers %+v", offers)
	}
	order := map[string]any{"phone_number": map[string]string{"token": offers[0].Token}}
	bought := read(c.Post(ctx, phoneNumbers+".json", order)).PhoneNumber
	if bought.ID == 0 || bought.Number != offers[0].Number {
		t.Fatalf("bought %+v", bought)
	}
	one := fmt.Sprintf("%s/%d.json", phoneNumbers, bought.ID)
	if shown := read(c.Get(ctx, one)).PhoneNumber; shown != bought {
		t.Errorf("shown %+v, bought %+v", shown, bought)
	}
	update := map[string]any{"phone_number": map[string]any{"nickname": "Awesome Support Line", "recorded": true}}
	if got := read(c.Put(ctx, one, update)).PhoneNumber; got.Nickname != "Awesome Support Line" || !got.Recorded {
		t.Errorf("updated to %+v", got)
	}
	_, err = c.Post(ctx, phoneNumbers+".json", order)
	if refusal, ok := errors.AsType[zendesk.Error](err); !ok || refusal.Status() != 422 {
		t.Errorf("the token can be used twice: %v", err)
	}
	if after := read(c.Get(ctx, phoneNumbers+".json")); after.Count != before.Count+1 {
		t.Errorf("%d numbers after one was bought, %d before", after.Count, before.Count)
	}
	if err := c.Delete(ctx, one); err != nil {
		t.Fatal(err)
	}
	_, err = c.Get(ctx, one)
	if refusal, ok := errors.AsType[zendesk.Error](err); !ok || refusal.Status() != 404 {
		t.Errorf("it is there after it was deleted: %v", err)
	}
}

// node-zendesk does the same; what it does is in zendesk.js.
func TestNodeZendesk(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed (Debian package nodejs)")
	}
	if _, err := os.Stat("node_modules/node-zendesk"); err != nil {
		t.Skip("node-zendesk is not installed: npm ci in test/clients")
	}
	d := start(t)
	cmd := exec.CommandContext(t.Context(), node, "zendesk.js", d.URL, "agent@demo.test", d.read(t, zendeskToken))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.HasSuffix(string(out), "all is well\n") {
		t.Errorf("%s", out)
	}
}
