package config

import (
	"errors"
	"slices"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/internal/document"
)

// offered is the types of carrier that can be configured.
var offered = [...]string{"bulkvs", "sim", "smpp"}

// Carrier is one entry under carriers:. Name and type are read here, all else
// by [Carrier.Decode].
type Carrier struct {
	Name string // unique; appears in routes, logs and metrics
	Type string // "bulkvs", "sim", "smpp"

	file string
	path string
	node *document.Node
	read any // what Decode filled, for the summary
}

// UnmarshalNode keeps the entry and reads its name and type.
func (c *Carrier) UnmarshalNode(r *document.Reader, path string, n *document.Node) {
	var head struct {
		Name string
		Type string
	}
	if n.Kind != document.Mapping {
		r.Report(path, "%s is needed here, not %s", document.Mapping, n.Kind)
		return
	}
	rest := &document.Node{Kind: document.Mapping, Line: n.Line}
	for _, e := range n.Entries {
		switch e.Key {
		case "name":
			r.Decode(e.Value, path+".name", &head.Name)
		case "type":
			r.Decode(e.Value, path+".type", &head.Type)
		default:
			rest.Entries = append(rest.Entries, e)
		}
	}
	*c = Carrier{Name: head.Name, Type: head.Type, path: path, node: rest}
}

// Decode fills into, a pointer to the configuration struct of the carrier's
// package that holds its defaults, from the keys of the entry; then it asks
// the struct's Validate method, if there is one. An error names file and line.
func (c *Carrier) Decode(into any) error {
	r := document.NewReader(c.file)
	n := c.node
	if n == nil {
		n = &document.Node{Kind: document.Mapping}
	}
	r.Decode(n, c.path, into)
	if r.Err() == nil {
		if v, ok := into.(interface{ Validate() error }); ok {
			c.judge(r, v.Validate())
		}
	}
	if err := r.Err(); err != nil {
		return err
	}
	c.read = into
	return nil
}

// judge reports an error of Validate, or each of several joined ones, beside
// the key that it names.
func (c *Carrier) judge(r *document.Reader, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			c.judge(r, e)
		}
		return
	}
	path, message := c.path, err.Error()
	if e, ok := errors.AsType[*wirechief.Error](err); ok {
		message = e.Message
		if e.Field != "" {
			path += "." + e.Field
			message = strings.TrimPrefix(message, e.Field+": ")
		}
	}
	r.Report(path, "%s", message)
}

// Printed gives the entry for a summary: with every default once it has been
// decoded, before that as it was written.
func (c Carrier) Printed() any {
	return struct {
		Name     string `yaml:"name"`
		Type     string `yaml:"type"`
		Settings any    `yaml:",inline"`
	}{c.Name, c.Type, c.settings()}
}

func (c Carrier) settings() any {
	if c.read != nil {
		return c.read
	}
	return c.node
}

func isOffered(kind string) bool { return slices.Contains(offered[:], kind) }
