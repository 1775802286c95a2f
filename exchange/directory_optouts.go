package exchange

import (
	"slices"

	"github.com/wirechief/wirechief"
)

// putOptOuts takes over changes of the ledger. A number and a handset are in it
// once, whosever the number was when the handset said so.
func (d *directory) putOptOuts(list []wirechief.OptOut) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, o := range list {
		of := slices.DeleteFunc(d.optOuts[o.Handset], func(was wirechief.OptOut) bool { return was.Number == o.Number })
		if o.Out {
			of = append(of, o)
		}
		if d.optOuts[o.Handset] = of; len(of) == 0 {
			delete(d.optOuts, o.Handset)
		}
	}
}

func (d *directory) optedOut(number, handset string) (wirechief.OptOut, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, o := range d.optOuts[handset] {
		if o.Number == number {
			return o, true
		}
	}
	return wirechief.OptOut{}, false
}

// unheard lists the numbers that a handset does not want to hear from.
func (d *directory) unheard(handset string) []string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var out []string
	for _, o := range d.optOuts[handset] {
		out = append(out, o.Number)
	}
	return out
}
