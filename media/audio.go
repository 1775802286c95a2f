package media

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/wirechief/wirechief"
)

// MaxAudio is how many octets a recording of a tenant's own may have (zendesk:
// Uploading audio for a greeting).
const MaxAudio = 10 << 20

// audioFolder holds the recordings. They last, so [Keeper.Sweep] leaves it
// alone; no token is as long as its name, so no file of a message is in it.
const audioFolder = "audio"

// audioGrace is how old a recording is at least before it goes: by then
// whoever kept it has said that it is wanted.
const audioGrace = time.Hour

// audio is what a recording may be, and how its name ends.
var audio = map[string]string{"audio/mpeg": ".mp3", "audio/wav": ".wav"}

// KeepAudio stores a recording for as long as [Keeper.SweepAudio] hears that it
// is wanted. The bytes decide what it is: MP3 or WAV.
func (k *Keeper) KeepAudio(_ context.Context, r io.Reader) (wirechief.MediaItem, error) {
	head := make([]byte, 3072) // what the sniffer looks at
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return wirechief.MediaItem{}, brokeOff(err)
	}
	head = head[:n]
	item := wirechief.MediaItem{Token: k.tokens.Token()}
	found := mimetype.Detect(head)
	for kind, ext := range audio {
		if found.Is(kind) {
			item.Type, item.Ext = kind, ext
		}
	}
	if bytes.HasPrefix(head, []byte("ID3")) { // an empty tag, too (mimesniff 6.2)
		item.Type, item.Ext = "audio/mpeg", ".mp3"
	}
	if item.Type == "" {
		return wirechief.MediaItem{}, refuseAudio("the file is %s; MP3 and WAV are taken", found)
	}
	item.Size, err = k.writeAudio(k.audioPath(item.Token), head, r)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EROFS) {
		return wirechief.MediaItem{}, &wirechief.Error{
			Op: "media.audio", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Message: "there is no room for the file", Err: err,
		}
	}
	return item, err
}

// writeAudio puts the file there, whole and flushed before it has its name.
func (k *Keeper) writeAudio(path string, head []byte, rest io.Reader) (size int64, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, lost(err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return 0, lost(err)
	}
	defer os.Remove(f.Name()) // in vain once it has its name
	defer f.Close()
	if _, err := f.Write(head); err != nil {
		return 0, lost(err)
	}
	in := &reading{r: io.LimitReader(rest, MaxAudio+1-int64(len(head)))}
	n, err := io.Copy(f, in)
	switch size = int64(len(head)) + n; {
	case in.err != nil:
		return 0, brokeOff(in.err)
	case err != nil:
		return 0, lost(err)
	case size > MaxAudio:
		return 0, refuseAudio("the file has more than %d octets", MaxAudio)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, lost(err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, lost(err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		return 0, lost(err)
	}
	return size, nil
}

// reading remembers that it was the reading that failed, not the writing.
type reading struct {
	r   io.Reader
	err error
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}

// OpenAudio opens a recording; kind NotFound when there is none of the token.
func (k *Keeper) OpenAudio(_ context.Context, token string) (io.ReadSeekCloser, error) {
	if !tokenForm.MatchString(token) {
		return nil, wirechief.Errorf(wirechief.NotFound, "there is no such recording")
	}
	f, err := os.Open(k.audioPath(token))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wirechief.Errorf(wirechief.NotFound, "there is no such recording")
	case err != nil:
		return nil, lost(err)
	}
	return f, nil
}

// SweepAudio removes the recordings that nobody wants, those of the last hour
// excepted.
func (k *Keeper) SweepAudio(ctx context.Context, wanted func(token string) bool) error {
	latest := k.now().Add(-audioGrace)
	return filepath.WalkDir(filepath.Join(k.dir, audioFolder), func(path string, d os.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil // none has been kept yet
		case err != nil:
			return err
		case d.IsDir() || wanted(d.Name()):
			return nil
		}
		if info, err := d.Info(); err == nil && info.ModTime().Before(latest) {
			return os.Remove(path)
		}
		return nil
	})
}

func (k *Keeper) audioPath(token string) string {
	return filepath.Join(k.dir, audioFolder, token[:2], token)
}

func refuseAudio(format string, args ...any) error {
	err := wirechief.InvalidField("audio", format, args...)
	err.Op = "media.audio"
	return err
}

func brokeOff(err error) error {
	return &wirechief.Error{Op: "media.audio", Kind: wirechief.Invalid, Field: "audio", Message: "the file broke off", Err: err}
}

func lost(err error) error {
	return &wirechief.Error{Op: "media.audio", Kind: wirechief.Unavailable, Rule: wirechief.RuleStore, Err: err}
}
