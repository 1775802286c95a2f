package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/wirechief/wirechief/api/wire"
)

// version is `wirechief version`.
type version struct {
	JSON bool `name:"json" help:"Print JSON."`
}

func (c *version) Run(stdio IO) error {
	v := Version()
	if c.JSON {
		return printJSON(stdio.Out, v)
	}
	fmt.Fprintf(stdio.Out, "wirechief %s (commit %s, %s)\n", v.Version, v.Commit, v.Go)
	return nil
}

// Version says what this program was built from, as the Go tool wrote it down.
func Version() wire.Version {
	v := wire.Version{Version: "devel", Commit: "unknown", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if info.Main.Version != "" && info.Main.Version != "(devel)" {
		v.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			v.Commit = s.Value + v.Commit[len("unknown"):]
		case s.Key == "vcs.modified" && s.Value == "true":
			v.Commit += ", modified"
		}
	}
	return v
}
