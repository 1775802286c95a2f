package dialect

import (
	"net/http"
	"slices"
	"strings"
)

// Route is one call of a dialect. H is the type of the dialect's own handlers.
type Route[H any] struct {
	Method string
	Path   string // below the dialect's prefix: "/messageSend"
	Handle H
	// Cite says where the vendor documents the call: "bulkvs: messageSend".
	Cite string
}

// Table finds routes. The zero Table has none.
type Table[H any] struct {
	prefix string
	fold   bool
	paths  map[string][]Route[H]
}

// NewTable makes the table of the routes under a prefix. Fold says that the
// case of letters in paths does not matter.
func NewTable[H any](prefix string, fold bool, routes []Route[H]) *Table[H] {
	t := &Table[H]{prefix: prefix, fold: fold, paths: make(map[string][]Route[H], 2*len(routes))}
	for _, r := range routes {
		path := t.key(prefix + r.Path)
		t.paths[path] = append(t.paths[path], r)
	}
	if fold { // what is spelt as documented is found without folding
		for _, r := range routes {
			t.paths[prefix+r.Path] = t.paths[t.key(prefix+r.Path)]
		}
	}
	return t
}

func (t *Table[H]) key(path string) string {
	if t.fold {
		return strings.ToLower(path)
	}
	return path
}

// Find gives the route for a request. Without one, allowed lists the methods
// that the path has: empty means that there is no such path.
func (t *Table[H]) Find(method, path string) (r *Route[H], allowed []string) {
	routes, ok := t.paths[path]
	if !ok {
		routes = t.paths[t.key(path)]
	}
	if r, allowed = pick(routes, method); r == nil {
		slices.Sort(allowed)
	}
	return r, allowed
}

// pick gives the route of a path for a method. HEAD is GET whose body the server
// leaves out (RFC 9110 9.3.2).
func pick[H any](routes []Route[H], method string) (r *Route[H], allowed []string) {
	for i := range routes {
		if routes[i].Method == method {
			return &routes[i], nil
		}
	}
	if method == http.MethodHead {
		return pick(routes, http.MethodGet)
	}
	for i := range routes {
		allowed = append(allowed, routes[i].Method)
	}
	return nil, allowed
}
