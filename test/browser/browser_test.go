package browser

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	_ "github.com/wirechief/wirechief/cli" // so that a change of the program is one of this test
)

// built is the program, made once for all journeys.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "wirechief-browser-")
	if err != nil {
		panic(err)
	}
	built = filepath.Join(dir, "wirechief")
	if out, err := exec.Command("go", "build", "-o", built, "github.com/wirechief/wirechief/cmd/wirechief").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// TestJourneys takes every journey.
func TestJourneys(t *testing.T) {
	r := newRunner(t)
	for _, file := range journeys(t, "journeys") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".mjs"), func(t *testing.T) {
			got := r.take(t, file)
			t.Logf("%d steps in %s", len(got.Steps), got.took)
			if got.Error == "" {
				return
			}
			t.Errorf("the journey ended in its step %q:\n%s", got.Failed, got.Error)
			for _, s := range got.Shots {
				t.Log(s)
			}
			for _, s := range r.servers {
				t.Logf("the server at %s said:\n%s", s.url, strings.TrimPrefix(s.said(), s.banner))
			}
		})
	}
}

// Journeys that do what no page may do have to fail, and say why.
func TestBadJourneys(t *testing.T) {
	r := newRunner(t)
	reason := regexp.MustCompile(`(?m)^// Fails with: (.+)$`)
	for _, file := range journeys(t, "testdata/bad") {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".mjs"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := reason.FindStringSubmatch(string(text))
			if want == nil {
				t.Fatal("the journey does not say how it fails")
			}
			got := r.take(t, file)
			if !strings.Contains(got.Error, want[1]) {
				t.Errorf("the journey ends with\n%s\nwithout: %s", got.Error, want[1])
			}
			if len(got.Steps) != 1 || len(got.Shots) != 1 {
				t.Errorf("steps %q, pictures %q", got.Steps, got.Shots)
			}
			for _, s := range got.Shots {
				name, _, _ := strings.Cut(s, " ")
				if info, err := os.Stat(name); err != nil || info.Size() < 100 {
					t.Errorf("a failure leaves no picture: %v", err)
				}
			}
		})
	}
}

// Every page of the menu is one that pages.mjs looks at.
func TestMenu(t *testing.T) {
	menu, err := os.ReadFile("../../console/template/part/nav.html")
	if err != nil {
		t.Fatal(err)
	}
	looked, err := os.ReadFile("journeys/pages.mjs")
	if err != nil {
		t.Fatal(err)
	}
	items := regexp.MustCompile(`"to" "(/[^"]*)"`).FindAllSubmatch(menu, -1)
	if len(items) < 10 {
		t.Fatalf("the menu has %d pages", len(items))
	}
	for _, item := range items {
		if !strings.Contains(string(looked), `"`+string(item[1])+`"]`) {
			t.Errorf("%s is in the menu, but pages.mjs does not look at it", item[1])
		}
	}
}

// journeys lists those of a folder; lib.mjs is what they are made of.
func journeys(t *testing.T, folder string) (out []string) {
	t.Helper()
	names, err := filepath.Glob(folder + "/*.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if filepath.Base(name) != "lib.mjs" {
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		t.Fatalf("there are no journeys in %s", folder)
	}
	return out
}
