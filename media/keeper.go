package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/wirechief/wirechief"
)

// Limits of a file, in octets (contracts/bulkvs.md 3.2).
const (
	MaxFetch = 5 << 20 // read from a customer's server at most
	MaxKeep  = 1 << 20 // sent at most: carriers take no more
)

// Lifetime is how long a link works.
const Lifetime = 30 * 24 * time.Hour

// kinds is what an outgoing picture may be, and the extension of its link.
var kinds = map[string]string{
	"image/jpeg": ".jpg",
	"image/png":  ".png",
	"image/gif":  ".gif",
}

// Keeper fetches and keeps media. Make it with [New].
type Keeper struct {
	dir    string
	public string // base of links, without a slash at its end
	client Doer
	tokens interface{ Token() string }
	now    wirechief.Clock
}

// Doer makes HTTP requests: the client of the egress guard.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// New makes a keeper that has its files under dir, which is made if need be.
func New(dir, publicURL string, client Doer, tokens interface{ Token() string }, now wirechief.Clock) (*Keeper, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for media cannot be made: %w", err)
	}
	return &Keeper{dir: dir, public: strings.TrimRight(publicURL, "/"), client: client, tokens: tokens, now: now}, nil
}

// Expiry is when the link of a file kept now ends.
func (k *Keeper) Expiry() time.Time { return k.now().Add(Lifetime) }

// Link is where anybody who knows it gets the file.
func (k *Keeper) Link(item wirechief.MediaItem) wirechief.MediaLink {
	return wirechief.MediaLink{URL: k.public + "/media/" + item.Token + item.Ext, Type: item.Type, Size: item.Size}
}

// Fetch gets a picture that a customer named and keeps it. Kind Invalid: it
// will never do; Unavailable: try again later.
func (k *Keeper) Fetch(ctx context.Context, url string) (wirechief.MediaItem, error) {
	var none wirechief.MediaItem
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return none, refuse("%s is not a URL that can be fetched", url)
	}
	req.Header.Set("Accept", "image/jpeg, image/png, image/gif")
	resp, err := k.client.Do(req)
	if err != nil {
		if wirechief.KindOf(err) == wirechief.Invalid {
			return none, refuse("%s: %s", url, wirechief.MessageOf(err))
		}
		return none, &wirechief.Error{Op: "media.fetch", Kind: wirechief.Unavailable, Message: url + " cannot be reached", Err: err}
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests:
		return none, wirechief.Errorf(wirechief.Unavailable, "%s answers %d", url, resp.StatusCode)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return none, refuse("%s redirects (%d); redirects are not followed", url, resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return none, refuse("%s answers %d", url, resp.StatusCode)
	case resp.ContentLength > MaxFetch:
		return none, refuse("%s has %d octets; at most %d are read", url, resp.ContentLength, MaxFetch)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxFetch+1))
	switch {
	case err != nil:
		return none, &wirechief.Error{Op: "media.fetch", Kind: wirechief.Unavailable, Message: url + " broke off", Err: err}
	case len(body) > MaxFetch:
		return none, refuse("%s has more than %d octets", url, MaxFetch)
	case len(body) > MaxKeep:
		return none, refuse("%s has %d octets; at most %d can be sent", url, len(body), MaxKeep)
	}
	kind := mimetype.Detect(body).String()
	ext, wanted := kinds[kind]
	if !wanted {
		return none, refuse("%s is %s; jpg, png and gif can be sent", url, kind)
	}
	return k.write(body, kind, ext)
}

// Keep stores what came with a message, whatever it is. mediaType is what the
// carrier said; where the bytes say something else, they win.
func (k *Keeper) Keep(_ context.Context, r io.Reader, mediaType string) (wirechief.MediaItem, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxFetch+1))
	if err != nil {
		return wirechief.MediaItem{}, err
	}
	if len(body) > MaxFetch {
		return wirechief.MediaItem{}, refuse("the file has more than %d octets", MaxFetch)
	}
	kind, ext := classify(body, mediaType)
	return k.write(body, kind, ext)
}

// classify settles type and extension of what a carrier brought. Nothing that
// a browser would run is served as what it claims to be.
func classify(body []byte, said string) (kind, ext string) {
	base, _, _ := strings.Cut(said, ";")
	switch strings.TrimSpace(strings.ToLower(base)) {
	case "application/smil", "application/smil+xml":
		return "application/smil", ".smil"
	case "text/plain":
		return "text/plain; charset=utf-8", ".txt"
	}
	sniffed := mimetype.Detect(body)
	switch major, _, _ := strings.Cut(sniffed.String(), "/"); major {
	case "image", "audio", "video":
		if !sniffed.Is("image/svg+xml") {
			return sniffed.String(), sniffed.Extension()
		}
	}
	return "application/octet-stream", ".bin"
}

// write puts the file under its token: whole and flushed before it has its name.
func (k *Keeper) write(body []byte, kind, ext string) (wirechief.MediaItem, error) {
	token := k.tokens.Token()
	path := k.Path(token)
	err := writeFile(path, body)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) {
		return wirechief.MediaItem{}, &wirechief.Error{
			Op: "media.write", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: "there is no room for the file", Err: err,
		}
	}
	if err != nil {
		return wirechief.MediaItem{}, &wirechief.Error{Op: "media.write", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err}
	}
	return wirechief.MediaItem{Token: token, Type: kind, Ext: ext, Size: int64(len(body))}, nil
}

func writeFile(path string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the new name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Path is where the file of a token lies: spread over folders by its first two
// characters, so that none grows too large.
func (k *Keeper) Path(token string) string {
	return filepath.Join(k.dir, token[:2], token)
}

// Sweep removes files that are older than links live. It is run now and then.
func (k *Keeper) Sweep(ctx context.Context) error {
	oldest := k.now().Add(-Lifetime - 24*time.Hour)
	return filepath.WalkDir(k.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if info, err := d.Info(); err == nil && !d.IsDir() && info.ModTime().Before(oldest) {
			return os.Remove(path)
		}
		return nil
	})
}

func refuse(format string, args ...any) error {
	return &wirechief.Error{Op: "media", Kind: wirechief.Invalid, Field: "media", Message: fmt.Sprintf(format, args...)}
}
