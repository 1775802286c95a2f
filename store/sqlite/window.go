package sqlite

import (
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

// markReplied begins the names of the marks that hold when a peer was last
// answered automatically, of a conversation that retention has removed: "replied
// NUMBER PEER", at in microseconds. A handset is not answered twice in a window
// because its texts are not kept as long as that. Who is forgotten is forgotten
// here, too.
const markReplied = "replied "

// windowMost is as long as a window can be (exchange); nothing is asked of older ones.
const windowMost = 30 * 24 * time.Hour

const windowsOf = "tenant = ? AND name >= '" + markReplied + "' AND name < 'replied!'" // "!" follows the blank

// keepWindow keeps the window of a conversation that is about to go.
func (w *writer) keepWindow(key int64, c *wirechief.Conversation) error {
	row := w.q("SELECT auto_reply_at FROM conversation WHERE key = ?").int(key)
	found, err := row.row()
	if !found || err != nil {
		return err
	}
	at := row.getInt()
	row.done()
	if at <= store.Micros(w.s.Now().Add(-windowMost)) {
		return nil
	}
	return w.setMark(c.Tenant, markReplied+c.Number+" "+c.Peer, at)
}

// dropOldWindows drops those that are over whatever the number says.
func (w *writer) dropOldWindows(tenant string) error {
	return w.q("DELETE FROM mark WHERE " + windowsOf + " AND at <= ?").text(tenant).int(store.Micros(w.s.Now().Add(-windowMost))).run()
}

// dropWindows drops those of a peer who is forgotten; number "": of all numbers.
func (w *writer) dropWindows(tenant, number, peer string) error {
	if peer == "" {
		return nil
	}
	if number != "" {
		return w.setMark(tenant, markReplied+number+" "+peer, 0)
	}
	return w.q("DELETE FROM mark WHERE " + windowsOf + " AND substr(name, -length(?)) = ?").text(tenant).text(" " + peer).text(" " + peer).run()
}

// keptWindows adds those that are newer than an instant to what conversations have.
func (c *conn) keptWindows(after int64, out map[string]time.Time) error {
	rows := c.q("SELECT tenant, name, at FROM mark WHERE name >= '" + markReplied + "' AND name < 'replied!' AND at > ?").int(after)
	return rows.each(func() error {
		tenant, name := rows.getText(), rows.getText()
		key, at := tenant+" "+strings.TrimPrefix(name, markReplied), store.Instant(rows.getInt())
		if out[key].Before(at) {
			out[key] = at
		}
		return nil
	})
}
