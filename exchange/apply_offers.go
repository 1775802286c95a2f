package exchange

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/offer"
	"github.com/wirechief/wirechief/state"
)

// offersList is the source of the offers that a file names one by one.
const offersList = "list"

// shelfOf names a source among those of the index: of two that offer a number
// the one that is named first counts, which is the one that says most of it
// alone: an entry with a number, then a file, then what is made up.
func shelfOf(source string) string {
	switch {
	case source == offersList:
		return "1 " + source
	case strings.HasPrefix(source, "csv:"):
		return "2 " + source
	}
	return "3 " + source
}

// offers applies the offers of a file. Each entry is a source of its own, those
// with a number share one. A source whose entry and file are as they were is
// not read again; one that has changed adds to what it offered and changes the
// terms, and only what says absent: true is taken off the shelf.
func (a *application) offers(f *state.File) *wirechief.Error {
	if len(f.Offers) == 0 {
		return nil
	}
	kept, err := a.x.Store.OfferSources(a.ctx)
	if err != nil {
		return storeError(err)
	}
	s := &shelving{a: a, f: f, kept: make(map[string]wirechief.OfferSource), blocks: make(map[string][][]byte), gone: make(map[string]bool), again: make(map[string]bool), left: make(map[string]bool)}
	for _, k := range kept {
		if !isOff(k.Name) {
			s.kept[k.Name] = k
		}
	}
	var single []*state.Offer
	for i := range f.Offers {
		o := &f.Offers[i]
		if a.x.lanes[o.Carrier] == nil && !o.Absent {
			return wirechief.InvalidField("offers.carrier", "there is no carrier %q; the configuration names those that there are", o.Carrier)
		}
		if o.Number != "" {
			single = append(single, o)
			continue
		}
		if err := s.source(o); err != nil {
			return err
		}
	}
	if err := s.list(single); err != nil {
		return err
	}
	return s.finish()
}

// shelving is the offers of one file between reading and committing.
type shelving struct {
	a      *application
	f      *state.File
	kept   map[string]wirechief.OfferSource
	blocks map[string][][]byte // of the sources that have changed
	prints map[string][32]byte
	gone   map[string]bool // numbers to take off the shelf
	again  map[string]bool // numbers that were off the shelf and are offered again
	left   map[string]bool // numbers that somebody has had, of sources that go
}

// source applies an entry that stands for many offers.
func (s *shelving) source(o *state.Offer) *wirechief.Error {
	name := o.Source()
	if o.Absent {
		if _, ok := s.kept[name]; ok {
			if err := s.leave(name); err != nil {
				return err
			}
			s.a.note("delete", "offers", "", name, "")
			s.a.add(wirechief.DropOffers{Source: name}, func() error { s.a.x.offers.Unload(shelfOf(name)); return nil })
			delete(s.kept, name)
		}
		return nil
	}
	entry, err := json.Marshal(o)
	if err != nil {
		return storeError(err)
	}
	var file []byte
	if o.CSV != "" {
		if file, err = s.read(o.CSV); err != nil {
			return wirechief.InvalidField("offers.csv", "%s: %v", o.CSV, err)
		}
	}
	print := sha256.Sum256(append(append(entry, 0), file...))
	if old, ok := s.kept[name]; ok && old.Fingerprint == print {
		return nil
	}
	rows := s.rows(o, file)
	if rows == nil {
		numbers, err := offer.Generate(strings.ToUpper(o.Generate.Country), o.Generate.AreaCodes, o.Generate.Count)
		if err != nil {
			return &wirechief.Error{Kind: wirechief.Invalid, Field: "offers.generate", Message: wirechief.MessageOf(err), Err: err}
		}
		rows = func(yield func(state.OfferRow, error) bool) {
			for made := range o.Made(numbers) {
				if !yield(state.OfferRow{Offer: made}, nil) {
					return
				}
			}
		}
	}
	return s.add(name, print, rows)
}

func (s *shelving) rows(o *state.Offer, file []byte) iter.Seq2[state.OfferRow, error] {
	if o.CSV == "" {
		return nil
	}
	return o.ReadCSV(bytes.NewReader(file))
}

