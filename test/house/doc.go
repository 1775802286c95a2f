// Package house holds the rules of the house as tests: what an architecture
// page can only ask for, and what nobody wants to look for in a review.
//
// The contract in short:
//
//   - A rule is a function over the tree of Go files, parsed and not compiled, so
//     it is quick and sees every platform and every tag.
//   - It returns sentences, each with the file and what to do about it. A rule
//     that cannot be kept in some place has that place, and why, beside it.
//   - Each rule is shown in testdata to find what it is there to find.
//
// What is asked: dependencies point inward and families keep apart
// (layers_test.go); packages, files and tests have the shape that the house
// gives them (shape_test.go); pages say what is so (pages_test.go).
//
// The package refuses to judge style: gofumpt and staticcheck do. Look next at
// CONTRIBUTING.md, which these tests keep true, and at docs/adr.
package house
