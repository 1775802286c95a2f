package dialectdoc

import (
	"fmt"
	"slices"
	"strings"
)

// Page is a dialect's page.
type Page struct {
	Name      string // of the dialect: "bulkvs"
	Vendor    string // as people write it
	Source    string // what was read, and when
	Base      string // path of the API: "/api/v1.0"
	Intro     []string
	Sections  []Section
	Decisions []Decision

	Citations []Citation
	Codes     []Code

	file string // documented.txt, for complaints
}

// Section is a call, or a thing that the dialect sends.
type Section struct {
	Call   string // "POST /messageSend", or a name such as "receipt"
	Title  string
	Source string // empty: the vendor's page; else where it is known from
	Rows   []Row
	line   int
}

// Row is one documented thing.
type Row struct {
	Thing  string // "call", a property, "response 409", or "response 200, RefId"
	State  State
	Remark string
	line   int
}

// State is how far a thing is there.
type State string

// The states. Ours is what the vendor does not have.
const (
	Yes     State = "yes"
	Partial State = "partial"
	No      State = "no"
	Ours    State = "ours"
)

// Decision is what is done where the vendor is silent.
type Decision struct {
	About   string
	Done    string
	Because string
	line    int
}

// Parse reads documented.txt. Its lines:
//
//	vendor | BulkVS                     of the head: vendor, source, base
//	text                                an introduction
//	== POST /path | title | source      begins a call; source may be left out
//	thing | yes | remark                a row of it
//	== decisions                        begins the decisions
//	about | what is done | because      a row of them
//	# text                              nothing
func Parse(name, file string, doc []byte) (*Page, error) {
	p := &Page{Name: name, file: file}
	var section *Section
	decisions := false
	n := 0
	for line := range strings.Lines(string(doc)) {
		n++
		line = strings.TrimSpace(line)
		bad := func(format string, args ...any) error {
			return fmt.Errorf("%s:%d: %s", file, n, fmt.Sprintf(format, args...))
		}
		columns := strings.Split(line, "|")
		for i := range columns {
			columns[i] = strings.TrimSpace(columns[i])
		}
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case line == "== decisions":
			section, decisions = nil, true
		case strings.HasPrefix(line, "== "):
			s := Section{Call: strings.TrimPrefix(columns[0], "== "), line: n}
			if len(columns) > 1 {
				s.Title = columns[1]
			}
			if len(columns) > 2 {
				s.Source = columns[2]
			}
			if s.Title == "" {
				return nil, bad("a call needs a title")
			}
			p.Sections = append(p.Sections, s)
			section, decisions = &p.Sections[len(p.Sections)-1], false
		case decisions:
			if len(columns) != 3 || slices.Contains(columns, "") {
				return nil, bad("a decision is: about | what is done | because")
			}
			p.Decisions = append(p.Decisions, Decision{columns[0], columns[1], columns[2], n})
		case section != nil:
			if len(columns) != 3 || columns[0] == "" {
				return nil, bad("a row is: thing | yes, partial, no or ours | remark")
			}
			r := Row{columns[0], State(columns[1]), columns[2], n}
			switch r.State {
			case Yes, Partial, No, Ours:
			default:
				return nil, bad("%q is none of yes, partial, no and ours", columns[1])
			}
			if slices.ContainsFunc(section.Rows, func(o Row) bool { return o.Thing == r.Thing }) {
				return nil, bad("%q is there twice", r.Thing)
			}
			section.Rows = append(section.Rows, r)
		case len(columns) == 2:
			switch columns[0] {
			case "vendor":
				p.Vendor = columns[1]
			case "source":
				p.Source = columns[1]
			case "base":
				p.Base = columns[1]
			default:
				return nil, bad("the head has vendor, source and base")
			}
		default:
			p.Intro = append(p.Intro, line)
		}
	}
	if p.Vendor == "" || p.Source == "" || len(p.Sections) == 0 {
		return nil, fmt.Errorf("%s: vendor, source and at least one call are needed", file)
	}
	return p, nil
}
