package sqlite

// The marks.
const (
	markTexts    = "texts"    // forget: the key of a message up to which the tenant's texts are redacted
	markMedia    = "media"    // likewise: files
	markMessages = "messages" // likewise: what there was is removed
	markNotes    = "notes"    // forget: the id of an entry up to which the tenant's notes are redacted
	markWords    = "words"    // of the installation: words of forgotten texts are still in the index
	markSort     = "sort"     // of the installation: by which rule the names of contacts are sorted
)

// mark gives how far something has come, 0 when it has not begun.
func (c *conn) mark(tenant, name string) (int64, error) {
	row := c.q("SELECT at FROM mark WHERE tenant = ? AND name = ?").text(tenant).text(name)
	found, err := row.row()
	if !found || err != nil {
		return 0, err
	}
	defer row.done()
	return row.getInt(), nil
}

// setMark keeps how far something has come; 0 forgets it.
func (c *conn) setMark(tenant, name string, at int64) error {
	if at == 0 {
		return c.q("DELETE FROM mark WHERE tenant = ? AND name = ?").text(tenant).text(name).run()
	}
	return c.q("INSERT OR REPLACE INTO mark VALUES (?, ?, ?)").text(tenant).text(name).int(at).run()
}
