// Package sheet makes cells of tables (CSV, RFC 4180) harmless to the
// spreadsheets that people open them with, and undoes that.
//
// A cell that begins a formula is run by them (OWASP, CSV Injection): what a
// handset texted would calculate on somebody's desk, or fetch from the net.
// [Defuse] puts an apostrophe before such a cell, as people do by hand to say
// "this is text"; [Restore] takes it away again. The contract: Restore(Defuse(s))
// is s, whatever s is, so that what was exported can be imported.
//
// Signed numbers, telephone numbers among them, stay as they are: they
// calculate nothing, and scripts that read the table expect them so.
//
// The package refuses to read or write tables: encoding/csv does. It is pure, of
// the standard library, and knows nothing of what the cells mean. All exports
// go through it: packages inbox, bulk, exchange (suppressions), api (numbers)
// and console.
package sheet
