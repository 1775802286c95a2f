package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/wirechief/wirechief/internal/dialectdoc"
)

func main() {
	if err := generate(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate() error {
	root, err := dialectdoc.Root()
	if err != nil {
		return err
	}
	pages, err := dialectdoc.Pages(os.DirFS(root))
	if err != nil {
		return err
	}
	wrong := 0
	for _, p := range pages {
		complaints := p.Check()
		for _, c := range complaints {
			fmt.Fprintln(os.Stderr, c)
		}
		wrong += len(complaints)
		if len(complaints) > 0 {
			continue
		}
		name := filepath.Join(root, filepath.FromSlash(p.Path()))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, p.Markdown(), 0o644); err != nil {
			return err
		}
		fmt.Println(p.Path())
	}
	if wrong > 0 {
		return fmt.Errorf("%d rows or citations do not fit", wrong)
	}
	return nil
}
