package document

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Kind is the shape of a [Node].
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Scalar
	Sequence
	Mapping
)

func (k Kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping of keys"}[k]
}

// Node is a value of the file.
type Node struct {
	Kind    Kind
	Line    int
	Text    string  // Scalar: as written, quotes and escapes resolved
	Plain   bool    // Scalar: written without quotes
	Items   []*Node // Sequence
	Entries []Entry // Mapping, in the order of the file

	size int // of the root: how many values the file holds, aliases counted once
}

// Entry is a key of a mapping with its value.
type Entry struct {
	Key   string
	Line  int
	Value *Node
}

// Get gives the value of a key, nil when it is not there.
func (n *Node) Get(key string) *Node {
	for _, e := range n.Entries {
		if e.Key == key {
			return e.Value
		}
	}
	return nil
}

// maxDepth is how deep values may nest: our deepest file has eight levels.
const maxDepth = 100

// Parse reads one YAML document. File is its name in messages. An empty
// document is an empty mapping. An error is of type [Problems].
func Parse(file string, data []byte) (*Node, error) {
	fail := func(line int, format string, args ...any) (*Node, error) {
		return nil, Problems{{Where: file, Line: line, Message: fmt.Sprintf(format, args...)}}
	}
	if line := tooDeep(data); line > 0 {
		return fail(line, "values nest deeper than %d levels", maxDepth)
	}
	tree, err := parse(data)
	if err != nil {
		line, message := 0, err.Error()
		if syntax, ok := errors.AsType[yaml.Error](err); ok {
			message = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				line = t.Position.Line
			}
		}
		return fail(line, "not YAML: %s", message)
	}
	var body ast.Node
	for _, d := range tree.Docs {
		if d == nil || d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if d.Body.Type() == ast.DirectiveType {
			return fail(lineOf(d.Body), "directives (%%) are not understood")
		}
		if body != nil {
			return fail(lineOf(d.Body), "a second document begins here; the file may hold one")
		}
		body = d.Body
	}
	if body == nil {
		return &Node{Kind: Mapping, Line: 1, size: 1}, nil
	}
	b := builder{file: file, anchors: make(map[string]*Node)}
	root := b.node(body, 0)
	if len(b.problems) > 0 {
		return nil, b.problems.sorted()
	}
	if root.Kind == Null {
		root.Kind = Mapping
	}
	root.size = b.size
	return root, nil
}

// parse keeps a defect of the parser, should one remain, from ending the
// program: the bytes come from outside.
func parse(data []byte) (tree *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			tree, err = nil, fmt.Errorf("it cannot be parsed (%v)", r)
		}
	}()
	return parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
}

// tooDeep gives the line on which brackets or list dashes nest beyond any use,
// or 0. The parser behind works by recursion, so this has to be known before.
// Indentation needs no look: each level costs more bytes than the last.
func tooDeep(data []byte) int {
	line, open, dashes, indent := 1, 0, 0, 0
	for i, c := range data {
		switch c {
		case '\n':
			line, dashes, indent = line+1, 0, 0
			continue
		case '[', '{':
			open++
		case ']', '}':
			open = max(open-1, 0)
		case '-', '?', ':':
			if i+1 < len(data) && (data[i+1] == ' ' || data[i+1] == '\t') {
				dashes++
			}
		case ' ':
			indent++
		}
		// Brackets in texts count too: hence the generous bound.
		if open > 20*maxDepth || dashes > 20*maxDepth || indent > 1<<16 {
			return line
		}
	}
	return 0
}

func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// builder turns the parser's tree into ours.
type builder struct {
	file     string
	anchors  map[string]*Node
	problems Problems
	size     int
}

func (b *builder) refuse(line int, format string, args ...any) *Node {
	b.problems = append(b.problems, Problem{Where: b.file, Line: line, Message: fmt.Sprintf(format, args...)})
	return &Node{Line: line}
}

