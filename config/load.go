package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wirechief/wirechief/internal/document"
)

// Override is a value from a flag.
type Override struct {
	Flag  string // as the user wrote it, for messages: "--listen"
	Key   string // "http.listen"
	Value string
}

// Load reads the file, or none when the path is empty, lets the environment
// and then the overrides have their say, and judges the result. env looks a
// variable up, like [os.LookupEnv]; nil: there is none.
//
// An error shows every mistake, one a line. It is fit for a person as it is.
func Load(path string, env func(string) (string, bool), overrides ...Override) (*Config, error) {
	c := Defaults()
	r := document.NewReader(nameOf(path))
	base, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	folder := base
	if path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, unreadable(path, err)
		}
		root, err := document.Parse(path, data)
		if err != nil {
			return nil, err
		}
		r.Decode(root, "", c)
		if c.File, err = filepath.Abs(path); err != nil {
			return nil, err
		}
		folder = filepath.Dir(c.File)
	}
	c.anchor(folder)
	if env != nil {
		for key, leaf := range document.Leaves(c) {
			name := Variable(key)
			if value, ok := env(name); ok && value != "" {
				r.Set(name, key, leaf, value)
			}
		}
	}
	for _, o := range overrides {
		found := false
		for key, leaf := range document.Leaves(c) {
			if found = key == o.Key; found {
				r.Set(o.Flag, key, leaf, o.Value)
				break
			}
		}
		if !found {
			r.Report("", "%s: there is no key %s that a flag can set", o.Flag, o.Key)
		}
	}
	c.anchor(base)
	for i := range c.Carriers {
		c.Carriers[i].file = path
	}
	if r.Err() == nil {
		c.judge(r)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

func nameOf(path string) string {
	if path == "" {
		return "configuration"
	}
	return path
}

// unreadable says what is wrong with a file without Go's name of the call.
func unreadable(path string, err error) error {
	reason := err.Error()
	if perr, ok := errors.AsType[*fs.PathError](err); ok {
		reason = perr.Err.Error()
	}
	return document.Problems{{Where: path, Message: "the file cannot be read: " + reason}}
}

// anchor makes the paths that are still relative absolute.
func (c *Config) anchor(folder string) {
	for _, p := range c.paths() {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(folder, *p)
		}
	}
}

// Variable is the name of the environment variable for a key.
func Variable(key string) string {
	return "WIRECHIEF_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Keys lists the keys that variables and flags can set, in order.
func Keys() []string {
	var keys []string
	for key := range document.Leaves(Defaults()) {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Summary prints the configuration that holds, as YAML, secrets as "set" or
// "not set".
func (c *Config) Summary(w io.Writer) error { return document.Write(w, c) }
