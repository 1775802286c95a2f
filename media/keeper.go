package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"github.com/wirechief/wirechief"
)

// Limits of a file, in octets (docs/dialects/bulkvs.md).
const (
	MaxFetch = 5 << 20 // taken of what comes in
	MaxKeep  = 1 << 20 // sent: carriers take no more
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
func (k *Keeper) Fetch(ctx context.Context, source string) (wirechief.MediaItem, error) {
	body, _, err := k.get(ctx, source, "image/jpeg, image/png, image/gif", MaxKeep)
	if err != nil {
		return wirechief.MediaItem{}, err
	}
	found := mimetype.Detect(body)
	for kind := found; kind != nil; kind = kind.Parent() { // an animated PNG is a PNG, too
		if ext, wanted := kinds[kind.String()]; wanted {
			return k.write(body, kind.String(), ext)
		}
	}
	return wirechief.MediaItem{}, refuse("%s is %s; jpg, png and gif can be sent", name(source), found)
}

// Collect gets a file that a carrier named with an inbound message and keeps
// it, whatever it is. Errors are as of Fetch.
func (k *Keeper) Collect(ctx context.Context, source string) (wirechief.MediaItem, error) {
	body, said, err := k.get(ctx, source, "*/*", MaxFetch)
	if err != nil {
		return wirechief.MediaItem{}, err
	}
	if isPlainName(source) && isUnsaid(said) && utf8.Valid(body) {
		said = "text/plain"
	}
	kind, ext := classify(body, said)
	return k.write(body, kind, ext)
}

// Text gives what a kept file holds, when it has no more than so many octets.
func (k *Keeper) Text(token string, most int64) (string, error) {
	f, err := os.Open(k.Path(token))
	if err != nil {
		return "", err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(body)) > most {
		err = refuse("the file has more than %d octets", most)
	}
	return string(body), err
}

// isPlainName says whether a URL names a file of plain text.
func isPlainName(source string) bool {
	u, err := url.Parse(source)
	return err == nil && strings.EqualFold(filepath.Ext(u.Path), ".txt")
}

// isUnsaid says whether a server did not tell what a file is.
func isUnsaid(said string) bool {
	base, _, _ := strings.Cut(said, ";")
	return base == "" || strings.EqualFold(strings.TrimSpace(base), "application/octet-stream")
}

// get reads what a URL leads to, up to a number of octets, and says what type
// the server takes it for.
func (k *Keeper) get(ctx context.Context, source, accept string, most int64) (body []byte, said string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, "", refuse("%s is not a URL that can be fetched", name(source))
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "wirechief")
	resp, err := k.client.Do(req)
	if err != nil {
		if wirechief.KindOf(err) == wirechief.Invalid {
			return nil, "", refuse("%s: %s", name(source), wirechief.MessageOf(err))
		}
		return nil, "", passing(name(source)+" cannot be reached", err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusRequestTimeout:
		return nil, "", passing(fmt.Sprintf("%s answers %d", name(source), resp.StatusCode), nil)
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return nil, "", refuse("%s redirects (%d); redirects are not followed", name(source), resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return nil, "", refuse("%s answers %d", name(source), resp.StatusCode)
	case resp.ContentLength > most:
		return nil, "", refuse("%s has %d octets; at most %d are taken", name(source), resp.ContentLength, most)
	}
	body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	switch {
	case err != nil:
		return nil, "", passing(name(source)+" broke off", err)
	case int64(len(body)) > most:
		return nil, "", refuse("%s has more than %d octets", name(source), most)
	}
	return body, resp.Header.Get("Content-Type"), nil
}

// name is a URL without what may be secret in it.
func name(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "the media URL"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// passing is an error that another try may not meet. The library's errors
// repeat the whole URL; what is under them does not.
func passing(message string, err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	return &wirechief.Error{Op: "media.fetch", Kind: wirechief.Unavailable, Field: "media", Message: message, Err: err}
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

// Sweep removes files that are older than links live, recordings excepted. It
// is run now and then.
func (k *Keeper) Sweep(ctx context.Context) error {
	oldest := k.now().Add(-Lifetime - 24*time.Hour)
	return filepath.WalkDir(k.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if d.IsDir() && path == filepath.Join(k.dir, audioFolder) {
			return filepath.SkipDir
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
