package api

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"

	"github.com/wirechief/wirechief"
)

// parts takes the body of apply apart: a state file alone, or with the files
// that it names (RFC 7578). The files are slices of the body.
func parts(contentType string, body []byte) (state []byte, files map[string][]byte, err error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" {
		return body, nil, nil
	}
	broken := func(err error) error {
		return &wirechief.Error{Kind: wirechief.Invalid, Message: "the form is malformed", Err: err}
	}
	files = make(map[string][]byte)
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, broken(err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, nil, broken(err)
		}
		switch name := fileName(p); {
		case p.FormName() == "state" && state == nil:
			state = data
		case p.FormName() == "file" && name != "" && files[name] == nil:
			files[name] = data
		default:
			return nil, nil, wirechief.Errorf(wirechief.Invalid, "the form has one part state and parts file with different names; %q is neither", p.FormName())
		}
	}
	if state == nil {
		return nil, nil, wirechief.Errorf(wirechief.Invalid, "the form has no part state")
	}
	return state, files, nil
}

// fileName is the name of a part's file as it was sent: a path stays one, for
// it is compared with what the state file says and never opened.
func fileName(p *multipart.Part) string {
	_, params, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}
