package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
	"github.com/wirechief/wirechief/dialect"
	"github.com/wirechief/wirechief/inbox"
)

// Desk is what people do with conversations, contacts and templates (package
// inbox).
type Desk interface {
	Conversations(ctx context.Context, p wirechief.Principal, f inbox.Filter) ([]inbox.ConversationView, error)
	Conversation(ctx context.Context, p wirechief.Principal, id int64) (inbox.Header, error)
	Thread(ctx context.Context, p wirechief.Principal, id, before int64, limit int) (inbox.Page, error)
	Reply(ctx context.Context, p wirechief.Principal, id int64, d inbox.Draft) (wirechief.SendResult, error)
	StartConversation(ctx context.Context, p wirechief.Principal, from, to string, d inbox.Draft) (int64, wirechief.SendResult, error)
	MarkRead(ctx context.Context, p wirechief.Principal, id, upTo int64) error
	MarkUnread(ctx context.Context, p wirechief.Principal, id int64) error
	Assign(ctx context.Context, p wirechief.Principal, id, to int64, only *int64) error
	Archive(ctx context.Context, p wirechief.Principal, id int64) error
	Reopen(ctx context.Context, p wirechief.Principal, id int64) error
	SetLabels(ctx context.Context, p wirechief.Principal, id int64, labels []string) error
	AddNote(ctx context.Context, p wirechief.Principal, id int64, text string) (wirechief.Entry, error)
	Block(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Contact, error)
	Unblock(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Contact, error)
	BlockPeer(ctx context.Context, p wirechief.Principal, peer string, blocked bool) (wirechief.Contact, error)
	ForgetPeer(ctx context.Context, p wirechief.Principal, peer string) (inbox.Forgotten, error)
	Search(ctx context.Context, p wirechief.Principal, s wirechief.TextSearch) ([]inbox.Hit, error)
	Each(ctx context.Context, p wirechief.Principal, f inbox.Filter, do func(inbox.ConversationView, []inbox.Item) error) error
	EachOf(ctx context.Context, p wirechief.Principal, id int64, do func(inbox.ConversationView, []inbox.Item) error) error
	Contacts(ctx context.Context, p wirechief.Principal, f wirechief.ContactFilter) ([]*wirechief.Contact, error)
	Contact(ctx context.Context, p wirechief.Principal, id int64) (*wirechief.Contact, error)
	PutContact(ctx context.Context, p wirechief.Principal, c wirechief.Contact) (wirechief.Contact, error)
	DeleteContact(ctx context.Context, p wirechief.Principal, id int64) error
	Merge(ctx context.Context, p wirechief.Principal, into int64, others ...int64) (wirechief.Contact, error)
	ImportContacts(ctx context.Context, p wirechief.Principal, r io.Reader, o inbox.ImportOptions) (inbox.ImportResult, error)
	ExportContacts(ctx context.Context, p wirechief.Principal, w io.Writer, f wirechief.ContactFilter) error
	Templates(ctx context.Context, p wirechief.Principal) ([]wirechief.Template, error)
	Template(ctx context.Context, p wirechief.Principal, id int64) (wirechief.Template, error)
	PutTemplate(ctx context.Context, p wirechief.Principal, t wirechief.Template) (wirechief.Template, error)
	DeleteTemplate(ctx context.Context, p wirechief.Principal, id int64) error
}

