// Package forwardtest is the suite that every member of the family of forwards
// passes (package forward), and the delivery engine's own sender of HTTP too.
//
// A member brings a [Member]: its sender, a way to make a delivery about a text,
// and a far side that answers as it is told. [Run] then shows that
//
//   - done, retry and final are told apart, with a reason of the closed list,
//     and each has its attempt on record,
//   - a far side that says nothing costs no more than the time there is,
//   - shutdown is neither failure nor attempt,
//   - every try of a delivery has the same identity at the far side, another
//     delivery another one,
//   - texts of strangers arrive whole and inert, whatever is in them,
//   - secrets are neither in attempts nor in outcomes nor in the log,
//   - after any trouble the next delivery goes through.
//
// It knows nothing of the member's wire. What a far side cannot play, the
// member says so, and that part is skipped.
package forwardtest
