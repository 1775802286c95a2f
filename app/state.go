package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/state"
)

// readState reads the state file of a configuration; nil when it names none.
func readState(cfg *config.Config) (*state.File, error) {
	if cfg.State == "" {
		return nil, nil
	}
	doc, err := os.ReadFile(cfg.State)
	if err != nil {
		reason := err
		if perr, ok := errors.AsType[*fs.PathError](err); ok {
			reason = perr.Err
		}
		return nil, &wirechief.Error{Op: "state", Kind: wirechief.Invalid, Message: fmt.Sprintf("%s: the state file cannot be read: %v", cfg.State, reason)}
	}
	return state.Parse(cfg.State, doc)
}

// CheckState judges the state file of a configuration by itself.
func CheckState(cfg *config.Config) error {
	_, err := readState(cfg)
	return err
}
