// Package gsm is the text of short messages: alphabets, octets, segments.
//
// It holds the default alphabet and its extension table (3GPP TS 23.038 6.2.1),
// septets packed and unpacked, UCS-2, Latin-1, the user data header that joins
// long messages (3GPP TS 23.040 9.2.3.24), and the arithmetic that all limits,
// prices and previews rest on: how many segments a text takes.
//
// The contract in short:
//
//   - [Analyse] counts and [Split] cuts; both walk the text in the same way, so
//     the count that a person sees is the number of segments that goes out.
//   - Nothing is transliterated. A text with one character outside the alphabet
//     is UCS-2 as a whole, and Analyse names the character.
//   - Neither an escape pair nor a surrogate pair is cut in two.
//   - Decoding never fails and never loses length silently: what cannot be read
//     becomes U+FFFD. Encoding refuses what it cannot write, with an error of
//     kind Invalid that does not quote the text.
//   - Everything is pure; a segment's text is a part of the caller's string.
//
// The package refuses to join segments (that takes memory, see exchange), to
// guess that a peer means another alphabet than its data_coding says, and to
// use national language tables (TS 23.038 annex A), which carriers in North
// America and Europe do not take from outside.
//
// Look next at carrier/smpp, which puts segments into PDUs.
package gsm
