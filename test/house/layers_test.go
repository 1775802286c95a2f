package house

import (
	"path"
	"slices"
	"strings"
)

var layers = []rule{
	{"the domain stands alone", domainAlone},
	{"dependencies point inward", inward},
	{"families keep apart", apart},
	{"test support is for tests", supportForTests},
}

// domainAlone: the root package imports the standard library only.
func domainAlone(t *tree) (found []string) {
	for _, f := range t.files {
		if f.folder() != "" || f.isTest() {
			continue
		}
		ours, others := f.imports()
		for _, p := range ours {
			found = append(found, f.at(f.syntax.Package, "the domain imports %s; it imports the standard library only", p))
		}
		for _, p := range others {
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") {
				found = append(found, f.at(f.syntax.Package, "the domain imports %s; it imports the standard library only", p))
			}
		}
	}
	return found
}

// ranks are the rings of the house from the inside out. A package imports from
// rings further in, and from its own folder. The longest path decides; /*
// stands for what lies below a folder and not for the folder itself.
var ranks = map[string]int{
	"": 0, // the domain

	// Pure leaves: no clock, no network, no disk.
	"backlog": 1, "e164": 1, "gsm": 1, "ident": 1, "optout": 1, "routing": 1, "schedule": 1, "webhook": 1, "sheet": 1, "internal": 1,

	// The contracts of the families, and what a running program needs.
	"carrier": 2, "dialect": 2, "forward": 2, "store": 2,
	"access": 2, "archive": 2, "audit": 2, "config": 2, "feed": 2, "presence": 2, "report": 2, "egress": 2, "media": 2, "observe": 2, "offer": 2, "state": 2, "voice/flow": 2, "voice/plan": 2,

	// The core: the exchange, and what people do beside it.
	"exchange": 3, "delivery": 3, "inbox": 3, "bulk": 3, "voice/media": 3, "voice/sip": 3,

	// What is put around it.
	"carrier/*": 4, "dialect/*": 4, "forward/*": 4, "store/*": 4, "api": 4, "console": 4, "voice": 4,

	"server": 5,
	"app":    6, // joins everything
	"bench":  7, // measures it
	"cli":    8,
	"cmd":    9, "test": 9,
}

// rankOf gives the ring of a folder, -1 when it has none.
func rankOf(folder string) int {
	if r, ok := ranks[folder]; ok {
		return r
	}
	for p := path.Dir(folder); p != "."; p = path.Dir(p) {
		if r, ok := ranks[p+"/*"]; ok {
			return r
		}
		if r, ok := ranks[p]; ok {
			return r
		}
	}
	return -1
}

// top is the first element of a path.
func top(folder string) string {
	first, _, _ := strings.Cut(folder, "/")
	return first
}

// inward: a package imports from rings further in.
func inward(t *tree) (found []string) {
	folders, files := t.folders()
	for _, folder := range folders {
		if rankOf(folder) < 0 {
			found = append(found, folder+": has no ring; give it one in test/house/layers_test.go")
			continue
		}
		for _, f := range files[folder] {
			if f.isTest() || isSupport(folder) {
				continue
			}
			ours, _ := f.imports()
			for _, p := range ours {
				// Whether members may import each other is the next rule's question.
				if top(p) != top(folder) && rankOf(p) >= rankOf(folder) {
					found = append(found, f.at(f.syntax.Package, "%s (ring %d) imports %s (ring %d)", folder, rankOf(folder), p, rankOf(p)))
				}
			}
		}
	}
	return found
}

var families = []string{"carrier", "dialect", "forward", "store"}

// member splits the path of a member's package, or of one below it:
// carrier/smpp/pdu is of member smpp of family carrier.
func member(folder string) (family, name string) {
	parts := strings.SplitN(folder, "/", 3)
	if len(parts) < 2 || !slices.Contains(families, parts[0]) || isSupport(folder) {
		return "", ""
	}
	return parts[0], parts[1]
}

// isSupport says whether a package is there for tests: carriertest, storetest.
func isSupport(folder string) bool { return strings.HasSuffix(folder, "test") || top(folder) == "test" }

// joins says who may import members: what builds the program, and what tests
// or measures it.
func joins(folder string) bool {
	return top(folder) == "app" || top(folder) == "bench" || top(folder) == "test"
}

// apart: a member imports no other member and no contract of another family,
// and nobody but app imports members. Tests from outside of a package may: one
// dialect's server is the best peer of a carrier that speaks it.
func apart(t *tree) (found []string) {
	for _, f := range t.files {
		folder := f.folder()
		family, name := member(folder)
		if joins(folder) || f.isExternalTest() || f.isTest() && family == "" {
			continue
		}
		ours, _ := f.imports()
		for _, p := range ours {
			otherFamily, other := member(p)
			switch {
			case otherFamily == family && other == name:
			case other != "" && isSupport(folder) && top(folder) == otherFamily:
				// The SMSC that tests the link is made of the link's own codec.
			case other != "":
				found = append(found, f.at(f.syntax.Package, "%s imports %s; only app imports members", folder, p))
			case family != "" && top(p) != family && slices.Contains(families, top(p)):
				found = append(found, f.at(f.syntax.Package, "%s imports %s, of another family", folder, p))
			}
		}
	}
	return found
}

// supportForTests: nothing that runs imports what is there for tests.
func supportForTests(t *tree) (found []string) {
	for _, f := range t.files {
		if f.isTest() || isSupport(f.folder()) || top(f.folder()) == "bench" {
			continue
		}
		ours, others := f.imports()
		for _, p := range ours {
			if isSupport(p) {
				found = append(found, f.at(f.syntax.Package, "%s imports %s, which is for tests", f.folder(), p))
			}
		}
		if slices.Contains(others, "testing") {
			found = append(found, f.at(f.syntax.Package, "%s imports testing outside of its tests", f.folder()))
		}
	}
	return found
}
