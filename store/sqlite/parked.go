package sqlite

// parkedMost is how many parked receipts are known by name in memory. Beyond
// it, which means that ids are read in the wrong form, each id is looked up.
const parkedMost = 20_000

type carrierID struct{ carrier, id string }

// parkedSet knows whether receipts wait for a carrier's id, so that the usual
// answer, no, costs no query. It follows the transaction; when that is undone
// it is read anew.
type parkedSet struct {
	known    map[carrierID]struct{}
	overflow bool
	loaded   bool
}

func (p *parkedSet) load(c *conn) error {
	if p.loaded {
		return nil
	}
	p.known, p.overflow = make(map[carrierID]struct{}), false
	s := c.q(selectParkedKeys)
	err := s.each(func() error {
		p.add(s.getText(), s.getText())
		return nil
	})
	p.loaded = err == nil
	return err
}

func (p *parkedSet) forget() { p.loaded = false }

func (p *parkedSet) add(carrier, id string) {
	if len(p.known) >= parkedMost {
		p.overflow = true
		return
	}
	p.known[carrierID{carrier, id}] = struct{}{}
}

func (p *parkedSet) has(carrier, id string) bool {
	if p.overflow {
		return true
	}
	_, ok := p.known[carrierID{carrier, id}]
	return ok
}

func (p *parkedSet) remove(carrier, id string) { delete(p.known, carrierID{carrier, id}) }
