package zendesktalk

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/wirechief/wirechief"
)

// What an account may ask for: so many calls in so long (zendesktalk: POST
// /callback_requests, response 429).
const (
	callbacksAtMost = 30
	callbacksWithin = 10 * time.Minute
)

// callbackNames turns the domain's names into the vendor's.
var callbackNames = map[string]string{"number": "phone_number_id", "requester": "requester_phone_number", "groups": "group_ids"}

// createCallback notes that somebody wants to be called (zendesktalk: POST
// /callback_requests, response 201, callback_request).
func (s *server) createCallback(c *call) error {
	record, err := readCallback(c)
	if err != nil {
		return err
	}
	var number wirechief.Patch[int64]
	var requester wirechief.Patch[string]
	var groups wirechief.Patch[[]int64]
	if err := errors.Join(
		record.id("phone_number_id", &number),
		record.text("requester_phone_number", true, &requester),
		record.ids("group_ids", &groups),
	); err != nil {
		return err
	}
	r, err := s.core.CallbackRequests().Put(c.r.Context(), c.p, "", func(r *wirechief.CallbackRequest) error {
		// No other request of the account comes in between.
		if err := s.countCallbacks(c); err != nil {
			return err
		}
		number.Apply(&r.Number)
		requester.Apply(&r.Requester)
		groups.Apply(&r.Groups)
		switch {
		case r.Number == 0:
			return blank("phone_number_id")
		case r.Requester == "":
			return blank("requester_phone_number")
		}
		return nil
	})
	if err != nil {
		return renamed(err, callbackNames)
	}
	c.writeOne(http.StatusCreated, "callback_request", callbackRow{
		GroupIDs: listed(r.Groups), PhoneNumberID: r.Number, RequesterPhoneNumber: r.Requester,
	})
	return nil
}

// readCallback reads the body: in its wrapper as documented, or bare as libzapi
// sends it (zendesktalk: POST /callback_requests, group_ids, phone_number_id,
// requester_phone_number).
func readCallback(c *call) (object, error) {
	const wrapper = "callback_request"
	whole, err := readObject(c.body)
	if err != nil {
		return nil, err
	}
	if _, there := whole[wrapper]; !there {
		for _, name := range []string{"phone_number_id", "requester_phone_number"} {
			if _, there := whole[name]; there {
				return whole, nil
			}
		}
	}
	record, _, err := c.wrapped(wrapper)
	return record, err
}

// countCallbacks counts what has been asked for of late, and says when the
// oldest of it counts no more.
func (s *server) countCallbacks(c *call) error {
	list, err := s.core.CallbackRequests().List(c.r.Context(), c.p.Tenant)
	if err != nil {
		return err
	}
	now := s.now()
	var recent []time.Time // oldest first, as the list is
	for _, r := range list {
		if now.Sub(r.CreatedAt) < callbacksWithin {
			recent = append(recent, r.CreatedAt)
		}
	}
	if len(recent) < callbacksAtMost {
		return nil
	}
	wait := callbacksWithin - now.Sub(recent[len(recent)-callbacksAtMost])
	seconds := int((wait + time.Second - 1) / time.Second)
	c.w.Header().Set("Retry-After", strconv.Itoa(seconds))
	return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleRate, "%d callbacks in 10 minutes have been asked for; wait %d seconds", callbacksAtMost, seconds)
}
