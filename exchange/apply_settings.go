package exchange

import (
	"slices"
	"strconv"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/state"
)

// mergeSettings changes what the file names of the plainer settings.
func (a *application) mergeSettings(n *wirechief.Number, s *state.Number) *wirechief.Error {
	set(&n.Reference, s.Reference)
	if s.Enabled != nil {
		n.Enabled = wirechief.CapabilitiesOf(s.Enabled)
	}
	if s.Address != nil {
		n.Address = 0
		if *s.Address != "" {
			key := a.addressKey(n.Tenant, *s.Address)
			if key == "" {
				return missing("address", "there is no address %q", *s.Address)
			}
			n.Address, _ = strconv.ParseInt(key, 10, 64) // keys of addresses are ids
		}
	}
	set(&n.Brand, s.Brand)
	if s.Groups != nil {
		n.Groups = slices.Clone(s.Groups)
	}
	set(&n.DefaultGroup, s.DefaultGroup)
	set(&n.SMSGroup, s.SMSGroup)
	set(&n.Priority, s.Priority)
	if t := s.Attribution; t != nil {
		set(&n.Attribution.Source, t.Source)
		set(&n.Attribution.Medium, t.Medium)
		set(&n.Attribution.Campaign, t.Campaign)
		set(&n.Attribution.Content, t.Content)
	}
	if h := s.Receipts; h != nil {
		if n.Receipts.URL == "" {
			n.Receipts = wirechief.Hook{Method: "POST", Format: wirechief.DialectFoneDynamics}
		}
		set(&n.Receipts.URL, h.URL)
		set(&n.Receipts.Method, h.Method)
		set(&n.Receipts.Format, h.Format)
		if n.Receipts.URL == "" {
			n.Receipts = wirechief.Hook{}
		}
	}
	if l := s.Line; l != nil {
		set(&n.Line.CallerName, l.CallerName)
		set(&n.Line.PortOutPIN, l.PortOutPIN)
		set(&n.Line.TrunkGroup, l.TrunkGroup)
		set(&n.Line.CustomURI, l.CustomURI)
	}
	if ai := s.AI; ai != nil {
		set(&n.AI.PostCall, ai.PostCall)
		set(&n.AI.QA, ai.QA)
	}
	return nil
}

func mergeCalls(c *wirechief.Calls, s *state.Calls) {
	set(&c.Outbound, s.Outbound)
	set(&c.OfferingSeconds, s.OfferingSeconds)
	set(&c.QueueSize, s.QueueSize)
	set(&c.QueueMinutes, s.QueueMinutes)
	set(&c.WaitTimeMessage, s.WaitTimeMessage)
	set(&c.CallbackFromQueue, s.CallbackFromQueue)
	set(&c.CallbackLocale, s.CallbackLocale)
	set(&c.AbandonedTicket, s.AbandonedTicket)
	set(&c.DequeueAttempted, s.DequeueAttempted)
	set(&c.Voicemail, s.Voicemail)
	set(&c.VoicemailOutsideHours, s.VoicemailOutsideHours)
	set(&c.RecordingsDeletedAfter, s.RecordingsDeletedAfter)
	set(&c.VoicemailsDeletedAfter, s.VoicemailsDeletedAfter)
	if o := s.Overflow; o != nil {
		set(&c.Overflow.Enabled, o.Enabled)
		set(&c.Overflow.Number, o.Number)
	}
	set(&c.ForwardingCallerID, s.ForwardingCallerID)
	set(&c.WrapUp, s.WrapUp)
	set(&c.WrapUpSeconds, s.WrapUpSeconds)
}

// other gives a document as it will be.
func (a *application) other(tenant string, kind wirechief.EntityKind, key string) []byte {
	if doc, ok := a.documents[namedKind{tenant, kind, key}]; ok {
		return doc
	}
	return a.x.dir.other(tenant, kind, key)
}

// addressKey finds an address by the name that the file gives it, among those
// that there will be; "" for none.
func (a *application) addressKey(tenant, name string) string {
	if key, ok := a.addresses[named{tenant, name}]; ok {
		return key
	}
	for _, e := range a.x.dir.documents(tenant, wirechief.EntityAddress) {
		if addressName(e.Doc) == name {
			return e.Key
		}
	}
	return ""
}
