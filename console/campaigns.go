package console

import "github.com/wirechief/wirechief/exchange"

// campaignsOf lists the campaigns of the visitor's tenant.
func (c *Console) campaignsOf(v *visit) ([]exchange.CampaignUse, error) {
	return c.Exchange.Campaigns(v.ctx(), v.p.Tenant), nil
}
