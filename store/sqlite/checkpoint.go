package sqlite

// checkpointer moves what was committed from the log into the database file,
// beside the writer: commits go on meanwhile.
//
// The log starts anew only in a moment when all of it has been moved and
// nobody reads from it. Under unbroken load the side connection never quite
// catches up, so past a second mark the writer moves the rest itself between
// two commits; that is little, for the side has done most of it.
type checkpointer struct {
	s     *Store
	conn  *conn
	wake  chan struct{}
	quit  chan struct{}
	ended chan struct{}

	// Of the writer's goroutine:
	inline int // pages in the log at which the writer does it itself
}

// Pages (4 KiB) in the log at which the side starts, and the writer helps.
const (
	sideAt   = 4_000
	inlineAt = 12_000
)

func newCheckpointer(s *Store, c *conn) *checkpointer {
	return &checkpointer{
		s: s, conn: c, inline: inlineAt,
		wake: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
}

// grown looks at the log after a commit, on the writer's connection.
func (p *checkpointer) grown(c *conn) {
	pages, moved, err := checkpoint(c, "PRAGMA wal_checkpoint(NOOP)")
	if err != nil {
		return
	}
	switch {
	case pages < sideAt:
		p.inline = inlineAt
	case pages >= p.inline:
		if pages, moved, err = checkpoint(c, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			p.trouble(err)
		}
		// If a reader (a backup) holds on to the log, it goes on growing:
		// try again later, not after each commit.
		p.inline = pages + sideAt
		if pages == moved {
			p.inline = inlineAt
		}
	case pages-moved >= sideAt:
		p.hurry()
	}
}

// hurry has the side connection move what there is.
func (p *checkpointer) hurry() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *checkpointer) run() {
	defer close(p.ended)
	for {
		select {
		case <-p.quit:
			return
		case <-p.wake:
		}
		if _, _, err := checkpoint(p.conn, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
			p.trouble(err)
		}
	}
}

// trouble: on a full disk the log simply stays until there is room; a failed
// flush ends the store here as it does in a commit.
func (p *checkpointer) trouble(err error) {
	if judge(err) == poison {
		p.s.poison(err)
		return
	}
	p.s.Log.Warn("the log of the store cannot be moved into its file just now", "error", err)
}

// checkpoint runs one and says how many pages the log has and how many of
// them are in the database file.
func checkpoint(c *conn, pragma string) (pages, moved int, err error) {
	s := c.q(pragma)
	found, err := s.row()
	if !found || err != nil {
		return 0, 0, err
	}
	s.getInt() // busy
	pages, moved = int(s.getInt()), int(s.getInt())
	s.done()
	return pages, moved, nil
}

func (p *checkpointer) stop() {
	close(p.quit)
	<-p.ended
}
