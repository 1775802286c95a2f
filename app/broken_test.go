package app

import (
	"errors"
	"testing"

	"github.com/wirechief/wirechief/config"
)

// The mark of a run stays behind unless all that was under way was kept.
func TestTheMarkOfABrokenRun(t *testing.T) {
	dir := t.TempDir()
	a := &App{cfg: &config.Config{DataDir: dir}}
	if wasBroken(dir) {
		t.Error("the first run finds a mark")
	}
	if err := a.running(); err != nil {
		t.Fatal(err)
	}
	a.rested(t.Context(), t.Context().Err())
	if wasBroken(dir) {
		t.Error("a run that was stopped left its mark")
	}
	if err := a.running(); err != nil {
		t.Fatal(err)
	}
	if !wasBroken(dir) {
		t.Error("a run that broke off left no mark")
	}
	a.rested(t.Context(), errors.New("not all is on disk"))
	if !wasBroken(dir) {
		t.Error("a run whose stop failed left no mark")
	}
}
