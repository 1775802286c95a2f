package bulkvs

import (
	"context"
	"net/http"

	"github.com/wirechief/wirechief"
)

// Rows of a search: how many when the request does not say, and at most. An
// exchange has 10,000 numbers, so that one search can show all of it.
const (
	defaultRows = 100
	maxRows     = 10_000
	pageRows    = 1000 // that the core is asked for at a time
)

// bulkvs: GET /orderTn, response 200, response 404: nothing found is a refusal.
func (s *server) searchNumbers(c *call) error {
	q, limit, err := readSearch(c.query)
	if err != nil {
		return err
	}
	tenant, err := s.core.Tenant(c.r.Context(), c.tenant)
	if err != nil {
		return err
	}
	rows := []offerRow{}
	seen := make(map[string]bool)
	for len(rows) < limit {
		q.Limit = min(limit-len(rows), pageRows)
		page, err := s.core.SearchOffers(c.r.Context(), c.who, q)
		if err != nil {
			return err
		}
		for _, o := range page.Offers {
			if !seen[o.Number] { // carriers that are asked live come with every page
				seen[o.Number] = true
				rows = append(rows, offerRowOf(o, tenant))
			}
		}
		if !page.More {
			break
		}
		q.Offset += q.Limit
	}
	if len(rows) == 0 {
		return wirechief.Errorf(wirechief.NotFound, "no number of this area is on offer")
	}
	s.write(c.w, http.StatusOK, rows[:min(limit, len(rows))])
	return nil
}

// bulkvs: POST /orderTn, response 200, response 403, response 409
func (s *server) orderNumber(c *call) error {
	o, err := readOrder(c.body)
	c.tn = bare(o.number)
	if err != nil {
		return err
	}
	n, err := s.core.Order(c.r.Context(), c.who, wirechief.OrderRequest{
		Tenant: c.tenant, Number: o.number, PickAddress: true, MayOwe: true, Settings: o.settings,
	})
	if err != nil {
		return absentReference(err)
	}
	s.write(c.w, http.StatusOK, orderedOf(n))
	return nil
}

// bulkvs: GET /tnRecord, response 200, response 400, response 404: that only
// for a number that is named; a list may be empty.
func (s *server) listNumbers(c *call) error {
	f, err := readFilter(c.query)
	if err != nil {
		return err
	}
	var found []wirechief.Number
	if f.number != "" {
		c.tn = bare(f.number)
		n, err := s.core.Number(c.r.Context(), c.who, f.number)
		if err != nil {
			return err
		}
		found = append(found, n)
	} else {
		found, _ = s.core.FindNumbers(c.r.Context(), c.who, wirechief.NumberFilter{NANP: true, Webhook: f.webhook, Campaign: f.tcr})
	}
	rows := []record{}
	for _, n := range found {
		if row := recordOf(n); f.selects(&row) {
			if rows = append(rows, row); len(rows) == f.limit {
				break
			}
		}
	}
	s.write(c.w, http.StatusOK, rows)
	return nil
}

// changeNumber answers with the number as it is now (bulkvs: POST /tnRecord,
// response 400, response 403, response 404, response 409).
func (s *server) changeNumber(c *call) error {
	change, err := readChange(c.body)
	c.tn = bare(change.number)
	if err != nil {
		return err
	}
	n, err := s.core.ConfigureNumber(c.r.Context(), c.who, change.number, func(n wirechief.Number) (wirechief.NumberPatch, error) {
		return change.patch(n), nil
	})
	if err != nil {
		return absentReference(err)
	}
	s.write(c.w, http.StatusOK, recordOf(n))
	return nil
}

// bulkvs: DELETE /tnRecord, Number, response 200, response 400, response 404, response 409
func (s *server) releaseNumber(c *call) error {
	number, err := readNumber("Number", c.query.Get("Number"))
	if err != nil {
		return err
	}
	c.tn = bare(number)
	if _, err := s.core.Release(c.r.Context(), c.who, number); err != nil {
		return err
	}
	s.write(c.w, http.StatusOK, released{"Success", c.tn})
	return nil
}

// bulkvs: GET /exchanges, Npa, response 200, response 400
func (s *server) listExchanges(c *call) error {
	npa, err := readCode("Npa", c.query.Get("Npa"))
	if err != nil {
		return err
	}
	list, err := s.core.OfferedExchanges(c.r.Context(), npa)
	if err != nil {
		return err
	}
	rows := []exchangeRow{}
	for _, e := range list {
		center, state := place(e.Location)
		rows = append(rows, exchangeRow{e.NPA, e.NXX, center, state})
	}
	s.write(c.w, http.StatusOK, rows)
	return nil
}

// accountDetail tells what there is to tell of an account.
func (s *server) accountDetail(c *call) error {
	ctx := c.r.Context()
	tenant, err := s.core.Tenant(ctx, c.tenant)
	if err != nil {
		return err
	}
	balance, err := s.core.Balance(ctx, c.tenant)
	if err != nil {
		return err
	}
	owner, err := s.owner(ctx, c.tenant)
	if err != nil {
		return err
	}
	s.write(c.w, http.StatusOK, accountOf(c.who.Name, tenant, balance, owner))
	return nil
}

// owner is the first owner among a tenant's people.
func (s *server) owner(ctx context.Context, tenant string) (wirechief.Agent, error) {
	people, err := s.core.Agents().List(ctx, tenant)
	if err != nil {
		return wirechief.Agent{}, err
	}
	for _, a := range people {
		if a.Role == "owner" {
			return a, nil
		}
	}
	return wirechief.Agent{}, nil
}
