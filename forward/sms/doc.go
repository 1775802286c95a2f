// Package sms sends what arrives on as a text: forwards of a number, automatic
// replies, the answers to words of opt-out.
//
// The text goes out as every other does, through the exchange and its carriers:
// judged by the same rules, priced, with a history of its own. The number of the
// delivery is its idempotency key, so that a try which is made again, after a
// crash too, sends nothing twice.
//
// What a rule refuses is final, and the attempt says which rule and how to lift
// it. What is only full, or cannot be kept just now, is tried again, until the
// text is worthless. Pictures go along where the number and its route carry
// them; elsewhere the text ends in links to them.
//
// It decides nothing: what is sent, whom it is from and whether it goes in a
// circle is the exchange's to say (exchange/forward.go).
package sms
