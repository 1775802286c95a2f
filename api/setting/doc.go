// Package setting writes the settings of a number as names and values in plain
// text, and reads them: for cells of a table of numbers (CSV) and words of a
// command line.
//
// A name is the path of a property of our own API, as voice.calls.outbound; the
// names are those of [wire.Settings], so that a setting which is added there is
// here too. A value is written so:
//
//   - text, numbers and true or false as they are;
//   - lists of texts and numbers with a separator between them, or as JSON when
//     one holds the separator;
//   - everything else (forwards, greeting_settings) as JSON.
//
// It judges the form of a value, so that a mistake can be told where it was
// made. What a value means is the exchange's to judge.
package setting
