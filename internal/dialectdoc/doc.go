// Package dialectdoc makes the page of a dialect, docs/dialects/<name>.md: what
// the vendor documents, whether it is there, and where in the code.
//
// The contract in short:
//
//   - [Parse] reads documented.txt of the dialect: a row for each call, property
//     and response, and the decisions where the vendor is silent.
//   - [Scan] collects the citations in the dialect's code, comments such as
//     "bulkvs: PUT /webHooks, response 412", and its table of codes.
//   - [Page.Check] says what does not fit: a row that claims to be there and that
//     nothing cites, a citation of what no row has, a "no" without a reason.
//   - [Page.Markdown] writes the page.
//
// The test of the package compares the committed pages with what would be
// written now; `make generate` writes them (package generate below).
//
// It refuses to judge behaviour: that a citation is true is for the archives in
// the dialect's testdata to show. See docs/adr/0008, and dialect/bulkvs for an
// example of the rows.
package dialectdoc

//go:generate go run ./generate
