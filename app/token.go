package app

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
)

// TokenFile is where the operator's token is kept when none is configured.
const TokenFile = "admin.token"

// ReadToken gives the operator's token of an installation: the configured one,
// or the one that its first start made up. Kind NotFound: it never started.
func ReadToken(cfg *config.Config) (wirechief.Secret, error) {
	if cfg.Admin.Token != "" {
		return cfg.Admin.Token, nil
	}
	path := filepath.Join(cfg.DataDir, TokenFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", wirechief.Errorf(wirechief.NotFound, "there is no operator's token at %s yet; the server makes it at its first start", path)
	}
	if err != nil {
		return "", fmt.Errorf("reading the operator's token: %w", err)
	}
	return wirechief.Secret(strings.TrimSpace(string(b))), nil
}

// token is ReadToken, and makes a token at the first start.
func token(cfg *config.Config) (wirechief.Secret, error) {
	t, err := ReadToken(cfg)
	if err == nil && t != "" || err != nil && wirechief.KindOf(err) != wirechief.NotFound {
		return t, err
	}
	made := make([]byte, 20)
	rand.Read(made)
	t = wirechief.Secret("wca_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(made)))
	path := filepath.Join(cfg.DataDir, TokenFile)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", fmt.Errorf("keeping the operator's token: %w", err)
	}
	_, err = f.WriteString(t.Reveal() + "\n")
	return t, errors.Join(err, f.Sync(), f.Close())
}