func (b *builder) node(n ast.Node, depth int) *Node {
	if n == nil {
		return &Node{}
	}
	line := lineOf(n)
	b.size++
	if depth > maxDepth {
		return b.refuse(line, "values nest deeper than %d levels", maxDepth)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return &Node{Line: line}
	case *ast.StringNode:
		return &Node{Kind: Scalar, Line: line, Text: n.Value, Plain: !quoted(n.Token)}
	case *ast.LiteralNode:
		return &Node{Kind: Scalar, Line: line, Text: n.Value.Value}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return &Node{Kind: Scalar, Line: line, Text: n.GetToken().Value, Plain: true}
	case *ast.MappingNode:
		return b.mapping(n.Values, line, depth)
	case *ast.MappingValueNode:
		return b.mapping([]*ast.MappingValueNode{n}, line, depth)
	case *ast.SequenceNode:
		out := &Node{Kind: Sequence, Line: line, Items: make([]*Node, 0, len(n.Values))}
		for _, v := range n.Values {
			if text, ok := glued(v); ok && n.IsFlowStyle {
				b.size++
				out.Items = append(out.Items, &Node{Kind: Scalar, Line: lineOf(v), Text: text, Plain: true})
				continue
			}
			out.Items = append(out.Items, b.node(v, depth+1))
		}
		return out
	case *ast.AnchorNode:
		name := n.Name.GetToken().Value
		delete(b.anchors, name) // so that it cannot hold itself
		v := b.node(n.Value, depth)
		b.anchors[name] = v
		return v
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		if v, ok := b.anchors[name]; ok {
			return v
		}
		return b.refuse(line, "there is no anchor &%s before this alias", name)
	case *ast.TagNode:
		return b.refuse(line, "tags (%s) are not understood", n.GetToken().Value)
	}
	return b.refuse(line, "%s is not understood here", strings.ToLower(n.Type().String()))
}

func (b *builder) mapping(values []*ast.MappingValueNode, line, depth int) *Node {
	out := &Node{Kind: Mapping, Line: line, Entries: make([]Entry, 0, len(values))}
	if len(values) > 0 {
		out.Line = lineOf(values[0].Key)
	}
	first := make(map[string]int, len(values))
	for _, v := range values {
		line := lineOf(v.Key)
		if v.Key.IsMergeKey() {
			b.refuse(line, "merge keys (<<) are not understood; write the keys out, or use an alias for a whole value")
			continue
		}
		key := b.node(mapKey(v.Key), depth+1)
		if key.Kind != Scalar {
			b.refuse(line, "a key is a single word")
			continue
		}
		if at, again := first[key.Text]; again {
			b.refuse(line, "the key %s is given twice, first in line %d", key.Text, at)
			continue
		}
		first[key.Text] = line
		out.Entries = append(out.Entries, Entry{Key: key.Text, Line: line, Value: b.node(v.Value, depth+1)})
	}
	return out
}

// glued mends what the parser behind makes of {allow: [127.0.0.1/32:2790]}: a
// colon that nothing separates from what follows is part of the word, in
// brackets too (YAML 1.2.2, 7.3.3), and no mapping.
func glued(n ast.Node) (string, bool) {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) == 1 {
		n = m.Values[0]
	}
	v, ok := n.(*ast.MappingValueNode)
	if !ok {
		return "", false
	}
	key, colon, value := v.Key.GetToken(), v.Start, v.Value.GetToken()
	if key == nil || colon == nil || value == nil || quoted(key) {
		return "", false
	}
	at := colon.Position.Offset
	if key.Position.Offset+len(key.Value) != at || key.Position.Line != value.Position.Line {
		return "", false
	}
	if rest, ok := glued(v.Value); ok {
		return key.Value + ":" + rest, true
	}
	if value.Position.Offset != at+1 || quoted(value) {
		return "", false
	}
	switch v.Value.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode:
		return key.Value + ":" + value.Value, true
	}
	return "", false
}

func mapKey(k ast.MapKeyNode) ast.Node {
	if explicit, ok := k.(*ast.MappingKeyNode); ok {
		return explicit.Value
	}
	return k
}

func quoted(t *token.Token) bool {
	return t != nil && (t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType)
}
