package console

import (
	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
)

func campaignRoutes() []route {
	return []route{
		{pattern: "GET /campaigns", right: wirechief.RightRead, serve: (*Console).showCampaigns},
		{pattern: "POST /campaigns/bind", right: wirechief.RightNumbers, serve: (*Console).bindCampaign},
	}
}

type campaignsData struct {
	Page
	Rows    []campaignRow
	Unbound []wirechief.Number // long codes that may not send
	Must    bool               // the tenant's long codes need one
}

type campaignRow struct {
	exchange.CampaignUse
	Bound []wirechief.Number
	Free  int // places left
}

// campaignsOf lists the campaigns of the visitor's tenant.
func (c *Console) campaignsOf(v *visit) ([]exchange.CampaignUse, error) {
	return c.Exchange.Campaigns(v.ctx(), v.p.Tenant), nil
}

func (c *Console) showCampaigns(v *visit) error {
	page, err := c.campaignsPage(v)
	if err != nil {
		return err
	}
	return c.render(v, "campaigns", page)
}

func (c *Console) campaignsPage(v *visit) (*campaignsData, error) {
	page := &campaignsData{Page: Page{Title: "Campaigns", Section: "campaigns"}}
	t, err := c.Exchange.Tenant(v.ctx(), v.p.Tenant)
	if err != nil {
		return nil, err
	}
	page.Must = t.RequireCampaign
	for _, use := range c.Exchange.Campaigns(v.ctx(), v.p.Tenant) {
		row := campaignRow{CampaignUse: use, Free: max(wirechief.CampaignNumbers-use.Numbers, 0)}
		row.Bound, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant, Campaign: use.TCR, Limit: wirechief.CampaignNumbers})
		page.Rows = append(page.Rows, row)
	}
	c.Exchange.EachNumber(v.ctx(), v.p, wirechief.NumberFilter{Tenant: v.p.Tenant, NANP: true, Types: []wirechief.NumberType{wirechief.TypeLocal}}, func(n *wirechief.Number) bool {
		if n.Campaign == "" && n.Capabilities.SMS {
			page.Unbound = append(page.Unbound, *n)
		}
		return len(page.Unbound) < 200
	})
	return page, nil
}

// bindCampaign gives a number a campaign, or with none takes it off.
func (c *Console) bindCampaign(v *visit) error {
	_, err := c.Exchange.ConfigureNumber(v.ctx(), v.p, v.value("number"), func(wirechief.Number) (wirechief.NumberPatch, error) {
		return wirechief.NumberPatch{Campaign: orClear(v.value("campaign"))}, nil
	})
	if err != nil {
		if k := wirechief.KindOf(err); k == wirechief.NotFound || k == wirechief.Internal {
			return err
		}
		page, perr := c.campaignsPage(v)
		if perr != nil {
			return perr
		}
		page.Trouble = troubleOf(err)
		return c.renderStatus(v, page.Trouble.Status, "campaigns", page)
	}
	v.say("Saved.")
	return v.to("/campaigns")
}
