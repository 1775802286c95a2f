package delivery

import (
	"testing"
	"time"

	"github.com/wirechief/wirechief"
)

// After a run that was not stopped, what it may have had under way is marked at
// its next try: the oldest of each lane, as many as it may have had there, and
// nothing that is new or was not due.
func TestTriesOfABrokenRunAreMarked(t *testing.T) {
	for _, broken := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			m, f := newMemory(), always(took)
			for id := range int64(30) {
				m.insert(hook(id+1, "a", func(d *wirechief.Delivery) { d.NextAt = d.NextAt.Add(time.Duration(id)) }))
			}
			m.insert(hook(50, "m", func(d *wirechief.Delivery) { d.Kind = wirechief.KindEmail }))
			m.insert(hook(100, "b"), hook(101, "b", func(d *wirechief.Delivery) { d.NextAt = time.Now().Add(time.Hour) }))
			pass(time.Second)
			e := start(t, m, f, func(o *Options) { o.Broken, o.InFlight, o.Window, o.Senders[wirechief.KindEmail] = broken, 4, 6, f })
			add(e, m, hook(200, "b"))
			pass(2 * time.Hour)
			marked := make(map[string]int)
			for _, d := range m.deliveries {
				if len(d.Attempts) != 1 {
					t.Fatalf("delivery %d has %d attempts", d.ID, len(d.Attempts))
				}
				if d.Attempts[0].InDoubt != "" {
					marked[d.Destination]++
					if d.Destination == "a" && d.ID > 10 || d.ID > 100 {
						t.Errorf("delivery %d is marked", d.ID)
					}
				}
			}
			want := map[string]int{}
			if broken {
				want["a"], want["b"], want["m"] = 10, 1, 1
			}
			if len(marked) != len(want) || marked["a"] != want["a"] || marked["b"] != want["b"] || marked["m"] != want["m"] {
				t.Errorf("broken %v: marked %v, want %v", broken, marked, want)
			}
		})
	}
}
