package dialectdoc

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Code is a code of a refusal that a client can look up.
type Code struct {
	Code   string
	Kind   string // of the domain, where the code stands for one
	Rule   string // of the domain, where the code stands for one
	Lift   string // how the rule is lifted, or what the kind means
	Status int    // of HTTP, 0 where it is that of the kind
}

// scanCodes reads the tables kinds and rules of errors.go, and what the domain
// says about each kind and rule in its errors.go.
func (p *Page) scanCodes(fsys fs.FS, syntax *ast.File) error {
	meanings, names, err := domainErrors(fsys)
	if err != nil {
		return err
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		table, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			return true
		}
		for _, e := range table.Elts {
			row, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			name := ""
			if key, ok := row.Key.(*ast.SelectorExpr); ok {
				name = key.Sel.Name
			}
			c := Code{Lift: meanings[name]}
			switch spec.Names[0].Name {
			case "kinds":
				c.Kind = words(name)
				for _, v := range row.Value.(*ast.CompositeLit).Elts {
					switch v := v.(type) {
					case *ast.SelectorExpr:
						c.Status = statusNamed(v.Sel.Name)
					case *ast.BasicLit:
						c.Code, _ = strconv.Unquote(v.Value)
					}
				}
			case "rules":
				c.Rule = names[name]
				if lit, ok := row.Value.(*ast.BasicLit); ok {
					c.Code, _ = strconv.Unquote(lit.Value)
				}
			default:
				return true
			}
			if c.Code != "" {
				p.Codes = append(p.Codes, c)
			}
		}
		return true
	})
	slices.SortStableFunc(p.Codes, func(a, b Code) int { return cmp.Compare(a.Code, b.Code) })
	return nil
}

// domainErrors gives the comment beside each constant of the domain's
// errors.go, and the values of those that are strings.
func domainErrors(fsys fs.FS) (meanings, values map[string]string, err error) {
	source, err := fs.ReadFile(fsys, "errors.go")
	if err != nil {
		return nil, nil, err
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), "errors.go", source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, fmt.Errorf("the domain's errors: %w", err)
	}
	meanings, values = make(map[string]string), make(map[string]string)
	ast.Inspect(syntax, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		name := spec.Names[0].Name
		if spec.Comment != nil {
			meanings[name] = strings.TrimSpace(spec.Comment.Text())
		}
		if len(spec.Values) == 1 {
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				values[name], _ = strconv.Unquote(lit.Value)
			}
		}
		return true
	})
	return meanings, values, nil
}

// statusNamed gives 404 for StatusNotFound, 0 for what is none.
func statusNamed(name string) int {
	for status := 400; status < 600; status++ {
		if text := http.StatusText(status); text != "" && name == "Status"+strings.ReplaceAll(text, " ", "") {
			return status
		}
	}
	return 0
}

// words writes NotFound as "not found".
func words(name string) string {
	var b strings.Builder
	for i, r := range name {
		if 'A' <= r && r <= 'Z' {
			if i > 0 {
				b.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
