package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/exchange"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/inbox"
)

func inboxRoutes() []route {
	read, reply := wirechief.RightRead, wirechief.RightReply
	return []route{
		{pattern: "GET /inbox", right: read, serve: (*Console).showInbox},
		{pattern: "GET /inbox/{id}", right: read, serve: (*Console).showInbox},
		{pattern: "GET /inbox/new", right: reply, serve: (*Console).showNewText},
		{pattern: "POST /inbox/new", right: reply, serve: (*Console).sendNewText},
		{pattern: "GET /inbox/search", right: read, serve: (*Console).showSearch},
		{pattern: "POST /inbox/{id}/reply", right: reply, serve: (*Console).reply},
		{pattern: "POST /inbox/{id}/note", right: reply, serve: (*Console).addNote},
		{pattern: "POST /inbox/{id}/read", right: reply, serve: (*Console).markRead},
		{pattern: "POST /inbox/{id}/unread", right: reply, serve: (*Console).markUnread},
		{pattern: "POST /inbox/{id}/assign", right: reply, serve: (*Console).assign},
		{pattern: "POST /inbox/{id}/archive", right: reply, serve: (*Console).archive},
		{pattern: "POST /inbox/{id}/labels", right: reply, serve: (*Console).setLabels},
		{pattern: "POST /inbox/{id}/block", right: reply, serve: (*Console).block},
	}
}

const (
	threadsPage = 50
	itemsPage   = 60
)

type inboxData struct {
	Page
	Query    inboxQuery
	Views    []inboxView
	Threads  []threadRow
	Older    string
	Open     *threadView
	Agents   []wirechief.Agent
	Labels   []string
	Numbers  []wirechief.Number
	First    *checklist
	Narrowed bool // the list is not the whole of its view
}

// inboxQuery is what the address says of the list.
type inboxQuery struct {
	View, Number, Label string
	Unread              bool
	Before              int64
}

// Address is where the list is.
func (q inboxQuery) Address() string { return q.address(0) }

func (q inboxQuery) address(id int64) string {
	u := url.Values{}
	if q.View != "" && q.View != string(inbox.ViewAll) {
		u.Set("view", q.View)
	}
	if q.Number != "" {
		u.Set("number", q.Number)
	}
	if q.Label != "" {
		u.Set("label", q.Label)
	}
	if q.Unread {
		u.Set("unread", "1")
	}
	path := "/inbox"
	if id != 0 {
		path += "/" + strconv.FormatInt(id, 10)
	}
	if len(u) == 0 {
		return path
	}
	return path + "?" + u.Encode()
}

// inboxView is a way of looking at the inbox, with what is unread in it.
type inboxView struct {
	Name, Title, Address string
	Unread               int
	Current              bool
}

// threadRow is a conversation in the list.
type threadRow struct {
	inbox.ConversationView
	Address string
	Status  wirechief.Status // of the last message, if it is ours
	Moved   bool             // something came: it goes to the top
	Gone    bool             // it has left the view
}

// NotSent says in a word why the last text of ours has not gone out; "" when it
// has, or is about to.
func (r threadRow) NotSent() string {
	switch r.Status {
	case wirechief.StatusSuppressed:
		return "Refused"
	case wirechief.StatusFailed, wirechief.StatusExpired:
		return "Failed"
	case wirechief.StatusCanceled:
		return "Canceled"
	case wirechief.StatusScheduled:
		return "Scheduled"
	}
	return ""
}

// lastStatus is where the last message of a conversation stands, of those that
// we sent.
func (c *Console) lastStatus(ctx context.Context, p wirechief.Principal, view *inbox.ConversationView) wirechief.Status {
	if view.LastDirection != wirechief.Outward {
		return ""
	}
	list, err := c.Exchange.Messages(ctx, p, wirechief.MessageFilter{Tenant: p.Tenant, After: view.Last - 1, Before: view.Last + 1, Limit: 1})
	if err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Status
}

// threadView is the open conversation.
type threadView struct {
	inbox.Header
	CSRF      string
	P         wirechief.Principal
	Items     []threadItem
	Earlier   string // address of what is before
	Key       string // of the answer that is about to be written
	Agents    []wirechief.Agent
	Templates []wirechief.Template
	Trouble   *Trouble
	Text      string // what was typed and refused
	At        string
	Media     string
	Back      string
	Query     inboxQuery
}

// May says whether the visitor has a right, for templates.
func (v *threadView) May(right string) bool { return v.P.May(wirechief.Right(right)) }

