// Package offer finds numbers that can be bought, among millions.
//
// An [Index] holds what is on offer from any number of sources (a list, a CSV
// file, a generator, a carrier) and answers an OfferQuery. It is in memory and
// a hint: what is bought is decided where purchases are kept, and [Index.Take]
// tells the index afterwards.
//
//   - All numbers stand in one order, that of their digits, packed four bits a
//     digit, in blocks of 32,768. A block has one bitset for each digit at each
//     place where its numbers differ, and one for those still on offer.
//   - A pattern is an AND of these bitsets for each alignment; an area code, a
//     prefix and the tied start of a pattern are found by binary search.
//   - Locations, and kinds of offer (country, type, carrier, price, abilities),
//     are in a dictionary; a number has a small id of each. What a query asks of
//     them is answered once for each entry that a block uses, and most blocks
//     are passed over by that alone.
//   - The walk ends with the page; what comes before the page is only counted.
//
// Searches read a snapshot that changes replace, and wait for nobody.
//
// [Pack] and [Unpack] are the form in which a store keeps a source: checksummed
// blocks that [Index.Load] reads at some eight million offers a second. [Merge]
// and [Without] change it. [Generate] makes numbers up.
//
// The package refuses to remember anything by itself: it knows no clock, disk
// or network, and nothing of reservations, prices owed or who buys. It judges
// the shape of numbers by e164 and not whether they are assigned.
//
// Look next at the type OfferQuery, whose comment defines patterns, and at
// search.go, which walks.
package offer
