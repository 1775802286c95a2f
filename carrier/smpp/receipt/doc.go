// Package receipt reads delivery receipts of SMPP: the text of SMPP 3.4
// appendix B, the optional parameters that say the same, and message ids.
//
// The specification leaves the text to the SMSC's vendor and gives an example:
//
//	id:IIIIIIIIII sub:SSS dlvrd:DDD submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DDDDDDD err:E Text:...
//
// In the wild fields come in any order and case, are missing, or have company;
// ids come in decimal where the response had hexadecimal, and with zeros in
// front. [Parse] reads what it knows wherever it stands, [Parsed.Merge] adds the optional
// parameters, and an [IDForm] brings ids into the form
// that the response to submit_sm had.
//
// The package refuses to fail: a receipt of which nothing can be read still is
// a receipt, of state unknown, and its text is kept by the caller. It is pure.
// Look next at carrier/smpp, inbound.go, which decides what is a receipt.
package receipt
