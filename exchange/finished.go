package exchange

import (
	"hash/maphash"
	"time"

	"github.com/wirechief/wirechief"
)

// finishedMost is how many finished texts are remembered.
const finishedMost = 10_000

// finished remembers the parts of the texts that were completed last. A carrier
// whose acknowledgement got lost brings a part again; without this it would
// begin another text, of which nothing else ever comes.
type finished struct {
	seed  maphash.Seed
	texts map[partsOf]finishedText
	order []partsOf // the oldest first
}

type finishedText struct {
	at    time.Time
	parts map[int]uint64 // hashes of their texts
}

func newFinished() finished {
	return finished{seed: maphash.MakeSeed(), texts: make(map[partsOf]finishedText)}
}

func (f *finished) add(name partsOf, parts map[int]wirechief.StoredPart, now time.Time) {
	t := finishedText{now, make(map[int]uint64, len(parts))}
	for seq, p := range parts {
		t.parts[seq] = maphash.String(f.seed, p.Text)
	}
	if _, again := f.texts[name]; !again {
		f.order = append(f.order, name)
	}
	f.texts[name] = t
	for len(f.order) > finishedMost {
		delete(f.texts, f.order[0])
		f.order = f.order[1:]
	}
}

// has says whether the part belongs to a text that was finished since.
func (f *finished) has(name partsOf, seq int, text string, since time.Time) bool {
	t, ok := f.texts[name]
	if !ok || t.at.Before(since) {
		return false
	}
	hash, ok := t.parts[seq]
	return ok && hash == maphash.String(f.seed, text)
}
