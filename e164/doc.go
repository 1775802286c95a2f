// Package e164 parses, normalises and classifies the addresses of messages and
// calls: telephone numbers (ITU-T E.164), short codes and alphanumeric senders.
//
// An address is a plain string in one of three shapes, told apart by [KindOf]:
//
//	+13109060901   a telephone number: "+" and 7 to 15 digits
//	78701          a short code: 3 to 8 digits
//	Wirechief      an alphanumeric sender: 1 to 11 characters
//
// The contract in short:
//
//   - [Parse] takes what people write, with a country to read it in, and
//     [ParseNANP] what the North American dialects take; both give "+digits".
//   - Everything but [Country], [TimeZones] and the slow path of Parse is a
//     scan over the bytes: no tables are touched, nothing is allocated but the
//     result. A number that is "+digits" already is returned as it came in.
//   - An error is a [wirechief.Error] of kind Invalid whose message gives the
//     reason but not the number, so it may be logged.
//   - [Mask] is the form for logs.
//
// The package refuses to say whether a number is assigned, reachable or a
// mobile: numbering plans are out of date the day they are printed, and a
// carrier knows better. It checks shape, and the North American plan as far as
// its syntax goes. It guesses no country: without one, only the international
// form is taken.
//
// Country and time zone come from the tables of libphonenumber. Look next at
// schedule, which turns zones into quiet hours, and at routing, which matches
// prefixes of these strings.
package e164
