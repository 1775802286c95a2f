package app

import (
	"context"
	ctls "crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/egress"
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
	f, err := state.Parse(cfg.State, doc)
	if err != nil {
		return nil, err
	}
	f.Open = func(name string) (io.ReadCloser, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(cfg.State), name)
		}
		return os.Open(name)
	}
	return f, nil
}

// CheckState judges the state file of a configuration, and the files that the
// configuration names, as far as that is possible without what is kept: whether
// a webhook or a campaign of a number exists may be known to the store alone.
func CheckState(ctx context.Context, cfg *config.Config) error {
	if tls := cfg.HTTP.TLS; tls.Cert != "" {
		if _, err := ctls.LoadX509KeyPair(tls.Cert, tls.Key); err != nil {
			return &wirechief.Error{Op: "configuration", Kind: wirechief.Invalid, Message: "http.tls: " + err.Error()}
		}
	}
	guard, err := egress.New(egress.Options{Allow: cfg.Egress.Allow, CAFile: cfg.Egress.CAFile, Resolver: nowhere{}})
	if err != nil {
		return err
	}
	f, err := readState(cfg)
	if f == nil || err != nil {
		return err
	}
	mistakes := checkTenants(ctx, cfg, guard, f)
	if mistakes = append(mistakes, checkOffers(cfg, f)...); len(mistakes) > 0 {
		return &wirechief.Error{Op: "state", Kind: wirechief.Invalid, Message: errors.Join(mistakes...).Error()}
	}
	return nil
}
