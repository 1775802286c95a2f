package delivery

import "github.com/wirechief/wirechief"

// lastRunEnded is what is said of a try that may be the second of its kind.
const lastRunEnded = "the last run ended while this may have been under way: the far side may have it twice"

// doubtful says whether the last run may have been in the middle of a try when
// it ended. Each try that has ended is on disk, so it can have been no other than
// what waits longest in each lane, as many as could be under way in it and on
// their way to the disk. To note each try before it is made would tell for
// certain, and cost a write for every one of them.
//
// What can be told for certain needs no mark: a text has its key, and the
// console sees nothing twice.
func (e *Engine) doubtful(l *lane, en *entry) bool {
	if !e.Broken || l.doubts >= e.InFlight+e.Window || !en.d.CreatedAt.Before(e.began) || !en.due.Before(e.began) {
		return false
	}
	switch l.key.Kind {
	case wirechief.KindWebhook, wirechief.KindHTTP, wirechief.KindEmail:
		l.doubts++
		return true
	}
	return false
}
