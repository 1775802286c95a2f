package sqlite

import (
	"encoding/binary"
	"slices"
	"sync/atomic"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// The index of texts is filled behind the commits of messages: many texts at
// once cost a fraction of what they cost one by one. Which ones are still to be
// done is kept in the commit of the messages, so nothing is lost in between;
// until then a search reads those texts themselves.
const (
	textsLater = time.Second // after which what waits is indexed, however little it is
	textsSome  = 1024        // that are worth a commit of their own when there is a pause
	textsSlice = 1024        // at most in one commit
	textsMost  = 50_000      // that wait for a pause; beyond it, they are done between messages
)

// texts is what the writer knows of texts that are not in the index.
type texts struct {
	fresh   []byte // keys, of the transaction under way
	waiting int    // in text_pending
	backlog bool   // from before there was an index
	done    int    // of the backlog, since the start
	timer   *time.Timer
	ripe    atomic.Bool // the oldest has waited for textsLater
}

// note puts a message down for the index: not what is in no conversation, and
// not what is off the record.
func (t *texts) note(m *wirechief.Message) {
	if m.Conversation == 0 || m.Text == "" || isOffRecord(m.Options) {
		return
	}
	t.fresh = binary.BigEndian.AppendUint64(t.fresh, uint64(keyOf(m.Shard, m.ID)))
}

func isOffRecord(o *wirechief.MessageOptions) bool { return o != nil && o.OffTheRecord }

// writePending keeps which texts of the transaction are to be indexed.
func (w *writer) writePending() error {
	if len(w.texts.fresh) == 0 {
		return nil
	}
	return w.q("INSERT INTO text_pending (keys) VALUES (?)").blob(w.texts.fresh).run()
}

// pendingKept counts them once they are committed.
func (w *writer) pendingKept() {
	w.texts.waiting += len(w.texts.fresh) / 8
	w.texts.fresh = w.texts.fresh[:0]
	w.scheduleTexts()
}

// scheduleTexts lets the writer come back to what waits.
func (w *writer) scheduleTexts() {
	t := &w.texts
	if t.waiting == 0 || t.timer != nil {
		return
	}
	t.timer = time.AfterFunc(textsLater, func() {
		t.ripe.Store(true)
		select {
		case w.wake <- struct{}{}:
		default:
		}
	})
}

// loadTexts looks what an earlier run has left.
func (w *writer) loadTexts() error {
	row := w.q("SELECT ifnull(sum(length(keys)), 0) / 8, EXISTS (SELECT 1 FROM text_backlog) FROM text_pending")
	if _, err := row.row(); err != nil {
		return err
	}
	w.texts.waiting, w.texts.backlog = int(row.getInt()), row.getInt() != 0
	row.done()
	stale, err := w.mark("", markWords)
	if err != nil {
		return err
	}
	if stale != 0 {
		w.forgotten()
	}
	if w.texts.backlog {
		w.s.Log.Info("the texts of earlier messages are being indexed; until that is done a search finds only some of them")
	}
	w.scheduleTexts()
	return nil
}

// isDue says whether texts should be indexed now, in a pause or between messages.
func (t *texts) isDue(pause bool) bool {
	if !pause {
		return t.waiting > textsMost
	}
	return t.backlog || t.waiting >= textsSome || t.waiting > 0 && t.ripe.Load()
}

// indexTexts indexes a slice of what waits, in a commit of its own. What fails
// is tried again later.
func (w *writer) indexTexts() {
	if w.s.poisoned() != nil {
		w.texts.waiting, w.texts.backlog = 0, false
		return
	}
	n, more, err := w.transactTexts()
	if t := &w.texts; err == nil {
		t.waiting = max(t.waiting-n, 0)
		if t.backlog != more {
			w.s.Log.Info("the texts of earlier messages are indexed", "messages", t.done)
		}
		t.backlog = more
		if t.waiting > 0 && t.ripe.Load() {
			return // at once
		}
	} else {
		if judge(err) == poison {
			w.s.poison(err)
			return
		}
		w.s.Log.Warn("texts could not be indexed; it is tried again", "error", err)
		t.backlog = false // until the next start; messages are not kept waiting for it
	}
	if w.texts.timer != nil {
		w.texts.timer.Stop()
		w.texts.timer = nil
	}
	w.texts.ripe.Store(false)
	w.scheduleTexts()
}

func (w *writer) transactTexts() (n int, more bool, err error) {
	if err := w.q("BEGIN IMMEDIATE").run(); err != nil {
		return 0, false, err
	}
	if n, err = w.indexPending(); err == nil && w.texts.backlog {
		more, err = w.indexBacklog()
	}
	if err == nil {
		err = w.q("COMMIT").run()
	}
	if err != nil && !w.AutocommitEnabled() {
		if rerr := w.q("ROLLBACK").run(); rerr != nil && !w.AutocommitEnabled() {
			w.s.poison(rerr)
		}
	}
	return n, more, err
}

// flush is the command that indexes all that waits: for tests and measurements,
// which cannot wait for a pause.
type flush struct{ wirechief.Command }

func (w *writer) flushTexts() error {
	for {
		n, err := w.indexPending()
		if err != nil {
			return err
		}
		if w.texts.waiting = max(w.texts.waiting-n, 0); n == 0 {
			break
		}
	}
	for w.texts.backlog {
		more, err := w.indexBacklog()
		if err != nil {
			return err
		}
		w.texts.backlog = more
	}
	return nil
}

// indexPending indexes a slice of the messages that are put down for it.
func (w *writer) indexPending() (int, error) {
	var keys []int64
	var last int64
	rows := w.q("SELECT seq, keys FROM text_pending ORDER BY seq")
	for {
		found, err := rows.row()
		if err != nil {
			return 0, err
		}
		if !found {
			break
		}
		last = rows.getInt()
		if keys = appendKeys(keys, rows.getBytes()); len(keys) >= textsSlice {
			rows.done()
			break
		}
	}
	if len(keys) == 0 {
		return 0, nil
	}
	count := len(keys)
	slices.Sort(keys) // as the index likes them best
	for _, key := range keys {
		row := w.q("SELECT tenant, text, options, iif(direction = 'inbound', recipient, sender), conversation FROM message WHERE key = ?").int(key)
		found, err := row.row()
		if err != nil {
			return 0, err
		}
		if !found {
			continue
		}
		tenant, text, options, number, conversation := row.getText(), row.getText(), row.getText(), row.getText(), row.getInt()
		row.done()
		if conversation == 0 {
			continue
		}
		if err := w.indexText(key, tenant, text, options, number); err != nil {
			return 0, err
		}
	}
	return count, w.q("DELETE FROM text_pending WHERE seq <= ?").int(last).run()
}

func appendKeys(keys []int64, b []byte) []int64 {
	for ; len(b) >= 8; b = b[8:] {
		keys = append(keys, int64(binary.BigEndian.Uint64(b)))
	}
	return keys
}

// indexBacklog goes on with the messages from before, in order of their keys.
func (w *writer) indexBacklog() (more bool, err error) {
	type old struct {
		key                           int64
		tenant, text, options, number string
	}
	var list []old
	rows := w.q(`SELECT key, tenant, text, options, iif(direction = 'inbound', recipient, sender) FROM message
		WHERE key >= (SELECT next FROM text_backlog) AND conversation <> 0 ORDER BY key LIMIT ?`).int(textsSlice)
	if err := rows.each(func() error {
		list = append(list, old{rows.getInt(), rows.getText(), rows.getText(), rows.getText(), rows.getText()})
		return nil
	}); err != nil {
		return false, err
	}
	for _, m := range list {
		if err := w.indexText(m.key, m.tenant, m.text, m.options, m.number); err != nil {
			return false, err
		}
	}
	before := w.texts.done
	if w.texts.done += len(list); w.texts.done/100_000 > before/100_000 {
		w.s.Log.Info("the texts of earlier messages are being indexed", "messages", w.texts.done)
	}
	if len(list) < textsSlice {
		return false, w.q("DELETE FROM text_backlog").run()
	}
	return true, w.q("UPDATE text_backlog SET next = ?").int(list[len(list)-1].key + 1).run()
}

// indexText puts a text into the index, in the place of what may be there.
func (w *writer) indexText(key int64, tenant, text, options, number string) error {
	if text == "" || text == wirechief.Redacted {
		return nil
	}
	if options != "" {
		if o, err := store.ParseOptions(options); err != nil || isOffRecord(o) {
			return nil
		}
	}
	words := wordsOf(text)
	if len(words) == 0 {
		return nil
	}
	return w.q("INSERT OR REPLACE INTO message_text (rowid, words) VALUES (?, ?)").
		int(key).text(tagged(tagOf(tenant), append(words, numberWord(number)))).run()
}

// dropText takes a text out of the index. One that waits for it is read when
// its turn comes, and then is what it is now.
func (w *writer) dropText(key int64) error {
	return w.q("DELETE FROM message_text WHERE rowid = ?").int(key).run()
}
