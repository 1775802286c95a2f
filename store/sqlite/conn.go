package sqlite

import (
	"fmt"
	"time"
	"unsafe"

	"zombiezen.com/go/sqlite"
)

// conn is one connection with its prepared statements. It belongs to one
// goroutine at a time.
type conn struct {
	*sqlite.Conn
	statements map[string]*stmt
}

// openConn opens a connection to the database file and sets it up.
func openConn(path string, flags sqlite.OpenFlags, pragmas ...string) (*conn, error) {
	raw, err := sqlite.OpenConn(path, flags)
	if err != nil {
		return nil, err
	}
	c := &conn{raw, make(map[string]*stmt)}
	// Only the checkpoints and the start of a backup can be in each other's way.
	c.SetBusyTimeout(10 * time.Second)
	for _, p := range pragmas {
		if err := c.exec("PRAGMA " + p); err != nil {
			raw.Close()
			return nil, fmt.Errorf("PRAGMA %s: %w", p, err)
		}
	}
	return c, nil
}

// q gives the prepared statement of a query, ready to be bound from its first
// parameter. A query that cannot be prepared says so when it is run.
func (c *conn) q(query string) *stmt {
	s := c.statements[query]
	if s == nil {
		prepared, err := c.Prepare(query)
		if err != nil {
			return &stmt{err: err}
		}
		s = &stmt{Stmt: prepared}
		c.statements[query] = s
	}
	s.at = 0
	return s
}

// exec runs a query that is not worth keeping.
func (c *conn) exec(query string) error {
	s, _, err := c.PrepareTransient(query)
	if err != nil {
		return err
	}
	defer s.Finalize()
	for {
		more, err := s.Step()
		if !more || err != nil {
			return err
		}
	}
}

// stmt is a prepared statement that is bound, and whose columns are read, one
// after the other. The order of the calls is the order in the SQL text.
type stmt struct {
	*sqlite.Stmt
	at  int // the next parameter or column, less one
	err error
}

func (s *stmt) int(v int64) *stmt {
	s.at++
	if s.err == nil {
		s.BindInt64(s.at, v)
	}
	return s
}

func (s *stmt) float(v float64) *stmt {
	s.at++
	if s.err == nil {
		s.BindFloat(s.at, v)
	}
	return s
}

func (s *stmt) text(v string) *stmt {
	s.at++
	if s.err == nil {
		s.BindText(s.at, v)
	}
	return s
}

// bytes binds octets that SQLite shall take for text. They are copied there.
func (s *stmt) bytes(v []byte) *stmt { return s.text(unsafe.String(unsafe.SliceData(v), len(v))) }

func (s *stmt) blob(v []byte) *stmt {
	s.at++
	if s.err == nil {
		s.BindBytes(s.at, v)
	}
	return s
}

// run steps to the end of a statement that gives no rows of interest.
func (s *stmt) run() error {
	for {
		more, err := s.row()
		if !more || err != nil {
			return err
		}
	}
}

// row steps to the next row. After the last one, and after an error, the
// statement can be bound anew; whoever stops before calls done.
func (s *stmt) row() (bool, error) {
	if s.err != nil {
		return false, s.err
	}
	s.at = 0
	more, err := s.Step()
	if err != nil {
		return false, err
	}
	if !more {
		return false, s.Reset()
	}
	return true, nil
}

// each calls f on every row.
func (s *stmt) each(f func() error) error {
	for {
		more, err := s.row()
		if !more || err != nil {
			return err
		}
		if err := f(); err != nil {
			s.done()
			return err
		}
	}
}

// done ends the statement before its last row.
func (s *stmt) done() {
	if s.err == nil {
		s.Reset() // repeats the error of the last step, which was reported
	}
}

func (s *stmt) getInt() int64 {
	s.at++
	return s.ColumnInt64(s.at - 1)
}

func (s *stmt) getFloat() float64 {
	s.at++
	return s.ColumnFloat(s.at - 1)
}

func (s *stmt) getText() string {
	s.at++
	return s.ColumnText(s.at - 1)
}

func (s *stmt) getBytes() []byte {
	s.at++
	n := s.ColumnLen(s.at - 1)
	if n == 0 {
		return nil
	}
	b := make([]byte, n)
	s.ColumnBytes(s.at-1, b)
	return b
}
