package exchange

import "github.com/wirechief/wirechief"

// flight is what a carrier may have: claimed on disk, and not answered. Its
// list of keys is kept as it goes into [wirechief.SetInFlight], so that a round
// with a thousand in flight costs no more than one with ten.
type flight struct {
	at   map[wirechief.MessageKey]int // where in keys
	keys []wirechief.MessageKey
}

func newFlight() flight { return flight{at: make(map[wirechief.MessageKey]int)} }

func (f *flight) add(key wirechief.MessageKey) {
	f.at[key] = len(f.keys)
	f.keys = append(f.keys, key)
}

func (f *flight) has(key wirechief.MessageKey) bool {
	_, ok := f.at[key]
	return ok
}

func (f *flight) remove(key wirechief.MessageKey) {
	i, ok := f.at[key]
	if !ok {
		return
	}
	last := len(f.keys) - 1
	f.keys[i] = f.keys[last]
	f.at[f.keys[i]] = i
	f.keys = f.keys[:last]
	delete(f.at, key)
}

func (f *flight) len() int { return len(f.keys) }
