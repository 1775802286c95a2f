package sqlite

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/wirechief/wirechief"
)

// older makes a data folder as a program of an earlier schema left it.
func older(t *testing.T, dir string, version int64, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(context.Background(), version); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("BEGIN; " + strings.Join(statements, "; ") + "; COMMIT"); err != nil {
		t.Fatal(err)
	}
}

// oldMessage is the statement that puts a message of tenant acme into schema 5.
func oldMessage(id, direction, sender, recipient, text string) string {
	return `INSERT INTO message (key, tenant, ref, direction, sender, recipient, also, text, media, mms, encoding, segments, status, carrier,
			carrier_ids, route, lane, queue_at, tries, created_at, valid_until, dialect, hops, history)
			VALUES (` + strconv.FormatInt(keyOf(wirechief.ShardOf("acme"), 0), 10) + ` + ` + id + `, 'acme', '', '` + direction + `', '` + sender + `', '` + recipient + `',
			'', '` + text + `', '', 0, 'GSM-7', 1, 'received', '', '', '', '', 0, 0, ` + id + `000, 0, 'bulkvs', 0, '')`
}

// What there was before there were conversations is in them, and counts as read.
func TestOldMessagesAreInConversations(t *testing.T) {
	dir := t.TempDir()
	older(t, dir, 5,
		oldMessage("1", "inbound", "+1555", "+1310", "first"), oldMessage("2", "outbound", "+1310", "+1555", "Ein längerer Text"),
		oldMessage("3", "inbound", "+1556", "+1310", "other"), oldMessage("4", "inbound", "+1555", "+1311", "elsewhere"))
	s := opened(t, dir)
	defer s.Close()
	list, err := s.Conversations(t.Context(), wirechief.ConversationFilter{Tenant: "acme"})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d conversations, %v", len(list), err)
	}
	c := list[2]
	if c.ID != 1 || c.Last != 2 || c.Read != 2 || c.Unread != 0 || c.LastText != "Ein längerer Text" || c.LastDirection != wirechief.Outward ||
		c.Number != "+1310" || c.Peer != "+1555" || c.CreatedAt.UnixMicro() != 1000 || c.LastAt.UnixMicro() != 2000 {
		t.Errorf("%+v", c)
	}
	thread, err := s.Thread(t.Context(), c.ConversationKey, 0, 10)
	if err != nil || len(thread) != 2 || thread[0].Text != "first" || thread[1].Conversation != 1 {
		t.Errorf("%+v, %v", thread, err)
	}
}
