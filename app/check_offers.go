package app

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/offer"
	"github.com/wirechief/wirechief/state"
)

// checkOffers judges the offers of a state file as applying it would, files and
// numbers that are made up included. It says what is wrong with each source.
func checkOffers(cfg *config.Config, f *state.File) []error {
	var mistakes []error
	for i := range f.Offers {
		o := &f.Offers[i]
		if o.Absent {
			continue
		}
		if !slices.ContainsFunc(cfg.Carriers, func(k config.Carrier) bool { return k.Name == o.Carrier }) {
			mistakes = append(mistakes, fmt.Errorf("%s: offers: there is no carrier %q in %s", cfg.State, o.Carrier, cfg.File))
		}
		if err := checkOffer(f, o); err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: offers: %s", cfg.State, wirechief.MessageOf(err)))
		}
	}
	return mistakes
}

func checkOffer(f *state.File, o *state.Offer) error {
	switch {
	case o.Number != "":
		if row := o.One(); !row.Absent {
			return offer.Check(row.Offer)
		}
		return nil
	case o.CSV == "":
		_, err := offer.Generate(strings.ToUpper(o.Generate.Country), o.Generate.AreaCodes, o.Generate.Count)
		return err
	}
	file, err := f.Open(o.CSV)
	if err != nil {
		if reason, ok := errors.AsType[*fs.PathError](err); ok {
			err = reason.Err
		}
		return wirechief.Errorf(wirechief.Invalid, "%s: the file cannot be read: %v", o.CSV, err)
	}
	defer file.Close()
	for row, err := range o.ReadCSV(file) {
		if err == nil && !row.Absent {
			err = offer.Check(row.Offer)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
