package dialectdoc

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Citation is a place in the code that names a documented thing.
type Citation struct {
	Call  string // as written: "POST /messageSend", "messageSend", or "" for every call
	Thing string // as in [Row]
	File  string // path from the root of the module
	Line  int
	In    string // the declaration that it stands in or before
}

// sentence is the text of a citation: it ends with the sentence, or before.
var sentence = regexp.MustCompile(`^(?:[^;:()."]|\.\S)+`)

// cited gives the citations of a dialect in a text.
func cited(dialect, text string) (out []string) {
	for i, part := range strings.Split(text, dialect+": ") {
		if i > 0 {
			out = append(out, sentence.FindString(part))
		}
	}
	return out
}

// Scan adds the citations in the Go files of a dialect's folder, tests left
// out, and the table of codes of errors.go.
func (p *Page) Scan(fsys fs.FS, folder string) error {
	files, err := fs.Glob(fsys, path.Join(folder, "*.go"))
	if err != nil {
		return err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		p.scanFile(set, syntax)
		if path.Base(name) == "errors.go" {
			if err := p.scanCodes(fsys, syntax); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Page) scanFile(set *token.FileSet, syntax *ast.File) {
	add := func(text string, pos token.Pos) {
		for _, citation := range cited(p.Name, text) {
			at := set.Position(pos)
			for _, c := range parseCitation(citation) {
				c.File, c.Line, c.In = at.Filename, at.Line, declarationAt(syntax, pos)
				p.Citations = append(p.Citations, c)
			}
		}
	}
	for _, group := range syntax.Comments {
		if group == syntax.Doc {
			continue // the package comment is prose
		}
		add(strings.Join(strings.Fields(group.Text()), " "), group.Pos())
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(s, p.Name+": ") {
				add(s, lit.Pos())
			}
		}
		return true
	})
}

// parseCitation splits "PUT /webHooks, Url, response 200, Url, response 412":
// a property belongs to the response before it, or else to the request.
func parseCitation(text string) (out []Citation) {
	parts := strings.Split(strings.TrimSpace(text), ",")
	call := ""
	if first := strings.TrimSpace(parts[0]); !strings.HasPrefix(first, "response ") {
		call, parts = first, parts[1:]
	}
	if len(parts) == 0 {
		return []Citation{{Call: call, Thing: "call"}}
	}
	response := ""
	for _, part := range parts {
		part = strings.TrimSpace(part)
		switch {
		case strings.HasPrefix(part, "response "):
			response = part
		case response != "":
			part = response + ", " + part
		}
		out = append(out, Citation{Call: call, Thing: part})
	}
	return out
}

// declarationAt names the declaration that a position is in, its comments
// included.
func declarationAt(f *ast.File, pos token.Pos) string {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if within(pos, d, d.Doc, nil) {
				return d.Name.Name
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				name, doc, comment := "", d.Doc, (*ast.CommentGroup)(nil)
				switch s := s.(type) {
				case *ast.ValueSpec:
					name, comment = s.Names[0].Name, s.Comment
					doc = cmp.Or(s.Doc, doc)
				case *ast.TypeSpec:
					name, comment = s.Name.Name, s.Comment
					doc = cmp.Or(s.Doc, doc)
				}
				if within(pos, s, doc, comment) {
					return name
				}
			}
		}
	}
	return ""
}

func within(pos token.Pos, n ast.Node, doc, comment *ast.CommentGroup) bool {
	start, end := n.Pos(), n.End()
	if doc != nil {
		start = doc.Pos()
	}
	if comment != nil {
		end = comment.End()
	}
	return start <= pos && pos <= end
}

// Check says what does not fit.
func (p *Page) Check() (complaints []string) {
	used := make(map[*Row]bool)
	for _, c := range p.Citations {
		rows := p.rowsOf(c)
		if len(rows) == 0 {
			what := c.Thing
			if c.Call != "" {
				what = c.Call + ", " + c.Thing
			}
			complaints = append(complaints, fmt.Sprintf("%s:%d: cites %q, which %s does not have", c.File, c.Line, what, p.file))
		}
		for _, r := range rows {
			used[r] = true
		}
	}
	for i := range p.Sections {
		s := &p.Sections[i]
		for j := range s.Rows {
			r := &s.Rows[j]
			switch {
			case r.State == No && used[r]:
				complaints = append(complaints, fmt.Sprintf("%s:%d: %q says no, and code cites it", p.file, r.line, r.Thing))
			case r.State != No && !used[r]:
				complaints = append(complaints, fmt.Sprintf("%s:%d: nothing cites %q of %s", p.file, r.line, r.Thing, s.Call))
			case r.State != Yes && r.Remark == "":
				complaints = append(complaints, fmt.Sprintf("%s:%d: %q says %s and not why", p.file, r.line, r.Thing, r.State))
			}
		}
	}
	return complaints
}

// rowsOf gives the rows that a citation means.
func (p *Page) rowsOf(c Citation) (rows []*Row) {
	for i := range p.Sections {
		s := &p.Sections[i]
		if c.Call != "" && c.Call != s.Call && "/"+c.Call != pathOf(s.Call) {
			continue
		}
		for j := range s.Rows {
			if s.Rows[j].Thing == c.Thing {
				rows = append(rows, &s.Rows[j])
			}
		}
	}
	return rows
}

// pathOf is the path of a call: "/webHooks" of "PUT /webHooks".
func pathOf(call string) string {
	_, p, _ := strings.Cut(call, " ")
	return p
}
