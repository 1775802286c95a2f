package exchange

import (
	"context"
	"slices"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
)

// ImportMost is how many numbers one import takes at most.
const ImportMost = 100_000

// importBatch is how many numbers are put on disk at a time.
const importBatch = 500

// ImportRow says of one number what the tenant that has it elsewhere already
// makes of it here. What only the operator decides comes beside the settings.
type ImportRow struct {
	Number       string // E.164
	Carrier      wirechief.Patch[string]
	Type         wirechief.Patch[wirechief.NumberType]
	Capabilities wirechief.Patch[wirechief.Capabilities]
	TollFree     wirechief.Patch[wirechief.Verification]
	Location     wirechief.Patch[string]
	Price        wirechief.Patch[wirechief.Money]
	// Change gets the number as it would be without settings of the row, and
	// gives the settings. nil: none.
	Change func(n wirechief.Number) (wirechief.NumberPatch, error)
	Err    error // what is wrong with the row already: it is refused
}

// ImportOptions says how an import is meant.
type ImportOptions struct {
	DryRun  bool // change nothing
	Partial bool // apply the good rows beside bad ones
}

// What becomes of a row.
const (
	ImportCreate    = "create"
	ImportUpdate    = "update"
	ImportUnchanged = "unchanged"
	ImportRefused   = "refused"
)

// ImportResult is what became of a row, or would.
type ImportResult struct {
	Action string
	Detail string // what changes
	Err    error  // why it was refused
}

// imported is a row on its way: the number as it was judged and as it is to be.
type imported struct {
	was    *wirechief.Number // nil: unknown
	old    *wirechief.Number // was, if the tenant has it already
	n      *wirechief.Number
	step   step
	result *ImportResult
}

// ImportNumbers puts numbers on the account of a tenant that has them
// elsewhere already: the operator's to do, for a tenant cannot make numbers
// its own. There is one result a row. Each row is judged before the first is
// applied, and with a bad one none is, unless the options say so; applied says
// whether it came to that. Batches of numbers are put on disk in one commit each;
// when one cannot be, it and those after it are refused. Others may work between
// the batches: a row that does not hold any more when it is its turn is refused
// by itself.
func (x *Exchange) ImportNumbers(ctx context.Context, p wirechief.Principal, tenant string, rows []ImportRow, o ImportOptions) (results []ImportResult, applied bool, err error) {
	const op = "numbers.import"
	switch {
	case !p.Operator:
		err := wirechief.Refuse(wirechief.Forbidden, wirechief.RuleScope, "only the operator imports numbers")
		err.Op = op
		return nil, false, err
	case x.dir.tenant(tenant) == nil:
		return nil, false, noTenant(op)
	case len(rows) > ImportMost:
		return nil, false, &wirechief.Error{Op: op, Kind: wirechief.Invalid, Message: "an import takes at most 100000 numbers; split the file"}
	}
	results = make([]ImportResult, len(rows))
	list, bad := x.judgeImport(ctx, p, tenant, rows, results)
	if o.DryRun || bad && !o.Partial {
		return results, false, nil
	}
	for batch := range slices.Chunk(list, importBatch) {
		if err == nil {
			err = x.importBatch(ctx, tenant, batch)
		}
		if err != nil {
			for i := range batch {
				batch[i].result.Action, batch[i].result.Err = ImportRefused, err
			}
		}
	}
	if err != nil {
		return results, true, err
	}
	kept := len(list)
	for i := range list {
		if list[i].result.Action == ImportRefused {
			kept--
		}
	}
	x.Log.InfoContext(ctx, "numbers were imported", "tenant", tenant, "count", kept, "by", x.by(p))
	return results, true, nil
}

// judgeImport looks at each row and makes the steps of those that change something.
func (x *Exchange) judgeImport(ctx context.Context, p wirechief.Principal, tenant string, rows []ImportRow, results []ImportResult) (list []imported, bad bool) {
	seen := make(map[string]bool, len(rows))
	joined := make(joining)
	for i := range rows {
		r := &results[i]
		err := rows[i].Err
		if err == nil && seen[rows[i].Number] {
			err = wirechief.InvalidField("number", "%s is in an earlier row already", rows[i].Number)
		}
		seen[rows[i].Number] = true
		row := imported{result: r}
		if err == nil {
			err = x.importRow(ctx, tenant, &rows[i], &row, joined)
		}
		if err != nil {
			r.Action, r.Err, bad = ImportRefused, err, true
			continue
		}
		row.step = step{n: row.n, who: p, message: "imported"}
		r.Action = ImportCreate
		if row.old != nil {
			var changed bool
			r.Action = ImportUpdate
			if r.Detail, changed = changeOf(row.old, row.n); !changed {
				r.Action = ImportUnchanged
				continue
			}
			row.step.detail = r.Detail
		}
		list = append(list, row)
	}
	return list, bad
}

