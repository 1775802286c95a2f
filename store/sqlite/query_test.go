package sqlite

import (
	"strings"
	"testing"
)

// What a toll-free number has sent is counted without a look at anything else.
func TestCountingTollFreeUsesItsIndex(t *testing.T) {
	s := opened(t, t.TempDir())
	defer s.Close()
	err := s.read(t.Context(), func(c *conn) error {
		rows := c.q(`EXPLAIN QUERY PLAN SELECT count(*) FROM message
			WHERE key >= 1 AND key < 2 AND sender = ? AND created_at >= 1 AND sender GLOB '+18*'`).text("+18005550100")
		var plan []string
		err := rows.each(func() error {
			plan = append(plan, rows.ColumnText(3))
			return nil
		})
		if got := strings.Join(plan, "; "); !strings.Contains(got, "message_toll_free (sender=? AND created_at>?)") {
			t.Errorf("the plan is: %s", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