// threadItem is one thing in a thread.
type threadItem struct {
	Row   *messageRow
	Entry *wirechief.Entry
	Media []mediaView
	Fresh bool
}

func (c *Console) item(p wirechief.Principal, it inbox.Item) threadItem {
	if it.Message != nil {
		row := rowOf(it.Message)
		return threadItem{Row: &row, Media: c.mediaOf(it.Message)}
	}
	if e := it.Entry; e != nil && e.Kind == wirechief.EntryForwardFailed && !p.May(wirechief.RightNumbers) {
		shown := *e
		shown.Text = shownURLs(e.Text)
		return threadItem{Entry: &shown}
	}
	return threadItem{Entry: it.Entry}
}

func (c *Console) showInbox(v *visit) error {
	page, err := c.inboxPage(v)
	if err != nil {
		return err
	}
	if id := v.r.PathValue("id"); id != "" {
		if page.Open, err = c.openThread(v, id, page); err != nil {
			return err
		}
		page.Title = page.Open.Title()
		page.Topics += " thread:" + id
	}
	return c.render(v, "inbox", page)
}

// inboxPage is the inbox without an open conversation.
func (c *Console) inboxPage(v *visit) (*inboxData, error) {
	q := inboxQuery{View: cmp.Or(v.query("view"), string(inbox.ViewAll)), Number: v.query("number"), Label: v.query("label"), Unread: v.query("unread") != ""}
	q.Before, _ = strconv.ParseInt(v.query("before"), 10, 64)
	page := &inboxData{
		Page: Page{Title: "Inbox", Section: "inbox", Wide: true}, Query: q,
		Narrowed: q.Number != "" || q.Label != "" || q.Unread || q.Before != 0,
	}
	if !page.Narrowed {
		page.Topics = "inbox:" + q.View
		if q.View == string(inbox.ViewMine) {
			page.Topics += "-" + strconv.FormatInt(v.p.Agent, 10)
		}
	}
	list, err := c.Desk.Conversations(v.ctx(), v.p, inbox.Filter{
		View: inbox.View(q.View), Number: q.Number, Label: q.Label, Unread: q.Unread, Before: q.Before, Limit: threadsPage + 1,
	})
	if err != nil {
		return nil, err
	}
	if len(list) > threadsPage {
		list = list[:threadsPage]
		older := q
		page.Older = older.address(0)
		page.Older += cmp.Or(map[bool]string{true: "&"}[strings.Contains(page.Older, "?")], "?") + "before=" + strconv.FormatInt(list[threadsPage-1].Last, 10)
	}
	for _, view := range list {
		page.Threads = append(page.Threads, threadRow{ConversationView: view, Address: q.address(view.ID), Status: c.lastStatus(v.ctx(), v.p, &view)})
	}
	unread, err := c.Desk.UnreadIn(v.ctx(), v.p)
	if err != nil {
		return nil, err
	}
	add := func(view inbox.View, title string, n int) {
		name := string(view)
		page.Views = append(page.Views, inboxView{name, title, inboxQuery{View: name}.address(0), n, name == q.View && q.Number == ""})
	}
	if v.p.Agent != 0 {
		add(inbox.ViewMine, "Mine", unread.Mine)
	}
	add(inbox.ViewUnassigned, "Unassigned", unread.Unassigned)
	add(inbox.ViewAll, "All", unread.All)
	add(inbox.ViewArchived, "Archived", 0)
	page.Numbers, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{Limit: 50})
	if page.Agents, err = c.Exchange.Agents().List(v.ctx(), v.p.Tenant); err != nil {
		return nil, err
	}
	page.Agents = slices.DeleteFunc(page.Agents, func(a wirechief.Agent) bool {
		return !wirechief.Principal{Role: wirechief.Role(a.Role)}.May(wirechief.RightReply) // nothing can be assigned to them
	})
	page.First = c.checklist(v)
	if page.First != nil {
		page.Topics += " checklist"
	}
	return page, nil
}

func conversationID(s string) (int64, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, wirechief.Errorf(wirechief.NotFound, "there is no conversation %q", s)
	}
	return id, nil
}

