package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
)

func liveRoutes() []route {
	return []route{
		{pattern: "GET /stream", right: wirechief.RightRead, serve: (*Console).stream},
		{pattern: "POST /presence/touch", right: wirechief.RightRead, serve: (*Console).touch},
	}
}

// Times of a stream.
const (
	pulse     = 15 * time.Second // between signs of life; the session is looked at again, too
	writeTime = 20 * time.Second // for a reader who does not read
)

// live is a topic that a page may ask the stream for, as "thread:4711": what an
// event means for it, as HTML. What is rendered must depend on nothing but the
// tenant, the argument, the event, and whether they may configure (watcherIn),
// for all who listen get the same.
type live struct {
	name   string
	right  wirechief.Right // that it takes to listen; empty: to read
	render func(c *Console, ctx context.Context, tenant, arg string, e feed.Event) ([]byte, error)
}

// lives are the topics there are.
func lives() []live {
	return []live{
		{name: "count", render: (*Console).liveCount},
		{name: "messages", render: (*Console).liveMessages},
		{name: "message", render: (*Console).liveMessage},
		{name: "carriers", render: (*Console).liveCarriers},
		{name: "inbox", render: (*Console).liveInbox},
		{name: "thread", render: (*Console).liveThread},
		{name: "checklist", render: (*Console).liveChecklist},
		{name: "handset", render: (*Console).liveHandset},
		{name: "wires", render: (*Console).liveWires},
		{name: "delivery", render: (*Console).liveDelivery},
		{name: "presence", render: (*Console).livePresence},
		{name: "team", right: wirechief.RightTeam, render: (*Console).liveTeam},
		{name: "incoming", render: (*Console).liveIncoming},
		{name: "log", render: (*Console).liveLog},
		{name: "bulk", right: wirechief.RightBulk, render: (*Console).liveBulk},
	}
}

// stream tells a page what changes, for as long as it is open.
func (c *Console) stream(v *visit) error {
	topics, err := topicsOf(v, v.query("topics"))
	if err != nil {
		return err
	}
	ended, ok := c.streams.begin(v.session.ID, v.p.Tenant)
	if !ok {
		return wirechief.Refuse(wirechief.Exhausted, wirechief.RuleLimit, "too many pages of yours are open; close some")
	}
	defer ended()
	last := v.r.Header.Get("Last-Event-ID")
	if last == "" {
		last = v.query("since")
	}
	sub := c.Hub.Subscribe(v.p.Tenant, false, last)
	defer sub.Close()
	if v.p.Agent != 0 {
		defer c.Presence.Connect(v.p.Tenant, v.p.Agent)()
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	v.done = true
	s := &stream{w: v.w, rc: http.NewResponseController(v.w)}
	if err := s.send("", "", []byte("open")); err != nil {
		return nil
	}
	ctx := context.WithValue(v.ctx(), configuresKey{}, v.may(wirechief.RightNumbers))
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	for {
		select {
		case <-v.ctx().Done():
			return nil
		case <-c.closing:
			return nil
		case <-tick.C:
			if !c.stillThere(v) {
				_ = s.send("", "gone", []byte("signed out"))
				return nil
			}
			if err := s.send(sub.Position(), "", nil); err != nil {
				return nil
			}
		case e, ok := <-sub.C():
			if !ok {
				return nil
			}
			if !c.stillThere(v) {
				_ = s.send("", "gone", []byte("signed out"))
				return nil
			}
			if err := c.tell(ctx, s, v.p.Tenant, topics, e); err != nil {
				return nil
			}
		}
	}
}

// stillThere says whether the visitor is still who they were when they began to
// listen: signed in, of the same tenant, with the same role.
func (c *Console) stillThere(v *visit) bool {
	now := visit{c: c, w: v.w, r: v.r}
	return c.recognise(&now) == nil && now.p.Tenant == v.p.Tenant && now.p.Agent == v.p.Agent && now.p.Role == v.p.Role
}

// tell renders an event for each topic that it means something to.
func (c *Console) tell(ctx context.Context, s *stream, tenant string, topics []topic, e feed.Event) error {
	if e.Topic == feed.Reload {
		return s.send(e.EventID(), "missed", []byte("reload"))
	}
	var all [][]byte
	for _, t := range topics {
		html, err := c.renders.get(fmt.Sprintf("%s %s %s %v %s", e.EventID(), tenant, t.name, ctx.Value(configuresKey{}), t.arg), func() ([]byte, error) {
			return t.live.render(c, ctx, tenant, t.arg, e)
		})
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			if wirechief.KindOf(err) != wirechief.NotFound { // it went meanwhile
				c.Log.WarnContext(ctx, "a change could not be shown", "topic", t.name, "error", err)
			}
			continue
		}
		if len(html) > 0 {
			all = append(all, html)
		}
	}
	// One at a time: behind another element a browser reads no row of a table.
	// The id comes with the last, so that a cut between them loses none.
	for i, html := range all {
		id := ""
		if i == len(all)-1 {
			id = e.EventID()
		}
		if err := s.send(id, "swap", html); err != nil {
			return err
		}
	}
	return nil
}

