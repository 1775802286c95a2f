package zendesktalk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/dialect"
)

// maxUpload is how many octets of a form with a file are read: those of a
// recording, 10 MB, and what stands around it.
const maxUpload = 11 << 20

// isUpload says whether the body is a form with a file: it is read as it comes,
// not before.
func isUpload(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// uploadGreeting gives a greeting its sound: the first file of the form,
// whatever the field is called. The rest of the form is ignored (zendesktalk:
// PUT /greetings/{id}, file; zendesktalk: POST /greetings/{id}, file;
// zendesktalk: PUT /greetings/{id}/upload, file; zendesktalk: POST
// /greetings/{id}/upload, file).
func (s *server) uploadGreeting(c *call) error {
	key, err := c.greetingKey()
	if err != nil {
		return err
	}
	if _, err := s.core.Greetings().Get(c.r.Context(), c.p.Tenant, key); err != nil {
		return err
	}
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxUpload)
	form, err := c.r.MultipartReader()
	if err != nil {
		return wirechief.Errorf(wirechief.Invalid, "the body is not a form with a file: multipart/form-data is needed")
	}
	for {
		part, err := form.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return missing("greeting[uploaded_data]")
		case err != nil:
			return &wirechief.Error{Kind: wirechief.Invalid, Message: "the form is malformed, broke off or is too large", Err: err}
		case part.FileName() == "":
			continue
		}
		g, err := s.core.PutGreetingAudio(c.r.Context(), c.p, key, fileName(part.FileName()), part)
		if err != nil {
			return err
		}
		return s.writeGreeting(c, http.StatusOK, &g)
	}
}

// createFromForm makes a greeting of a form's name and category_id, which may
// stand in greeting[…], with the sound of its first file if it has one. What is
// no sound leaves no greeting behind.
func (s *server) createFromForm(c *call) error {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxUpload)
	if err := c.r.ParseMultipartForm(dialect.MaxBody); err != nil {
		return &wirechief.Error{Kind: wirechief.Invalid, Message: "the form is malformed, broke off or is too large", Err: err}
	}
	form := c.r.MultipartForm
	defer form.RemoveAll()
	record := make(object)
	for _, property := range []string{"name", "category_id"} {
		for _, field := range []string{property, "greeting[" + property + "]"} {
			if values := form.Value[field]; len(values) > 0 && values[0] != "" {
				record[property] = dialect.AppendString(nil, values[0])
			}
		}
	}
	if id, err := strconv.Atoi(string(bytes.Trim(record["category_id"], `"`))); err == nil {
		record["category_id"] = strconv.AppendInt(nil, int64(id), 10)
	}
	name, category, err := readGreeting(record)
	if err != nil {
		return err
	}
	g, err := s.newGreeting(c, name, category)
	if err != nil {
		return err
	}
	if fields := slices.Sorted(maps.Keys(form.File)); len(fields) > 0 {
		if g, err = s.sounding(c, &g, form.File[fields[0]][0]); err != nil {
			return err
		}
	}
	return s.writeGreeting(c, http.StatusCreated, &g)
}

// sounding gives a new greeting its sound, or takes it away again.
func (s *server) sounding(c *call, g *wirechief.Greeting, file *multipart.FileHeader) (wirechief.Greeting, error) {
	key := strconv.FormatInt(g.ID, 10)
	sound, err := file.Open()
	if err == nil {
		defer sound.Close()
		var heard wirechief.Greeting
		if heard, err = s.core.PutGreetingAudio(c.r.Context(), c.p, key, fileName(file.Filename), sound); err == nil {
			return heard, nil
		}
	}
	return *g, errors.Join(err, s.core.Greetings().Delete(context.WithoutCancel(c.r.Context()), c.p, key))
}

// fileName is the name without the folder, which some send, too.
func fileName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }

// audioURL is where the sound of a greeting is: a path, as the vendor's are.
func audioURL(g *wirechief.Greeting) string {
	return Prefix + "/greetings/" + strconv.FormatInt(g.ID, 10) + "/" + audioFile(g.Audio)
}

// audioFile names a sound: another one has another name.
func audioFile(a *wirechief.Audio) string {
	sum := sha256.Sum256([]byte(a.Token))
	return hex.EncodeToString(sum[:16]) + a.Ext
}

// greetingAudio gives the sound under the path of audio_url (zendesktalk: GET
// /greetings/{id}/{hash}.mp3, response 200).
func (s *server) greetingAudio(c *call) error {
	return s.serveAudio(c, func(a *wirechief.Audio) bool { return audioFile(a) == c.params[1] })
}

// greetingUpload gives the sound, whichever it is (zendesktalk: GET
// /greetings/{id}/upload, response 200).
func (s *server) greetingUpload(c *call) error {
	return s.serveAudio(c, func(*wirechief.Audio) bool { return true })
}

func (s *server) serveAudio(c *call, meant func(*wirechief.Audio) bool) error {
	id, err := c.id(0)
	if err != nil {
		return err
	}
	g, f, err := s.core.GreetingAudio(c.r.Context(), c.p.Tenant, strconv.FormatInt(id, 10))
	if err != nil {
		return err
	}
	defer f.Close()
	if !meant(g.Audio) {
		return wirechief.Errorf(wirechief.NotFound, "the greeting has another sound by now")
	}
	h := c.w.Header()
	h.Set("Content-Type", g.Audio.Type)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+strings.TrimSuffix(audioFile(g.Audio), g.Audio.Ext)+`"`)
	http.ServeContent(c.w, c.r, "", time.Time{}, f)
	return nil
}
