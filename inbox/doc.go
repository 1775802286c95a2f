// Package inbox is what people do with conversations, contacts and templates:
// read, answer, assign, archive, label, note, block, search, import, export,
// forget. The console and our own API stand on it.
//
// Stores keep conversations up to date with every message by themselves; what
// people do goes through a [Desk]. It sends nothing by itself: an answer is a
// request to the exchange ([Sender]), which judges it like every other, and a
// refusal comes back with its rule and how that is lifted.
//
// The contract of every method:
//
//   - It takes the [wirechief.Principal] who asks. What their role does not
//     allow is refused (kind Forbidden, RuleRole) in words; programs have no role
//     and go by scopes, which are judged where they come in. The tenant is the
//     principal's. What belongs to another tenant is not found, as if it were
//     not there.
//   - The principal is put into the context of what is written, for the audit log.
//   - Errors are *[wirechief.Error] and name the field at fault.
//
// A block really blocks: the exchange asks [Desk.Blocked] for every inbound text,
// which answers from memory.
//
// Cells of CSV files that a spreadsheet would run are defused when written and
// restored when read (package sheet), so that what was exported can be
// imported again.
//
// Retention ([Desk.Start]) sweeps once a day what tenants no longer want kept.
// The desk refuses to keep copies: nothing of messages is held in memory.
package inbox