// conversations adds the operations on conversations.
func (a *api) conversations() {
	made := func(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }
	register(a, a.op(scopeRead, "list-conversations", http.MethodGet, "/conversations", "List conversations, the one with the newest message first",
		about("The next page: before is last of the last one.")), a.listConversations)
	register(a, a.op(scopeSend, "start-conversation", http.MethodPost, "/conversations", "Text somebody, and get the conversation that this is in", made), a.startConversation)
	register(a, a.op(scopeRead, "search-conversations", http.MethodGet, "/conversations/search", "Find messages by words of their text, newest first",
		about("A word is a beginning: meet finds meeting. All words have to be there; capitals and accents do not count.")), a.searchConversations)
	register(a, a.op(scopeRead, "export-conversations-table", http.MethodGet, "/conversations/export.csv", "Get conversations as a table, a row for each message and entry",
		about(guardHelp), table), a.exportConversations(csvType, inbox.WriteTable))
	register(a, a.op(scopeRead, "export-conversations", http.MethodGet, "/conversations/export.json", "Get conversations whole, with the events of each message",
		a.transcripts), a.exportConversations("application/json", inbox.WriteDocument))
	register(a, a.op(scopeRead, "get-conversation", http.MethodGet, "/conversations/{id}", "Show a conversation",
		about("Its messages are listed by themselves.")), a.getConversation)
	register(a, a.op(scopeRead, "list-thread", http.MethodGet, "/conversations/{id}/messages", "Show the messages of a conversation and what stands between them",
		about("The newest, oldest first.")), a.listThread)
	register(a, a.op(scopeSend, "reply", http.MethodPost, "/conversations/{id}/messages", "Answer in a conversation", made,
		about("It is sent from the number that the peer texted, and what had come until then is marked as read. What a rule refuses is an error that names it and how it is lifted.")), a.reply)
	register(a, a.op(scopeSend, "mark-read", http.MethodPost, "/conversations/{id}/read", "Mark a conversation as read"), a.markRead)
	for _, c := range []struct {
		id, path, summary string
		do                func(d Desk, ctx context.Context, p wirechief.Principal, id int64) error
	}{
		{"mark-unread", "unread", "Make the newest text of the peer unread again", Desk.MarkUnread},
		{"archive-conversation", "archive", "Put a conversation away, until the peer sends a text", Desk.Archive},
		{"reopen-conversation", "reopen", "Take a conversation out of the archive", Desk.Reopen},
		{"block-conversation", "block", "Block who a conversation is with, by all their phones", func(d Desk, ctx context.Context, p wirechief.Principal, id int64) error {
			_, err := d.Block(ctx, p, id)
			return err
		}},
		{"unblock-conversation", "unblock", "Lift the block of who a conversation is with", func(d Desk, ctx context.Context, p wirechief.Principal, id int64) error {
			_, err := d.Unblock(ctx, p, id)
			return err
		}},
	} {
		register(a, a.op(scopeSend, c.id, http.MethodPost, "/conversations/{id}/"+c.path, c.summary), func(ctx context.Context, in *OneConversation) (*conversationOutput, error) {
			return a.changeConversation(ctx, in, func(d Desk, p wirechief.Principal) error { return c.do(d, ctx, p, in.ID) })
		})
	}
	register(a, a.op(scopeSend, "assign-conversation", http.MethodPut, "/conversations/{id}/assignee", "Give a conversation to somebody of the team, or to nobody"), a.assign)
	register(a, a.op(scopeSend, "label-conversation", http.MethodPut, "/conversations/{id}/labels", "Replace the labels of a conversation"), a.label)
	register(a, a.op(scopeSend, "add-note", http.MethodPost, "/conversations/{id}/notes", "Add a note that the peer never sees", made), a.addNote)
}

const guardHelp = "A text that a spreadsheet would take for a formula has an apostrophe before it."

// desk gives the desk, and who stands at it.
func (a *api) desk(ctx context.Context, tenant string) (Desk, wirechief.Principal, error) {
	p, err := acting(ctx, tenant)
	if err == nil && a.Desk == nil {
		err = &wirechief.Error{Op: "inbox", Kind: wirechief.NotOffered, Message: "this installation offers no inbox"}
	}
	return a.Desk, p, err
}