// topic is one that a page has asked for.
type topic struct {
	live
	arg string
}

func topicsOf(v *visit, list string) ([]topic, error) {
	const most = 16
	fields := append([]string{"count"}, strings.Fields(list)...)
	if len(fields) > most {
		return nil, wirechief.InvalidField("topics", "%d topics are too many", len(fields))
	}
	var out []topic
	for _, f := range fields {
		name, arg, _ := strings.Cut(f, ":")
		found := false
		for _, l := range lives() {
			if l.name == name && (l.right == "" || v.may(l.right)) {
				out, found = append(out, topic{l, arg}), true
			}
		}
		if !found {
			return nil, wirechief.InvalidField("topics", "there is no topic %q", name)
		}
	}
	return out, nil
}

// stream writes events as the HTML standard has them (9.2.5).
type stream struct {
	w  io.Writer
	rc *http.ResponseController
	b  bytes.Buffer
}

func (s *stream) send(id, event string, data []byte) error {
	s.b.Reset()
	if id != "" {
		fmt.Fprintf(&s.b, "id: %s\n", id)
	}
	if event != "" {
		fmt.Fprintf(&s.b, "event: %s\n", event)
	}
	if data == nil && id == "" {
		s.b.WriteString(": still here\n")
	}
	if data != nil || id != "" {
		for line := range bytes.Lines(data) {
			s.b.WriteString("data: ")
			s.b.Write(bytes.TrimRight(line, "\r\n"))
			s.b.WriteByte('\n')
		}
	}
	s.b.WriteByte('\n')
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeTime))
	if _, err := s.w.Write(s.b.Bytes()); err != nil {
		return err
	}
	return s.rc.Flush()
}

// part renders a part of a page.
func (c *Console) part(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	err := c.templates.ExecuteTemplate(&b, name, data)
	return b.Bytes(), err
}

// liveCount is how many conversations have something unread.
func (c *Console) liveCount(ctx context.Context, tenant, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Conversation && !(e.Topic == feed.Message && e.Kind == feed.In) {
		return nil, nil
	}
	counts, err := c.Desk.UnreadIn(ctx, viewerOf(tenant))
	if err != nil {
		return nil, err
	}
	return c.part("counts", counts)
}

// viewerOf is who looks when something is rendered for all who listen.
func viewerOf(tenant string) wirechief.Principal {
	return wirechief.Principal{Tenant: tenant, Dialect: wirechief.DialectConsole, Name: "console", Role: wirechief.RoleViewer}
}

// touch notes that the visitor is at the keyboard.
func (c *Console) touch(v *visit) error {
	if v.p.Agent != 0 {
		c.Presence.Touch(v.p.Tenant, v.p.Agent)
	}
	v.w.WriteHeader(http.StatusNoContent)
	v.done = true
	return nil
}

// renders keeps what was rendered of the last events, so that fifty who listen
// to the same have it rendered once.
type renders struct {
	mu    sync.Mutex
	kept  map[string]*rendering
	order []string
}

type rendering struct {
	once sync.Once
	html []byte
	err  error
}

const rendersMost = 512

func (r *renders) get(key string, render func() ([]byte, error)) ([]byte, error) {
	r.mu.Lock()
	k := r.kept[key]
	if k == nil {
		if r.kept == nil {
			r.kept = make(map[string]*rendering)
		}
		k = new(rendering)
		r.kept[key] = k
		r.order = append(r.order, key)
		if len(r.order) > rendersMost {
			delete(r.kept, r.order[0])
			r.order = r.order[1:]
		}
	}
	r.mu.Unlock()
	k.once.Do(func() { k.html, k.err = render() })
	if errors.Is(k.err, context.Canceled) {
		return render() // who rendered it first has gone
	}
	return k.html, k.err
}