func (c *Console) openThread(v *visit, path string, page *inboxData) (*threadView, error) {
	id, err := conversationID(path)
	if err != nil {
		return nil, err
	}
	head, err := c.Desk.Conversation(v.ctx(), v.p, id)
	if err != nil {
		return nil, err
	}
	before, _ := strconv.ParseInt(v.query("earlier"), 10, 64)
	part, err := c.Desk.Thread(v.ctx(), v.p, id, before, itemsPage)
	if err != nil {
		return nil, err
	}
	t := &threadView{
		Header: head, CSRF: v.formToken(), P: v.p, Key: rand.Text(), Agents: page.Agents, Back: page.Query.address(id), Query: page.Query,
	}
	for _, it := range part.Items {
		t.Items = append(t.Items, c.item(v.p, it))
	}
	if part.Before != 0 {
		t.Earlier = "/inbox/" + path + "?earlier=" + strconv.FormatInt(part.Before, 10)
	}
	if v.may(wirechief.RightReply) {
		if t.Templates, err = c.Desk.Templates(v.ctx(), v.p); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// reply sends what was written. What is refused is shown again, as it was
// written.
func (c *Console) reply(v *visit) error {
	id, err := conversationID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	draft, err := draftOf(v)
	if err == nil {
		_, err = c.Desk.Reply(v.ctx(), v.p, id, draft)
	}
	if err != nil {
		return c.refuseThread(v, err)
	}
	return v.back("/inbox/" + v.r.PathValue("id"))
}

// refuseThread shows why something was refused where it was asked for: in the
// conversation as it stands now, with what was written.
func (c *Console) refuseThread(v *visit, err error) error {
	if wirechief.KindOf(err) == wirechief.NotFound && fieldOf(err) == "" || wirechief.KindOf(err) == wirechief.Internal || v.isFragment() {
		return err
	}
	page, perr := c.inboxPage(v)
	if perr != nil {
		return perr
	}
	if page.Open, perr = c.openThread(v, v.r.PathValue("id"), page); perr != nil {
		return perr
	}
	page.Title = page.Open.Title()
	page.Topics += " thread:" + v.r.PathValue("id")
	page.Open.Trouble, page.Open.Text, page.Open.At, page.Open.Media = troubleOf(err), v.text("text"), v.value("at"), v.value("media")
	return c.renderStatus(v, statusOf(err), "inbox", page)
}

// draftOf reads a text to send from a form.
func draftOf(v *visit) (inbox.Draft, error) {
	d := inbox.Draft{Text: strings.TrimRight(v.text("text"), "\n"), Key: v.value("key")}
	if u := v.value("media"); u != "" {
		d.Media = strings.Fields(u)
		for _, picture := range d.Media {
			if err := v.c.Exchange.CheckURL(v.ctx(), "media", picture); err != nil {
				return d, err
			}
		}
	}
	if at := v.value("at"); at != "" {
		t, err := instantOf(at, v.value("zone"))
		if err != nil {
			return d, err
		}
		d.At = t
	}
	return d, nil
}

// instantOf reads what an input of type datetime-local gives, in the zone of
// the browser (its offset in minutes, as JavaScript has it), else in UTC.
func instantOf(s, offset string) (time.Time, error) {
	t, err := time.Parse("2006-01-02T15:04", s)
	if err != nil {
		return t, wirechief.InvalidField("at", "%q is not a date and time", s)
	}
	if minutes, err := strconv.Atoi(offset); err == nil && minutes >= -15*60 && minutes <= 15*60 {
		t = t.Add(time.Duration(minutes) * time.Minute)
	}
	return t, nil
}

type newTextData struct {
	Page
	Numbers                   []wirechief.Number
	To, Number, Text, At, Key string
	Media                     string // URL of a picture
	Templates                 []wirechief.Template
}

func (c *Console) showNewText(v *visit) error {
	return c.newText(v, 200, &newTextData{To: v.query("to"), Number: v.query("from"), Key: rand.Text()})
}

func (c *Console) newText(v *visit, status int, page *newTextData) error {
	trouble := page.Trouble
	page.Page = Page{Title: "New text", Section: "inbox", Trouble: trouble}
	page.Numbers, _ = c.Exchange.FindNumbers(v.ctx(), v.p, wirechief.NumberFilter{States: []wirechief.NumberState{wirechief.NumberInService}, Limit: 500})
	var err error
	if page.Templates, err = c.Desk.Templates(v.ctx(), v.p); err != nil {
		return err
	}
	return c.renderStatus(v, status, "newtext", page)
}

func (c *Console) sendNewText(v *visit) error {
	draft, err := draftOf(v)
	var id int64
	if err == nil {
		id, _, err = c.Desk.StartConversation(v.ctx(), v.p, v.value("from"), v.value("to"), draft)
	}
	if err != nil {
		return c.newText(v, statusOf(err), &newTextData{
			Page: Page{Trouble: troubleOf(err)}, To: v.value("to"), Number: v.value("from"), Text: v.text("text"), At: v.value("at"), Key: v.value("key"), Media: v.value("media"),
		})
	}
	return v.to("/inbox/" + strconv.FormatInt(id, 10))
}

type searchData struct {
	Page
	Query string
	Hits  []inbox.Hit
	Older string
}

func (c *Console) showSearch(v *visit) error {
	page := &searchData{Page: Page{Title: "Search", Section: "inbox"}, Query: v.query("q")}
	before, _ := strconv.ParseInt(v.query("before"), 10, 64)
	if page.Query != "" {
		const most = 50
		hits, err := c.Desk.Search(v.ctx(), v.p, wirechief.TextSearch{Query: page.Query, Before: before, Limit: most + 1})
		if err != nil {
			return err
		}
		if len(hits) > most {
			hits = hits[:most]
			page.Older = "/inbox/search?" + url.Values{"q": {page.Query}, "before": {strconv.FormatInt(hits[most-1].Message.ID, 10)}}.Encode()
		}
		page.Hits = hits
	}
	return c.render(v, "search", page)
}

// change does something to the conversation of the path and goes back to it.
func (c *Console) change(v *visit, do func(ctx context.Context, id int64) error) error {
	id, err := conversationID(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := do(v.ctx(), id); err != nil {
		return c.refuseThread(v, err)
	}
	if v.isFragment() {
		v.w.WriteHeader(204)
		v.done = true
		return nil
	}
	return v.back("/inbox/" + v.r.PathValue("id"))
}

func (c *Console) addNote(v *visit) error {
	return c.change(v, func(ctx context.Context, id int64) error {
		_, err := c.Desk.AddNote(ctx, v.p, id, v.text("note"))
		return err
	})
}

func (c *Console) markRead(v *visit) error {
	return c.change(v, func(ctx context.Context, id int64) error {
		upTo, _ := strconv.ParseInt(v.value("up_to"), 10, 64)
		return c.Desk.MarkRead(ctx, v.p, id, upTo)
	})
}

func (c *Console) markUnread(v *visit) error {
	v.form.Set("back", "/inbox") // or opening it would mark it as read at once
	return c.change(v, func(ctx context.Context, id int64) error { return c.Desk.MarkUnread(ctx, v.p, id) })
}

func (c *Console) assign(v *visit) error {
	return c.change(v, func(ctx context.Context, id int64) error {
		to, err := strconv.ParseInt(cmp.Or(v.value("assignee"), "0"), 10, 64)
		if err != nil {
			return wirechief.InvalidField("assignee", "%q is nobody of the team", v.value("assignee"))
		}
		var was *int64
		if s := v.value("was"); s != "" {
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				was = &n
			}
		}
		return c.Desk.Assign(ctx, v.p, id, to, was)
	})
}

func (c *Console) archive(v *visit) error {
	return c.change(v, func(ctx context.Context, id int64) error {
		if v.value("archived") == "0" {
			return c.Desk.Reopen(ctx, v.p, id)
		}
		err := c.Desk.Archive(ctx, v.p, id)
		if err == nil {
			v.say("Archived. It comes back with the next text; until then it is under Archived.")
		}
		return err
	})
}

func (c *Console) setLabels(v *visit) error {
	return c.change(v, func(ctx context.Context, id int64) error {
		var labels []string
		for _, s := range strings.Split(v.value("labels"), ",") {
			if s = strings.TrimSpace(s); s != "" {
				labels = append(labels, s)
			}
		}
		return c.Desk.SetLabels(ctx, v.p, id, labels)
	})
}

func (c *Console) block(v *visit) error {
	return c.change(v, func(ctx context.Context, id int64) error {
		var err error
		if v.value("blocked") == "0" {
			_, err = c.Desk.Unblock(ctx, v.p, id)
		} else {
			_, err = c.Desk.Block(ctx, v.p, id)
		}
		return err
	})
}

// liveInbox keeps the list of a view up to date.
func (c *Console) liveInbox(ctx context.Context, tenant, arg string, e feed.Event) ([]byte, error) {
	if e.Conversation == 0 || e.Topic != feed.Conversation && (e.Topic != feed.Message || e.Kind == feed.Status) {
		return nil, nil
	}
	head, err := c.Desk.Conversation(ctx, viewerOf(tenant), e.Conversation)
	if err != nil {
		return nil, err
	}
	view, agent, _ := strings.Cut(arg, "-")
	row := threadRow{ConversationView: head.ConversationView, Address: inboxQuery{View: view}.address(head.ID), Moved: e.Topic == feed.Message, Status: c.lastStatus(ctx, viewerOf(tenant), &head.ConversationView)}
	switch inbox.View(view) {
	case inbox.ViewMine:
		row.Gone = head.Archived || strconv.FormatInt(head.Assignee, 10) != agent
	case inbox.ViewUnassigned:
		row.Gone = head.Archived || head.Assignee != 0
	case inbox.ViewArchived:
		row.Gone = !head.Archived
	default:
		row.Gone = head.Archived
	}
	return c.part("threadrow", &row)
}

// liveThread keeps an open conversation up to date: its head, and what is new
// in it or other than before.
func (c *Console) liveThread(ctx context.Context, tenant, arg string, e feed.Event) ([]byte, error) {
	if strconv.FormatInt(e.Conversation, 10) != arg {
		return nil, nil
	}
	p := watcherIn(ctx, tenant)
	if e.Topic == feed.Message {
		m, _, err := c.Exchange.Message(ctx, p, e.ID)
		if err != nil {
			return nil, err
		}
		it := c.item(p, inbox.Item{Message: m})
		it.Fresh = true
		return c.part("item", it)
	}
	if e.Topic != feed.Conversation {
		return nil, nil
	}
	head, err := c.Desk.Conversation(ctx, p, e.Conversation)
	if err != nil {
		return nil, err
	}
	all, err := c.part("threadstate", head)
	if err != nil || e.Kind != feed.Noted {
		return all, err
	}
	last, err := c.Desk.Thread(ctx, p, e.Conversation, 0, 5)
	if err != nil {
		return nil, err
	}
	for _, i := range last.Items {
		if i.Entry == nil {
			continue
		}
		it := c.item(p, i)
		it.Fresh = true
		html, err := c.part("item", it)
		if err != nil {
			return nil, err
		}
		all = append(all, html...)
	}
	return all, nil
}

// checklist is what to try first; it ticks itself.
type checklist struct {
	Steps []checkStep
	Done  int
}

type checkStep struct {
	Title, Text, Address string
	Done                 bool
}

const checkCookie = "wirechief_checklist"

// checklist says how far the visitor's tenant has come; nil: all is done, or
// the visitor has had enough of it.
func (c *Console) checklist(v *visit) *checklist {
	if cookie, err := v.r.Cookie(checkCookie); err == nil && cookie.Value == "off" {
		return nil
	}
	if v.query("first") == "off" {
		v.cookie(checkCookie, "off", 365*24*3600)
		return nil
	}
	if !v.may(wirechief.RightReply) {
		return nil // there is nothing for them to do
	}
	list, err := c.checks(v.ctx(), v.p)
	if err != nil || list.Done == len(list.Steps) {
		return nil
	}
	return list
}

func (c *Console) checks(ctx context.Context, p wirechief.Principal) (*checklist, error) {
	has := func(direction wirechief.Direction) (bool, error) {
		list, err := c.Exchange.Messages(ctx, p, wirechief.MessageFilter{Tenant: p.Tenant, Direction: direction, Limit: 1})
		return len(list) > 0, err
	}
	sent, err := has(wirechief.Outward)
	received, err2 := has(wirechief.Inward)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	forwarded := false
	c.Exchange.EachNumber(ctx, p, wirechief.NumberFilter{}, func(n *wirechief.Number) bool {
		for _, f := range n.Forwards {
			forwarded = forwarded || f.Enabled
		}
		return !forwarded
	})
	real := false
	for _, view := range c.Exchange.Carriers(ctx) {
		real = real || isReal(view)
	}
	list := &checklist{Steps: []checkStep{
		{"Receive a text", "Text one of your numbers; in the demo, with the handset in the corner.", "/inbox", received},
		{"Send a text", "Answer it, or write a new one.", "/inbox/new", sent},
		{"Forward what arrives", "Open a number and add a destination: mail, a URL, another phone.", "/numbers", forwarded},
		{"Add a carrier", "In the configuration file, under carriers; the simulator is only for trying.", "/carriers", real},
	}}
	for _, s := range list.Steps {
		if s.Done {
			list.Done++
		}
	}
	return list, nil
}

// isReal says whether a carrier is more than the simulator.
func isReal(view exchange.CarrierView) bool { return view.Type != "sim" }

// liveChecklist ticks what has been done.
func (c *Console) liveChecklist(ctx context.Context, tenant, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Message && e.Topic != feed.Number || e.Kind == feed.Status {
		return nil, nil
	}
	list, err := c.checks(ctx, viewerOf(tenant))
	if err != nil {
		return nil, err
	}
	return c.part("checklist", list)
}
