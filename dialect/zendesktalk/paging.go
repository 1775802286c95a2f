package zendesktalk

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
)

const (
	perPage    = 100    // as a rule and at most
	maxRecords = 10_000 // as far as pages by number go
)

// source gives the items of a list from an offset on, at most limit of them (0:
// all), and how many there are in all.
type source[T any] func(offset, limit int) (items []T, total int, err error)

// all is the source of a list that is at hand.
func all[T any](items []T) source[T] {
	return func(offset, limit int) ([]T, int, error) {
		total := len(items)
		page := items[min(offset, total):]
		if limit > 0 {
			page = page[:min(limit, len(page))]
		}
		return page, total, nil
	}
}

// writeList answers with one page of a list: by number (zendesktalk: every list,
// page, per_page, response 200, count, next_page, previous_page, response 400),
// or when page[size] is sent by cursor (zendesktalk: every list, page[size],
// page[after], page[before], response 200, meta, links). key tells an item from the others, row is how it
// is shown.
func writeList[T any](s *server, c *call, plural string, from source[T], key func(*T) string, row func(*T) any) error {
	if c.query.Get("page[size]") != "" {
		return writeCursor(s, c, plural, from, key, row)
	}
	size, err := c.count("per_page", perPage)
	if err != nil {
		return err
	}
	page, err := c.count("page", 1)
	if err != nil {
		return err
	}
	size = min(size, perPage)
	if page > maxRecords/size {
		return wirechief.Errorf(wirechief.Invalid, "page: pages by number end after %d records; use page[size] and page[after]", maxRecords)
	}
	items, total, err := from((page-1)*size, size)
	if err != nil {
		return err
	}
	var next, previous *string
	if page*size < total {
		next = s.link(c.r, c.query, map[string]string{"page": strconv.Itoa(page + 1)})
	}
	if page > 1 {
		previous = s.link(c.r, c.query, map[string]string{"page": strconv.Itoa(page - 1)})
	}
	writeJSON(c.w, http.StatusOK, map[string]any{
		plural: rows(items, row), "count": total, "next_page": next, "previous_page": previous,
	})
	return nil
}

func rows[T any](items []T, row func(*T) any) []any {
	out := make([]any, len(items))
	for i := range items {
		out[i] = row(&items[i])
	}
	return out
}

// count reads a number of the query from 1 up; an empty one is absent.
func (c *call) count(name string, absent int) (int, error) {
	v := c.query.Get(name)
	if v == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, wirechief.Errorf(wirechief.Invalid, "%s: %q is not a number from 1 up", name, v)
	}
	return n, nil
}

type cursorMeta struct {
	AfterCursor  *string `json:"after_cursor"`
	BeforeCursor *string `json:"before_cursor"`
	HasMore      bool    `json:"has_more"` // in the direction of going
}

type cursorLinks struct {
	Next *string `json:"next"`
	Prev *string `json:"prev"`
}

func writeCursor[T any](s *server, c *call, plural string, from source[T], key func(*T) string, row func(*T) any) error {
	size, err := c.count("page[size]", perPage)
	if err != nil {
		return err
	}
	size = min(size, perPage)
	items, total, err := from(0, 0)
	if err != nil {
		return err
	}
	start, end := 0, min(size, total)
	after, before := c.query.Get("page[after]"), c.query.Get("page[before]")
	switch {
	case after != "" && before != "":
		return wirechief.Errorf(wirechief.Invalid, "page[after] and page[before] exclude each other")
	case after != "":
		at, there, err := find("page[after]", after, items, key)
		if err != nil {
			return err
		}
		if there {
			at++
		}
		start, end = at, min(at+size, total)
	case before != "":
		at, _, err := find("page[before]", before, items, key)
		if err != nil {
			return err
		}
		start, end = max(at-size, 0), at
	}
	var meta cursorMeta
	var links cursorLinks
	if start < end {
		a, b := cursor(end-1, key(&items[end-1])), cursor(start, key(&items[start]))
		meta.AfterCursor, meta.BeforeCursor = &a, &b
		if end < total {
			links.Next = s.link(c.r, c.query, map[string]string{"page[after]": a, "page[before]": ""})
		}
		if start > 0 {
			links.Prev = s.link(c.r, c.query, map[string]string{"page[before]": b, "page[after]": ""})
		}
	}
	meta.HasMore = links.Next != nil
	if before != "" {
		meta.HasMore = links.Prev != nil
	}
	writeJSON(c.w, http.StatusOK, map[string]any{plural: rows(items[start:end], row), "meta": meta, "links": links})
	return nil
}

// cursor names the place of an item: the item, and for when that has gone where
// it was.
func cursor(at int, key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(at) + " " + key))
}

// find gives the place that a cursor names, and whether its item is there.
func find[T any](name, text string, items []T, key func(*T) string) (at int, there bool, _ error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	place, wanted, ok := strings.Cut(string(raw), " ")
	at, perr := strconv.Atoi(place)
	if err != nil || perr != nil || !ok || at < 0 {
		return 0, false, wirechief.Errorf(wirechief.Invalid, "%s: this is not a cursor", name)
	}
	for i := range items {
		if key(&items[i]) == wanted {
			return i, true, nil
		}
	}
	return min(at, len(items)), false, nil
}

// secureURL is a public URL when it is https: see [Options].
func secureURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}

// origin is how the client reaches us, without a slash at the end.
func (s *server) origin(r *http.Request) string {
	switch {
	case r.TLS != nil:
		return "https://" + r.Host
	case s.public != nil:
		return "https://" + s.public.Host + strings.TrimSuffix(s.public.EscapedPath(), "/")
	}
	return "http://" + r.Host
}

// link is the URL of another page: the client's own request with other values
// in the query, "" taking one out. Names are in order, so that page comes before
// per_page: the Ruby client reads the first page=<n> that it sees.
func (s *server) link(r *http.Request, query url.Values, change map[string]string) *string {
	values := maps.Clone(query)
	for name, v := range change {
		values.Del(name)
		if v != "" {
			values.Set(name, v)
		}
	}
	text := s.origin(r) + r.URL.EscapedPath() + "?" + values.Encode()
	return &text
}
