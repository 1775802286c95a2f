package sheet

import "strings"

// dangerous is what begins a formula: = + - @, and tab, carriage return and line
// feed, behind which some spreadsheets look on.
const dangerous = "=+-@\t\r\n"

// Defuse makes a cell harmless to a spreadsheet: an apostrophe is put before
// one that begins a formula. A cell that looks defused already gets another
// apostrophe, so that [Restore] always gives back what was there.
func Defuse(cell string) string {
	if isFormula(cell) || quoted(cell) {
		return "'" + cell
	}
	return cell
}

// Restore undoes [Defuse]: it takes one apostrophe away from before what would
// begin a formula. Every other cell, 'Tis included, stays as it is. So does
// what was never defused.
func Restore(cell string) string {
	if quoted(cell) {
		return cell[1:]
	}
	return cell
}

// quoted says whether apostrophes stand before what would begin a formula, or
// a number that a person wrote so.
func quoted(cell string) bool {
	rest := strings.TrimLeft(cell, "'")
	return rest != cell && begins(rest)
}

func isFormula(cell string) bool { return begins(cell) && !isNumber(cell) }

func begins(s string) bool { return s != "" && strings.IndexByte(dangerous, s[0]) >= 0 }

// isNumber says whether a cell is a number with a sign, such as +13105550100 or -5.
func isNumber(cell string) bool {
	digits := cell[1:]
	return (cell[0] == '+' || cell[0] == '-') && digits != "" && strings.Trim(digits, "0123456789.") == ""
}
