package bulkvs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/offer"
)

var _ carrier.NumberSource = (*Carrier)(nil)

const (
	maxList   = 8 << 20 // octets of a list of numbers that are read
	usualRows = 50      // when a query has no limit
	manyRows  = 1000    // asked for when what comes is sifted here
	allRows   = 10_000  // of an exchange
)

// SearchNumbers implements [carrier.NumberSource]: live, where the query fixes
// an area code, for the far side can be asked by that alone (bulkvs: GET /orderTn).
// What else the query asks is looked at here.
func (c *Carrier) SearchNumbers(ctx context.Context, q wirechief.OfferQuery) ([]wirechief.Offer, error) {
	begin := offer.Beginning(q)
	if len(begin) < 4 || q.Carrier != "" && q.Carrier != c.name {
		return nil, nil
	}
	ask := url.Values{"Npa": {begin[1:4]}, "Limit": {strconv.Itoa(rowsFor(q, begin))}}
	if len(begin) >= 7 {
		ask.Set("Nxx", begin[4:7])
	}
	status, body, err := c.call(ctx, http.MethodGet, "/orderTn?"+ask.Encode(), nil)
	if err != nil {
		return nil, err
	}
	if err := c.refused(status, body); err != nil {
		switch wirechief.KindOf(err) {
		case wirechief.NotFound, wirechief.Conflict: // nothing there, or nothing that can be asked
			return nil, nil
		}
		return nil, err
	}
	var rows []offerRow
	if json.Unmarshal(body, &rows) != nil {
		return nil, c.unsure("the answer is not that of orderTn")
	}
	found := offer.New()
	offers := make([]wirechief.Offer, 0, len(rows))
	for _, row := range rows {
		if o, ok := row.offer(c.name); ok {
			offers = append(offers, o)
		}
	}
	if err := found.Put(offers...); err != nil {
		return nil, err
	}
	result, err := found.Search(q)
	return result.Offers, err
}

// rowsFor is how many rows to ask for, so that enough are left when those are
// taken out that the query does not want.
func rowsFor(q wirechief.OfferQuery, begin string) int {
	switch {
	case len(begin) > 7:
		return allRows // of one exchange: the number meant may be any of them
	case q.Contains != "" || q.Location != "" || len(begin) > 4 && len(begin) < 7 || q.Offset > 0:
		return manyRows
	case q.Limit > 0:
		return q.Limit
	}
	return usualRows
}

// OrderNumber implements [carrier.NumberSource] (bulkvs: POST /orderTn). Texts
// are switched on, pictures where the far side lets them.
func (c *Carrier) OrderNumber(ctx context.Context, number string) error {
	if !e164.IsNANP(number) {
		return wirechief.Errorf(wirechief.NotFound, "%s has no number %s: only North American ones", c.name, number)
	}
	on := true
	o := order{TN: bare(number), SMS: true, MMS: &on, Webhook: c.cfg.Webhook}
	err := c.order(ctx, o)
	if e, ok := errors.AsType[*refusal](err); ok && e.status == http.StatusBadRequest {
		o.MMS = nil // a number that has no pictures cannot be asked for with them
		err = c.order(ctx, o)
	}
	return err
}

func (c *Carrier) order(ctx context.Context, o order) error {
	status, body, err := c.call(ctx, http.MethodPost, "/orderTn", o)
	if err != nil {
		return err
	}
	err = c.refused(status, body)
	if e, ok := errors.AsType[*refusal](err); ok && e.code == codeOurs {
		return nil
	}
	return err
}

// ReleaseNumber implements [carrier.NumberSource] (bulkvs: DELETE /tnRecord). What
// the far side refuses to take back has kind Unavailable, too: it is ours and
// costs money until somebody has looked into it, so that it is tried again.
func (c *Carrier) ReleaseNumber(ctx context.Context, number string) error {
	if !e164.IsNANP(number) {
		return nil // the far side has no such numbers
	}
	status, body, err := c.call(ctx, http.MethodDelete, "/tnRecord?"+url.Values{"Number": {bare(number)}}.Encode(), nil)
	if err != nil {
		return err
	}
	err = c.refused(status, body)
	if r, ok := errors.AsType[*refusal](err); ok {
		if r.err.Kind == wirechief.NotFound {
			return nil
		}
		r.err.Kind = wirechief.Unavailable
	}
	return err
}

// call makes one request about numbers and gives the answer. Without one, the
// error has kind Unavailable: nobody knows what the far side has done.
func (c *Carrier) call(ctx context.Context, method, path string, body any) (status int, answer []byte, err error) {
	_, run := c.begin()
	if run == nil {
		return 0, nil, c.unsure("the link is not running")
	}
	defer c.running.Done()
	bounded, cancel := context.WithTimeout(ctx, c.cfg.ResponseTimeout)
	defer cancel()
	defer context.AfterFunc(run, cancel)()
	r, err := c.newCall(bounded, method, path, body)
	if err != nil {
		return 0, nil, c.unsure("the request could not be made")
	}
	res, err := c.client.Do(r)
	if err == nil {
		defer res.Body.Close()
		answer, err = io.ReadAll(io.LimitReader(res.Body, maxList))
		status = res.StatusCode
	}
	if err != nil {
		text := c.hide(err)
		if ctx.Err() == nil && run.Err() == nil {
			c.become(carrier.Down, text)
		}
		return 0, nil, c.unsure(text)
	}
	c.answered(status, strconv.Itoa(status))
	return status, answer, nil
}

// unsure is an error after which nobody knows.
func (c *Carrier) unsure(text string) error {
	return &wirechief.Error{Op: "carrier.numbers", Kind: wirechief.Unavailable, Message: "carrier " + c.name + " cannot be asked about numbers: " + text}
}

// order is the body of POST /orderTn, in the order in which clients write it.
type order struct {
	TN      string `json:"TN"`
	SMS     bool   `json:"Sms"`
	MMS     *bool  `json:"Mms,omitempty"`
	Webhook string `json:"Webhook,omitempty"`
}

// offerRow is a row of GET /orderTn. All are strings on the wire; numbers are
// taken, too.
type offerRow struct {
	TN         json.RawMessage `json:"TN"`
	RateCenter json.RawMessage `json:"Rate Center"`
	State      json.RawMessage `json:"State"`
	MRC        json.RawMessage `json:"Mrc"`
}

// offer is what we make of a row; one without a number or a price is none. Rows
// do not say what a number can do: such numbers can be called and texted, and
// send pictures.
func (r offerRow) offer(name string) (o wirechief.Offer, ok bool) {
	number, err := e164.ParseNANP(plain(r.TN))
	if err != nil {
		return o, false
	}
	price, err := wirechief.ParseMoney(plain(r.MRC))
	if err != nil || price < 0 {
		return o, false
	}
	o = wirechief.Offer{
		Number: number, Carrier: name, Type: wirechief.TypeLocal, Country: e164.Country(number), Price: price, Address: wirechief.AddressNone,
		Capabilities: wirechief.Capabilities{Voice: true, SMS: true, MMS: true},
	}
	if e164.IsTollFree(number) {
		o.Type = wirechief.TypeTollFree
	}
	if o.Country == "" || o.Type == wirechief.TypeTollFree { // toll-free numbers are of the whole plan
		o.Country = "US"
	}
	if o.Location = strings.TrimSpace(plain(r.State)); o.Location == "" {
		o.Location = strings.TrimSpace(plain(r.RateCenter))
	}
	return o, offer.Check(o) == nil
}