type conversationsInput struct {
	InTenant
	View    string `query:"view" enum:"all,unassigned,archived,every" default:"all" doc:"All but archived and every leave out what is archived"`
	Number  string `query:"number" maxLength:"64" doc:"Ours"`
	Peer    string `query:"peer" maxLength:"64"`
	Contact int64  `query:"contact" minimum:"1" maximum:"9007199254740991" doc:"Only with phones of this contact"`
	Label   string `query:"label" maxLength:"50"`
	Unread  bool   `query:"unread" doc:"Only those with something unread"`
	Before  int64  `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Those whose last is below it"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (in *conversationsInput) filter() (f inbox.Filter, err error) {
	f = inbox.Filter{View: inbox.View(in.View), Contact: in.Contact, Label: in.Label, Unread: in.Unread, Before: in.Before, Limit: in.Limit}
	if in.Number != "" {
		if f.Number, err = readNumber("number", inQuery(in.Number)); err != nil {
			return f, err
		}
	}
	if in.Peer != "" {
		if f.Peer, err = readParty("peer", inQuery(in.Peer)); err != nil {
			return f, err
		}
	}
	return f, readQuery("label", in.Label)
}

type conversationsOutput struct {
	Body []wire.Conversation `nullable:"false"`
}

func (a *api) listConversations(ctx context.Context, in *conversationsInput) (*conversationsOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	list, err := desk.Conversations(ctx, p, f)
	if err != nil {
		return nil, err
	}
	out := &conversationsOutput{make([]wire.Conversation, len(list))}
	for i := range list {
		out.Body[i] = newConversation(&list[i])
	}
	return out, nil
}

func newConversation(v *inbox.ConversationView) wire.Conversation {
	return wire.Conversation{
		ID: v.ID, Tenant: v.Tenant, Number: v.Number, NumberName: v.NumberName, Peer: v.Peer,
		Contact: v.Contact, Name: v.Name, Company: v.Company, Blocked: v.Blocked,
		Last: v.Last, LastAt: v.LastAt.UTC(), LastText: v.LastText, LastDirection: string(v.LastDirection),
		Unread: v.Unread, Archived: v.Archived, Assignee: v.Assignee, AssigneeName: v.AssigneeName, Labels: orNone(v.Labels), CreatedAt: v.CreatedAt.UTC(),
	}
}

// OneConversation names a conversation.
type OneConversation struct {
	InTenant
	ID int64 `path:"id" minimum:"1" maximum:"9007199254740991"`
}

type conversationOutput struct{ Body wire.ConversationDetail }

func (a *api) getConversation(ctx context.Context, in *OneConversation) (*conversationOutput, error) {
	return a.changeConversation(ctx, in, func(Desk, wirechief.Principal) error { return nil })
}

// changeConversation does something, and gives the conversation as it is then.
func (a *api) changeConversation(ctx context.Context, in *OneConversation, do func(Desk, wirechief.Principal) error) (*conversationOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	if err := do(desk, p); err != nil {
		return nil, err
	}
	h, err := desk.Conversation(ctx, p, in.ID)
	if err != nil {
		return nil, err
	}
	out := &conversationOutput{wire.ConversationDetail{Conversation: newConversation(&h.ConversationView)}}
	if h.OptedOut != nil {
		out.Body.OptedOut = new(newSuppression(h.OptedOut))
	}
	return out, nil
}

type threadInput struct {
	OneConversation
	Before int64 `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Items with ids below it"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type threadOutput struct{ Body wire.Thread }

func (a *api) listThread(ctx context.Context, in *threadInput) (*threadOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	page, err := desk.Thread(ctx, p, in.ID, in.Before, in.Limit)
	if err != nil {
		return nil, err
	}
	out := &threadOutput{wire.Thread{Items: make([]wire.ThreadItem, len(page.Items)), Before: page.Before}}
	for i, it := range page.Items {
		w := wire.ThreadItem{ID: it.ID, At: it.At.UTC(), Entry: it.Entry}
		if m := it.Message; m != nil {
			deliveries, err := a.Core.Deliveries(ctx, p, wirechief.DeliveryFilter{Tenant: p.Tenant, Message: m.ID, Limit: 1000})
			if err != nil {
				return nil, err
			}
			w.Message = new(a.message(m, deliveries))
		}
		out.Body.Items[i] = w
	}
	return out, nil
}

// Keyed is a request that can be repeated without harm.
type Keyed struct {
	Key string `header:"Idempotency-Key" doc:"1 to 255 characters, kept for 24 hours. The same key and body gives the first answer again, the same key with another body is refused"`
	Timed
}

// Resolve judges what huma does not see of a header; see sendInput.
func (in *Keyed) Resolve(ctx huma.Context) []error {
	r, _ := humago.Unwrap(ctx)
	if _, err := dialect.IdempotencyKey(r.Header); err != nil {
		return []error{&huma.ErrorDetail{Location: "header.Idempotency-Key", Message: wirechief.MessageOf(err)}}
	}
	return in.read(ctx)
}

type (
	replyInput struct {
		OneConversation
		Keyed
		Body wire.ReplyDraft
	}
	startInput struct {
		InTenant
		Keyed
		Body wire.ConversationStart
	}
	repliedOutput struct{ Body wire.Replied }
)

func (a *api) reply(ctx context.Context, in *replyInput) (*repliedOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	draft, err := readReply(&in.Body, &in.Keyed)
	if err != nil {
		return nil, err
	}
	res, err := desk.Reply(ctx, p, in.ID, draft)
	if err != nil {
		return nil, keyFault(err)
	}
	return &repliedOutput{wire.Replied{Conversation: in.ID, Sent: newSent(&res)}}, nil
}

func (a *api) startConversation(ctx context.Context, in *startInput) (*repliedOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	draft, err := readReply(&in.Body.ReplyDraft, &in.Keyed)
	if err != nil {
		return nil, err
	}
	from, err := readNumber("from", in.Body.From)
	if err != nil {
		return nil, err
	}
	id, res, err := desk.StartConversation(ctx, p, from, in.Body.To, draft)
	if err != nil {
		return nil, keyFault(err)
	}
	return &repliedOutput{wire.Replied{Conversation: id, Sent: newSent(&res)}}, nil
}

// readReply reads what is to be sent.
func readReply(w *wire.ReplyDraft, in *Keyed) (inbox.Draft, error) {
	d := inbox.Draft{Text: w.Text, Media: w.Media, Key: in.Key}
	if !w.At.IsZero() {
		d.At = w.At.UTC().Truncate(time.Microsecond) // as it is kept
	}
	var err error
	if d.Validity, err = readValidity(w.Validity); err != nil {
		return d, err
	}
	if err = in.into(&d.At, &d.Validity); err != nil {
		return d, err
	}
	return d, readMedia(w.Media)
}

// keyFault names the header that a key was given in.
func keyFault(err error) error {
	if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == "key" {
		named := *e
		named.Field = "Idempotency-Key"
		return &named
	}
	return err
}

type readInput struct {
	OneConversation
	UpTo int64 `query:"up_to" minimum:"1" maximum:"9007199254740991" doc:"Id of the last message that was read; absent: all"`
}

func (a *api) markRead(ctx context.Context, in *readInput) (*conversationOutput, error) {
	return a.changeConversation(ctx, &in.OneConversation, func(d Desk, p wirechief.Principal) error { return d.MarkRead(ctx, p, in.ID, in.UpTo) })
}

type assignInput struct {
	OneConversation
	Body wire.Assignment
}

func (a *api) assign(ctx context.Context, in *assignInput) (*conversationOutput, error) {
	return a.changeConversation(ctx, &in.OneConversation, func(d Desk, p wirechief.Principal) error {
		err := d.Assign(ctx, p, in.ID, in.Body.Agent, in.Body.Only)
		if e, ok := errors.AsType[*wirechief.Error](err); ok && e.Field == "assignee" {
			named := *e
			named.Field = "agent"
			return &named
		}
		return err
	})
}

type labelInput struct {
	OneConversation
	Body wire.Labels
}

func (a *api) label(ctx context.Context, in *labelInput) (*conversationOutput, error) {
	return a.changeConversation(ctx, &in.OneConversation, func(d Desk, p wirechief.Principal) error { return d.SetLabels(ctx, p, in.ID, in.Body.Labels) })
}

type (
	noteInput struct {
		OneConversation
		Body wire.Note
	}
	noteOutput struct{ Body wirechief.Entry }
)

func (a *api) addNote(ctx context.Context, in *noteInput) (*noteOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	e, err := desk.AddNote(ctx, p, in.ID, in.Body.Text)
	if err != nil {
		return nil, err
	}
	return &noteOutput{e}, nil
}

type searchInput struct {
	InTenant
	Query  string `query:"q" required:"true" minLength:"1" maxLength:"200" doc:"Words"`
	Number string `query:"number" maxLength:"64" doc:"Ours"`
	Peer   string `query:"peer" maxLength:"64"`
	Before int64  `query:"before" minimum:"1" maximum:"9007199254740991" doc:"Messages with ids below it"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type searchOutput struct {
	Body []wire.Hit `nullable:"false"`
}

func (a *api) searchConversations(ctx context.Context, in *searchInput) (*searchOutput, error) {
	desk, p, err := a.desk(ctx, in.Tenant)
	if err != nil {
		return nil, err
	}
	if err := readQuery("q", in.Query); err != nil {
		return nil, err
	}
	s := wirechief.TextSearch{Query: in.Query, Before: in.Before, Limit: in.Limit}
	if in.Number != "" {
		if s.Number, err = readNumber("number", inQuery(in.Number)); err != nil {
			return nil, err
		}
	}
	if in.Peer != "" {
		if s.Peer, err = readParty("peer", inQuery(in.Peer)); err != nil {
			return nil, err
		}
	}
	hits, err := desk.Search(ctx, p, s)
	if err != nil {
		return nil, err
	}
	out := &searchOutput{make([]wire.Hit, len(hits))}
	for i, h := range hits {
		m := h.Message
		out.Body[i] = wire.Hit{
			Conversation: m.Conversation, Message: m.ID, Direction: string(m.Direction), Number: h.Number, NumberName: h.NumberName,
			Peer: h.Peer, Name: h.Name, Text: m.Text, At: m.CreatedAt.UTC(),
		}
	}
	return out, nil
}

type exportConversationsInput struct {
	InTenant
	Conversation int64  `query:"conversation" minimum:"1" maximum:"9007199254740991" doc:"Only this one"`
	Number       string `query:"number" maxLength:"64" doc:"Only those of this number of ours"`
}

// transcripts describes an answer that is written as it is read.
func (a *api) transcripts(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{
		Description: "Conversations",
		Content: map[string]*huma.MediaType{"application/json": {
			Schema: a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[[]inbox.Transcript](), true, "Transcripts"),
		}},
	}
}

// exportConversations is an operation that writes conversations, archived ones
// too, one after the other.
func (a *api) exportConversations(media string, write func(io.Writer, inbox.Walk) error) func(context.Context, *exportConversationsInput) (*huma.StreamResponse, error) {
	return func(ctx context.Context, in *exportConversationsInput) (*huma.StreamResponse, error) {
		desk, p, err := a.desk(ctx, in.Tenant)
		if err != nil {
			return nil, err
		}
		f := inbox.Filter{View: inbox.ViewEvery}
		if in.Number != "" {
			if f.Number, err = readNumber("number", inQuery(in.Number)); err != nil {
				return nil, err
			}
		}
		if in.Conversation != 0 {
			if _, err := desk.Conversation(ctx, p, in.Conversation); err != nil {
				return nil, err
			}
		}
		return a.stream(media, "conversations", func(ctx context.Context, w io.Writer) error {
			return write(w, func(do func(inbox.ConversationView, []inbox.Item) error) error {
				if in.Conversation != 0 {
					return desk.EachOf(ctx, p, in.Conversation, do)
				}
				return desk.Each(ctx, p, f, do)
			})
		}), nil
	}
}

// stream answers with what is written as it goes. It may take longer than
// other answers, so the deadline of the server is lifted; what breaks off ends
// the connection without the end of the body.
func (a *api) stream(media, what string, write func(ctx context.Context, w io.Writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		w.Header().Set("Content-Type", media)
		if r.Method == http.MethodHead {
			return
		}
		limits := http.NewResponseController(w)
		_, _ = limits.SetWriteDeadline(time.Time{}), limits.SetReadDeadline(time.Time{}) // not every writer has them
		if err := write(hc.Context(), w); err != nil {
			if hc.Context().Err() == nil {
				a.Log.ErrorContext(hc.Context(), "an export broke off", "of", what, "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}}
}