func (s *shelving) read(name string) ([]byte, error) {
	if s.f.Open == nil {
		return nil, errors.New("the file did not come with the state")
	}
	r, err := s.f.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// list applies the entries with a number of their own.
func (s *shelving) list(entries []*state.Offer) *wirechief.Error {
	if len(entries) == 0 {
		return nil
	}
	doc, err := json.Marshal(entries)
	if err != nil {
		return storeError(err)
	}
	print := sha256.Sum256(doc)
	if old, ok := s.kept[offersList]; ok && old.Fingerprint == print {
		return nil
	}
	return s.add(offersList, print, func(yield func(state.OfferRow, error) bool) {
		for _, o := range entries {
			if !yield(o.One(), nil) {
				return
			}
		}
	})
}

// add packs the rows of a source and joins them to what it offered before.
func (s *shelving) add(name string, print [32]byte, rows iter.Seq2[state.OfferRow, error]) *wirechief.Error {
	var bad error
	fresh, err := offer.Pack(func(yield func(wirechief.Offer) bool) {
		for row, err := range rows {
			if err != nil {
				bad = err
				return
			}
			if row.Absent {
				s.gone[row.Number] = true
				delete(s.again, row.Number)
				continue
			}
			delete(s.gone, row.Number)
			if off := s.a.x.off; off.isWithdrawn(row.Number) || off.isRefused(row.Number) {
				s.again[row.Number] = true
			}
			if !yield(row.Offer) {
				return
			}
		}
	})
	if err = cmp.Or(bad, err); err != nil {
		return &wirechief.Error{Kind: wirechief.KindOf(err), Field: "offers", Message: wirechief.MessageOf(err), Err: err}
	}
	if _, known := s.kept[name]; known {
		old, err := s.a.x.Store.OfferBlocks(s.a.ctx, name)
		if err != nil {
			return storeError(err)
		}
		if fresh, err = offer.Merge(old, fresh); err != nil {
			return storeError(err)
		}
	}
	s.blocks[name] = fresh
	if s.prints == nil {
		s.prints = make(map[string][32]byte)
	}
	s.prints[name] = print
	return nil
}

// finish takes what is absent off every shelf and writes the sources down.
func (s *shelving) finish() *wirechief.Error {
	if err := s.takeOff(); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.blocks)) {
		blocks := s.blocks[name]
		count, err := countOffers(blocks)
		if err != nil {
			return storeError(err)
		}
		o := wirechief.OfferSource{Name: name, Fingerprint: s.prints[name], Count: count, Blocks: blocks}
		old, known := s.kept[name]
		action := "update"
		if !known {
			action = "create"
		}
		if !known || old.Count != count || s.changed(name, blocks) {
			s.a.note(action, "offers", "", name, fmt.Sprintf("%d numbers", count))
		}
		s.a.add(wirechief.PutOffers{OfferSource: o}, func() error { return s.a.x.offers.Load(shelfOf(name), blocks) })
	}
	return s.putAway()
}

// changed says whether what a source offers is other than it was: a file that
// was only written anew changes nothing that people care about.
func (s *shelving) changed(name string, blocks [][]byte) bool {
	old, err := s.a.x.Store.OfferBlocks(s.a.ctx, name)
	return err != nil || !slices.EqualFunc(old, blocks, bytes.Equal)
}

// takeOff removes the numbers that are absent from every source that has them.
func (s *shelving) takeOff() *wirechief.Error {
	if len(s.gone) == 0 {
		return nil
	}
	numbers := slices.Sorted(maps.Keys(s.gone))
	names := maps.Clone(s.prints)
	if names == nil {
		names = make(map[string][32]byte)
	}
	for name, k := range s.kept {
		if _, ok := names[name]; !ok {
			names[name] = k.Fingerprint
		}
	}
	for name, print := range names {
		blocks, changed := s.blocks[name]
		if !changed {
			var err error
			if blocks, err = s.a.x.Store.OfferBlocks(s.a.ctx, name); err != nil {
				return storeError(err)
			}
		}
		left, err := offer.Without(blocks, numbers)
		if err != nil {
			return storeError(err)
		}
		if changed || !slices.EqualFunc(left, blocks, bytes.Equal) {
			s.blocks[name] = left
			if s.prints == nil {
				s.prints = make(map[string][32]byte)
			}
			s.prints[name] = print
		}
	}
	for _, number := range numbers {
		if n := s.a.number(number); n == nil || n.State == wirechief.NumberAvailable {
			if _, ok := s.a.x.offers.Get(number); ok {
				s.a.note("delete", "offer", "", number, "")
			}
		}
	}
	return nil
}

func countOffers(blocks [][]byte) (n int, err error) {
	for _, b := range blocks {
		for _, err := range offer.Unpack(b) {
			if err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}
