package cli

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// commandOf walks down the grammar along the words that name commands, and
// says how many there are.
func commandOf(app *kong.Node, args []string) (node *kong.Node, words int) {
	for node = app; words < len(args); words++ {
		next := slices.IndexFunc(node.Children, func(c *kong.Node) bool { return c.Name == args[words] })
		if next < 0 {
			break
		}
		node = node.Children[next]
	}
	return node, words
}

// ordered puts the flags of a command that takes any number of words before
// these: the parser takes no word behind a flag that follows another word, and
// people write `order N --name X tags=new`. What follows -- stays as it is.
func ordered(app *kong.Node, args []string) []string {
	node, n := commandOf(app, args)
	last := len(node.Positional) - 1
	if last < 0 || !node.Positional[last].IsCumulative() {
		return args
	}
	flags, rest := slices.Clone(args[:n]), []string{}
	for i := n; i < len(args); i++ {
		switch word := args[i]; {
		case word == "--":
			rest = append(rest, args[i:]...)
			i = len(args)
		case len(word) < 2 || word[0] != '-':
			rest = append(rest, word)
		default:
			flags = append(flags, word)
			if takesNext(node, word) && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return append(flags, rest...)
}

// takesNext says whether the word after a flag is its value.
func takesNext(node *kong.Node, word string) bool {
	for _, group := range node.AllFlags(false) {
		for _, f := range group {
			named := word == "--"+f.Name || slices.ContainsFunc(f.Aliases, func(a string) bool { return word == "--"+a })
			if named || f.Short != 0 && strings.TrimPrefix(word, "-") == string(f.Short) {
				return !f.IsBool() && !f.IsCounter()
			}
		}
	}
	return false
}
