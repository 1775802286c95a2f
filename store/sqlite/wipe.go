package sqlite

import (
	"sync/atomic"
	"time"
)

// A text that is dropped from the index is only struck out there; its words
// stay until the parts of the index that hold them are merged. So after a Forget
// all parts are, a slice in each pause, once nothing more was forgotten for a
// moment.

// wipeSlice is how many pages of the index one commit merges, about.
const wipeSlice = 64

// wiping is what the writer knows of it.
type wiping struct {
	stale bool        // there are such words
	begun bool        // the merge is under way
	moved bool        // it is through; the log of commits comes last
	ripe  atomic.Bool // nothing was forgotten for textsLater
	timer *time.Timer
}

// isDue says whether it should go on, in a pause.
func (p *wiping) isDue() bool { return p.stale && p.ripe.Load() }

// forgotten begins it anew, later.
func (w *writer) forgotten() {
	p := &w.wiping
	p.stale, p.begun, p.moved = true, false, false
	w.wipeLater()
}

func (w *writer) wipeLater() {
	p := &w.wiping
	p.ripe.Store(false)
	if p.timer != nil {
		p.timer.Reset(textsLater)
		return
	}
	p.timer = time.AfterFunc(textsLater, func() {
		p.ripe.Store(true)
		select {
		case w.wake <- struct{}{}:
		default:
		}
	})
}

// wipeWords does a slice, in a commit of its own.
func (w *writer) wipeWords() {
	p := &w.wiping
	if w.s.poisoned() != nil {
		p.stale = false
		return
	}
	var more bool
	var err error
	if p.moved {
		more, err = w.emptyLog()
	} else if p.begun, err = w.transactWipe(!p.begun); err == nil && !p.begun {
		p.moved = true
		w.s.checkpoint.hurry() // beside the writer, which has the rest to do then
		more = true
		w.wipeLater()
	} else {
		more = true
	}
	switch {
	case err == nil:
		p.stale = more
	case judge(err) == poison:
		w.s.poison(err)
	default:
		w.s.Log.Warn("words of forgotten texts could not be taken out of the files; it is tried again after the next start", "error", err)
		p.stale = false
	}
}

func (w *writer) transactWipe(begin bool) (more bool, err error) {
	if err := w.exec("PRAGMA secure_delete=ON"); err != nil {
		return false, err
	}
	defer func() {
		if undo := w.exec("PRAGMA " + secureUsually); err == nil {
			err = undo
		}
	}()
	if err := w.q("BEGIN IMMEDIATE").run(); err != nil {
		return false, err
	}
	pages := int64(wipeSlice)
	if begin {
		pages = -pages // FTS5: the parts that there are now, all of them into one
	}
	changes := w.totalChanges()
	if err = w.q("INSERT INTO message_text (message_text, rank) VALUES ('merge', ?)").int(pages).run(); err == nil {
		// FTS5 says that it had nothing to do by changing nothing.
		more = w.totalChanges()-changes >= 2
	}
	if err == nil {
		err = w.q("COMMIT").run()
	}
	if err != nil && !w.AutocommitEnabled() {
		if rerr := w.q("ROLLBACK").run(); rerr != nil && !w.AutocommitEnabled() {
			w.s.poison(rerr)
		}
	}
	return more, err
}

func (w *writer) totalChanges() int64 {
	row := w.q("SELECT total_changes()")
	defer row.done()
	if found, err := row.row(); !found || err != nil {
		return 0
	}
	return row.getInt()
}

// emptyLog takes what was forgotten out of the log of commits as well, unless
// somebody reads from it just now: then it is overwritten in time.
func (w *writer) emptyLog() (more bool, err error) {
	pages, moved, err := checkpoint(w.conn, "PRAGMA wal_checkpoint(NOOP)")
	if err != nil {
		return false, err
	}
	if pages-moved >= sideAt {
		w.s.checkpoint.hurry()
		w.wipeLater()
		return true, nil
	}
	w.SetBusyTimeout(0)
	_, _, err = checkpoint(w.conn, "PRAGMA wal_checkpoint(TRUNCATE)")
	w.SetBusyTimeout(10 * time.Second)
	if err != nil && judge(err) == poison {
		return false, err
	}
	return false, w.setMark("", markWords, 0)
}
