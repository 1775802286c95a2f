// Package bulk sends one text to many from a CSV file.
//
// [Office.Draft] reads the file, fills the text in for each row and judges it as
// the exchange would: what cannot be sent and why, who has opted out, segments,
// cost. Nothing is sent before [Office.Launch]. Then one goroutine for each
// running bulk takes its rows in order and sends them like anybody else, through
// the exchange, with all of its rules.
//
// The contract in short:
//
//   - A row is sent once. Each goes out under an idempotency key of its own, and
//     its result is kept a batch at a time: after a crash the rows of the last
//     batch are sent again under the same keys, which sends nothing twice.
//   - Nothing is dropped. What fails for now (the store, a full queue, a cap)
//     ends the batch, and the rows that are left are tried again later. What
//     concerns the sender as a whole (funds, a campaign) pauses the bulk and says
//     why, instead of using up its rows.
//   - Pause, Resume and Cancel act at once: rows that have not been handed over
//     stay ready, and Pause returns when nothing is under way any more.
//   - All bulks together have a few sends in flight (Options.InFlight), so
//     that a file of 100,000 does not stand in the way of a single text.
//   - What is running goes on after a restart; drafts stay drafts.
//   - Who asks needs the right to bulk sends; a bulk of another tenant is as
//     unknown as one that does not exist.
//
// The package refuses to guess the country of a number, to repair a file that
// it cannot read for sure, and to know the exchange: it names the two methods
// that it needs ([Sender], [Judge]).
//
// sheet.go reads files, template.go fills texts in, run.go sends.
package bulk
