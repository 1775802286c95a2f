package dialect

import (
	"net/url"
	"slices"
	"strings"
)

// Paths is a table of routes with parameters: {name} stands for one segment of
// the path, {name...} at the end for all that is left, slashes included. A
// literal segment wins over a parameter, also where it has not got the method.
type Paths[H any] struct {
	fold bool
	root pathNode[H]
}

type pathNode[H any] struct {
	literals map[string]*pathNode[H]
	one      *pathNode[H]
	rest     *pathNode[H]
	routes   []Route[H]
}

// NewPaths makes the table of the routes, whose paths are below prefix. With
// fold, literals are found in any case of letters; parameters keep theirs.
func NewPaths[H any](prefix string, fold bool, routes []Route[H]) *Paths[H] {
	t := &Paths[H]{fold: fold}
	for _, r := range routes {
		node := &t.root
		for _, segment := range strings.Split(strings.TrimPrefix(prefix+r.Path, "/"), "/") {
			node = node.child(t.key(segment), segment)
		}
		node.routes = append(node.routes, r)
	}
	return t
}

func (t *Paths[H]) key(segment string) string {
	if t.fold {
		return strings.ToLower(segment)
	}
	return segment
}

func (n *pathNode[H]) child(key, segment string) *pathNode[H] {
	to := &n.one
	switch {
	case strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "...}"):
		to = &n.rest
	case !strings.HasPrefix(segment, "{"):
		if n.literals == nil {
			n.literals = make(map[string]*pathNode[H])
		}
		if n.literals[key] == nil {
			n.literals[key] = new(pathNode[H])
		}
		return n.literals[key]
	}
	if *to == nil {
		*to = new(pathNode[H])
	}
	return *to
}

// Find gives the route of a request and the values of its parameters, in their
// order. path is escaped, as [url.URL.EscapedPath] gives it: a slash within a
// value is then not taken for one between segments. Without a route, allowed
// are the methods that the path has, none when there is no such path.
func (t *Paths[H]) Find(method, path string) (r *Route[H], params, allowed []string) {
	return t.find(&t.root, strings.TrimPrefix(path, "/"), method, nil)
}

func (t *Paths[H]) find(n *pathNode[H], path, method string, params []string) (*Route[H], []string, []string) {
	segment, rest, more := strings.Cut(path, "/")
	value, err := url.PathUnescape(segment)
	var allowed []string
	try := func(next *pathNode[H], params []string) (*Route[H], []string) {
		if next == nil {
			return nil, nil
		}
		if more {
			r, found, methods := t.find(next, rest, method, params)
			allowed = append(allowed, methods...)
			return r, found
		}
		r, methods := pick(next.routes, method)
		allowed = append(allowed, methods...)
		return r, params
	}
	if err == nil {
		r, found := try(n.literals[t.key(value)], params)
		if r != nil {
			return r, found, nil
		}
		if len(allowed) > 0 { // the path is there as it is written
			slices.Sort(allowed)
			return nil, nil, slices.Compact(allowed)
		}
		if value != "" {
			if r, found := try(n.one, append(slices.Clip(params), value)); r != nil {
				return r, found, nil
			}
		}
	}
	if all, err := url.PathUnescape(path); err == nil && n.rest != nil && all != "" {
		r, methods := pick(n.rest.routes, method)
		if r != nil {
			return r, append(slices.Clip(params), all), nil
		}
		allowed = append(allowed, methods...)
	}
	slices.Sort(allowed)
	return nil, nil, slices.Compact(allowed)
}
