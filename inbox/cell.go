package inbox

import "strings"

// dangerous is what begins a formula in the spreadsheets that people open CSV
// files with (OWASP, CSV Injection): = + - @, and tab, carriage return and line
// feed, behind which some of them look on.
const dangerous = "=+-@\t\r\n"

// Defuse makes a cell of a CSV file harmless to a spreadsheet: an apostrophe is
// put before a cell that begins a formula, as people do by hand to say "this is
// text". So a number is written as '+13105550100. A cell that looks defused
// already gets another apostrophe, so that [Restore] always gives back what was
// there.
func Defuse(cell string) string {
	if isDangerous(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// Restore undoes [Defuse]: it takes one apostrophe away from before what would
// begin a formula. Every other cell, 'Tis included, stays as it is.
func Restore(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && isDangerous(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

func isDangerous(s string) bool { return s != "" && strings.IndexByte(dangerous, s[0]) >= 0 }