// importRow makes a number as a row has it.
func (x *Exchange) importRow(ctx context.Context, tenant string, r *ImportRow, row *imported, joined joining) error {
	if !e164.IsNumber(r.Number) {
		return wirechief.InvalidField("number", "%q is not a number such as +13105550100", r.Number)
	}
	old := x.dir.number(r.Number)
	row.was = old
	var n *wirechief.Number
	switch {
	case old == nil, old.State == wirechief.NumberAvailable, over(old, x.Now()), old.Tenant == tenant && old.State == wirechief.NumberReserved:
		n, old = x.adopted(tenant, r.Number, old), nil
	case old.Tenant != tenant:
		err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleTaken, "%s is another tenant's", r.Number)
		err.Field = "number"
		return err
	default:
		next := *old
		if n = &next; n.State == wirechief.NumberAging {
			n.State, n.Until = wirechief.NumberInService, time.Time{}
			x.dropDangling(x.refs(), n)
		}
	}
	row.old, row.n = old, n
	if err := x.importTerms(r, n); err != nil {
		return err
	}
	if r.Change != nil {
		patch, err := r.Change(*n)
		if err != nil {
			return err
		}
		patch.ApplyTo(n)
	}
	if err := x.judgeSettings(ctx, x.refs(), old, n); err != nil {
		return err
	}
	if err := joined.room(x, row); err != nil {
		return err
	}
	x.settleImport(row)
	return nil
}

// settleImport finds out whether a number that comes into service, or waits for
// that, owes an address.
func (x *Exchange) settleImport(row *imported) {
	n := row.n
	begins := row.old == nil || row.old.State != wirechief.NumberInService
	switch owes := x.owesAddress(x.refs(), n); {
	case n.State == wirechief.NumberPending && !owes:
		n.State = wirechief.NumberInService
	case n.State == wirechief.NumberInService && begins && owes:
		n.State = wirechief.NumberPending
	}
}

// joining counts the numbers that campaigns get and do not have yet, by TCR id.
type joining map[string]int

// room refuses a number that its campaign has no room for.
func (j joining) room(x *Exchange, row *imported) error {
	n, old := row.n, row.old
	if n.Campaign == "" || old != nil && old.State.Owned() && old.Campaign == n.Campaign {
		return nil
	}
	if x.dir.campaignSize(n.Tenant, n.Campaign)+j[n.Campaign] >= wirechief.CampaignNumbers {
		err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaignFull, "campaign %s would have more than %d numbers", n.Campaign, wirechief.CampaignNumbers)
		err.Field = "campaign"
		return err
	}
	j[n.Campaign]++
	return nil
}

// adopted is a number that was nobody's, or was not known, in service for a tenant.
func (x *Exchange) adopted(tenant, number string, known *wirechief.Number) *wirechief.Number {
	n := &wirechief.Number{
		Number: number, Country: e164.Country(number), Type: typeOf(number), Capabilities: wirechief.Capabilities{Voice: true, SMS: true},
	}
	if o, ok := x.offers.Get(number); ok {
		n.Carrier, n.Type, n.Country, n.Location, n.Price, n.Capabilities = o.Carrier, o.Type, o.Country, o.Location, o.Price, o.Capabilities
		n.AddressRule = o.Address
	}
	if known != nil {
		n = vacant(known, wirechief.NumberInService)
	}
	if n.ID == 0 {
		n.ID = x.IDs.Next()
	}
	n.Tenant, n.State, n.ActivatedAt = tenant, wirechief.NumberInService, x.Now().UTC().Truncate(time.Second)
	n.Enabled = n.Capabilities
	return n
}

// importTerms takes over what only the operator decides.
func (x *Exchange) importTerms(r *ImportRow, n *wirechief.Number) error {
	r.Carrier.Apply(&n.Carrier)
	r.Type.Apply(&n.Type)
	r.Location.Apply(&n.Location)
	r.Price.Apply(&n.Price)
	if can, given := r.Capabilities.Value(); given && can != n.Capabilities {
		// What was switched off stays so; what is new works from the start.
		n.Enabled = wirechief.Capabilities{
			Voice: can.Voice && (n.Enabled.Voice || !n.Capabilities.Voice),
			SMS:   can.SMS && (n.Enabled.SMS || !n.Capabilities.SMS),
			MMS:   can.MMS && (n.Enabled.MMS || !n.Capabilities.MMS),
			Fax:   can.Fax && (n.Enabled.Fax || !n.Capabilities.Fax),
		}
		n.Capabilities = can
	}
	toll, given := r.TollFree.Value()
	switch {
	case n.Carrier != "" && x.lanes[n.Carrier] == nil:
		return wirechief.InvalidField("carrier", "there is no carrier %q; the configuration names those that there are", n.Carrier)
	case !slices.Contains([]wirechief.NumberType{wirechief.TypeLocal, wirechief.TypeTollFree, wirechief.TypeMobile, wirechief.TypeNational, wirechief.TypeSharedRate}, n.Type):
		return wirechief.InvalidField("type", "%q is not a type: local, toll-free, mobile, national or shared-rate", n.Type)
	case given && toll != "" && n.Type != wirechief.TypeTollFree:
		return wirechief.InvalidField("toll_free_verification", "only toll-free numbers are verified")
	case given && toll != "" && !slices.Contains([]wirechief.Verification{wirechief.Unverified, wirechief.VerificationPending, wirechief.Verified, wirechief.VerificationRejected}, toll):
		return wirechief.InvalidField("toll_free_verification", "%q is not how far one is: unverified, pending, verified or rejected", toll)
	case n.Price < 0:
		return wirechief.InvalidField("price", "a price is not below 0")
	}
	if err := judgeText("location", n.Location, maxName); err != nil {
		return err
	}
	switch {
	case given:
		n.TollFree = toll
	case n.Type != wirechief.TypeTollFree:
		n.TollFree = ""
	case n.TollFree == "":
		n.TollFree = wirechief.Unverified
	}
	return nil
}
