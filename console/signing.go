package console

import (
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

func signingRoutes() []route {
	right := wirechief.RightNumbers
	return []route{
		{pattern: "POST /signing", right: right, serve: (*Console).makeSecret},
		{pattern: "POST /signing/{id}/rotate", right: right, serve: (*Console).rotateSecret},
		{pattern: "POST /signing/{id}/remove", right: right, serve: (*Console).removeSecret},
	}
}

// signView is whether what goes to a destination is signed.
type signView struct {
	exchange.SignSecret // its ID is 0 when it is not
}

// signViews are those of a tenant, by destination.
type signViews map[string]exchange.SignSecret

func (c *Console) signsOf(v *visit) (signViews, error) {
	list, err := c.Exchange.SignSecrets(v.ctx(), v.p)
	if err != nil {
		return nil, err
	}
	out := make(signViews, len(list))
	for _, s := range list {
		out[s.Destination] = s
	}
	return out, nil
}

// of gives what there is to say of a lane; nil where nothing can be signed.
func (s signViews) of(lane wirechief.Lane) *signView {
	if lane.Kind != wirechief.KindWebhook && lane.Kind != wirechief.KindHTTP {
		return nil
	}
	return &signView{s[lane.Destination]}
}

type secretData struct {
	Page
	Made    exchange.NewSignSecret
	Secret  string
	Snippet string
}

// makeSecret gives a destination a secret, and shows it: in the answer to the
// form and nowhere else, so that no address, cookie or history has it.
func (c *Console) makeSecret(v *visit) error {
	made, err := c.Exchange.CreateSecret(v.ctx(), v.p, v.value("destination"))
	if err != nil {
		return err
	}
	return c.showSecret(v, made)
}

// rotateSecret exchanges it for another; the old one signs beside it for a day,
// or no longer when the form says now.
func (c *Console) rotateSecret(v *visit) error {
	keep := exchange.KeepOld
	if v.checked("now") {
		keep = 0
	}
	made, err := c.Exchange.RotateSecret(v.ctx(), v.p, v.r.PathValue("id"), keep)
	if err != nil {
		return err
	}
	return c.showSecret(v, made)
}

func (c *Console) showSecret(v *visit, made exchange.NewSignSecret) error {
	return c.render(v, "signsecret", &secretData{
		Page: Page{Title: "Your new secret", Section: "webhooks"}, Made: made, Secret: made.Secret.Reveal(), Snippet: verifySnippet,
	})
}

func (c *Console) removeSecret(v *visit) error {
	if err := c.Exchange.RemoveSecret(v.ctx(), v.p, v.r.PathValue("id")); err != nil {
		return err
	}
	v.say("The secret is removed: what goes there is not signed any more.")
	return v.to("/webhooks")
}

// Rotating says whether the secret before this one signs, too.
func (s signView) Rotating() bool { return s.OldUntil.After(time.Time{}) }

// verifySnippet verifies a delivery with what most machines have: a shell, base64,
// od and openssl. It names the secret as a variable and does not show it.
const verifySnippet = `# SECRET is the secret above; ID, TIMESTAMP and SIGNATURE are the header fields
# webhook-id, webhook-timestamp and webhook-signature; the file body is the body, to the octet.
key=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
want=v1,$({ printf %s. "$ID" "$TIMESTAMP"; cat body; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
case " $SIGNATURE " in
*" $want "*) [ $(($(date +%s) - TIMESTAMP)) -lt 300 ] && echo genuine ;;
*) echo forged ;;
esac
`
