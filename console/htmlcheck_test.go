package console_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// document is a page as the checks and tests look at it.
// node is an element or a text.
type node = html.Node

type document struct{ root *html.Node }

func parse(t testing.TB, page string) document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return document{root}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// all gives the elements that a test of one says yes to.
func (d document) all(want func(*html.Node) bool) (out []*html.Node) {
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && want(n) {
			out = append(out, n)
		}
	}
	return out
}

// byID gives the element of an id, nil when there is none.
func (d document) byID(id string) *html.Node {
	for _, n := range d.all(func(n *html.Node) bool { return attr(n, "id") == id }) {
		return n
	}
	return nil
}

// text is what an element says, blanks run together.
func text(n *html.Node) string {
	if n == nil {
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func (d document) text() string { return text(d.root) }

// faults lists what no page of ours may have: what a reader of the screen or
// the content policy would stumble over.
func (d document) faults() (out []string) {
	say := func(n *html.Node, format string, args ...any) {
		out = append(out, fmt.Sprintf("<%s id=%q name=%q class=%q>: ", n.Data, attr(n, "id"), attr(n, "name"), attr(n, "class"))+fmt.Sprintf(format, args...))
	}
	ids, labelled := make(map[string]bool), make(map[string]bool)
	for _, n := range d.all(func(n *html.Node) bool { return has(n, "id") || n.Data == "label" }) {
		if n.Data == "label" {
			labelled[attr(n, "for")] = true
		}
		if id := attr(n, "id"); has(n, "id") {
			if ids[id] || id == "" {
				say(n, "the id is there twice or empty")
			}
			ids[id] = true
		}
	}
	for _, n := range d.all(func(*html.Node) bool { return true }) {
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
				say(n, "inline %s, which the content policy forbids", a.Key)
			}
			if (a.Key == "href" || a.Key == "src" || a.Key == "action") && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				say(n, "a script as an address")
			}
			if (a.Key == "aria-labelledby" || a.Key == "aria-describedby") && !ids[a.Val] {
				say(n, "%s names %q, which is not there", a.Key, a.Val)
			}
		}
		switch n.Data {
		case "script":
			if attr(n, "src") == "" {
				say(n, "an inline script")
			}
		case "style":
			say(n, "an inline style")
		case "img":
			if !has(n, "alt") {
				say(n, "a picture without text")
			}
		case "input", "select", "textarea":
			if kind := attr(n, "type"); kind == "hidden" || kind == "submit" {
				break
			}
			if !labelled[attr(n, "id")] && attr(n, "aria-label") == "" && attr(n, "aria-labelledby") == "" {
				say(n, "a field without a label")
			}
		case "button", "a":
			if text(n) == "" && attr(n, "aria-label") == "" {
				say(n, "it says nothing")
			}
		case "form":
			if strings.EqualFold(attr(n, "method"), "post") && !d.within(n, func(i *html.Node) bool {
				return i.Data == "input" && attr(i, "name") == "csrf" && attr(i, "value") != ""
			}) {
				say(n, "a form without its token")
			}
		}
	}
	for _, name := range []string{"main", "h1", "title"} {
		if len(d.all(func(n *html.Node) bool { return n.Data == name && n.Namespace == "" })) != 1 {
			out = append(out, "there is not exactly one "+name)
		}
	}
	return out
}

func (d document) within(n *html.Node, want func(*html.Node) bool) bool {
	for i := range n.Descendants() {
		if i.Type == html.ElementNode && want(i) {
			return true
		}
	}
	return false
}
