// Package crosstalk holds the four dialects and our own API against each other:
// they are views on one core, and this is where that is proved.
//
// A setting that several of them can say is set through each in turn and read
// through all the others (fields_test.go is the list). A number that is bought
// or released through one is there, or gone, in all (life_test.go). And what
// belongs to another tenant answers, in every call, exactly as what there is
// not (tenants_test.go).
//
// Requests go to the handlers as the program mounts them, over one world
// (package world). It looks at answers only, never inside.
package crosstalk
