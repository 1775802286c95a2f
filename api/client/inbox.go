package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/wire"
)

// onConversation is the path of a conversation, or of something about it.
func onConversation(id int64, rest string) string {
	return "/conversations/" + strconv.FormatInt(id, 10) + rest
}

// ConversationQuery selects conversations; the zero value selects the newest 50
// outside of the archive.
type ConversationQuery struct {
	Tenant  string // for the operator, who has to name it
	View    string // all, unassigned, archived or every; empty: all
	Number  string // ours
	Peer    string
	Contact int64
	Label   string
	Unread  bool
	Before  int64 // Last of the last one of the page before
	Limit   int   // 1 to 200; 0: 50
}

// Conversations lists conversations, the one with the newest message first.
func (c *Client) Conversations(ctx context.Context, q ConversationQuery) ([]wire.Conversation, error) {
	query := values("tenant", q.Tenant, "view", q.View, "number", q.Number, "peer", q.Peer, "contact", number(q.Contact), "label", q.Label,
		"unread", flag(q.Unread), "before", number(q.Before), "limit", number(int64(q.Limit)))
	return fetch[[]wire.Conversation](ctx, c, http.MethodGet, "/conversations", call{query: query})
}

// Conversation gives one conversation. The operator has to name the tenant; for
// a tenant's token it may be empty, here and below.
func (c *Client) Conversation(ctx context.Context, tenant string, id int64) (wire.ConversationDetail, error) {
	return fetch[wire.ConversationDetail](ctx, c, http.MethodGet, onConversation(id, ""), call{query: values("tenant", tenant)})
}

// Thread gives the newest items of a conversation with ids below before (0: all),
// oldest first. limit is 1 to 200; 0: 50.
func (c *Client) Thread(ctx context.Context, tenant string, id, before int64, limit int) (wire.Thread, error) {
	query := values("tenant", tenant, "before", number(before), "limit", number(int64(limit)))
	return fetch[wire.Thread](ctx, c, http.MethodGet, onConversation(id, "/messages"), call{query: query})
}

// Reply answers in a conversation. With a key, a repeat is harmless and gets
// the first answer; empty: none.
func (c *Client) Reply(ctx context.Context, tenant string, id int64, d wire.ReplyDraft, key string) (wire.Replied, error) {
	return fetch[wire.Replied](ctx, c, http.MethodPost, onConversation(id, "/messages"), call{query: values("tenant", tenant), body: d, header: keyed(key)})
}

// StartConversation texts somebody, and says which conversation that is in.
func (c *Client) StartConversation(ctx context.Context, tenant string, d wire.ConversationStart, key string) (wire.Replied, error) {
	return fetch[wire.Replied](ctx, c, http.MethodPost, "/conversations", call{query: values("tenant", tenant), body: d, header: keyed(key)})
}

func keyed(key string) http.Header {
	if key == "" {
		return nil
	}
	return http.Header{"Idempotency-Key": {key}}
}

// ChangeConversation does something that needs no more words, and gives the
// conversation as it is then. do is one of read, unread, archive, reopen, block
// and unblock.
func (c *Client) ChangeConversation(ctx context.Context, tenant string, id int64, do string) (wire.ConversationDetail, error) {
	return fetch[wire.ConversationDetail](ctx, c, http.MethodPost, onConversation(id, "/"+do), call{query: values("tenant", tenant)})
}

// Assign gives a conversation to somebody.
func (c *Client) Assign(ctx context.Context, tenant string, id int64, a wire.Assignment) (wire.ConversationDetail, error) {
	return fetch[wire.ConversationDetail](ctx, c, http.MethodPut, onConversation(id, "/assignee"), call{query: values("tenant", tenant), body: a})
}

// SetLabels replaces the labels of a conversation.
func (c *Client) SetLabels(ctx context.Context, tenant string, id int64, labels []string) (wire.ConversationDetail, error) {
	return fetch[wire.ConversationDetail](ctx, c, http.MethodPut, onConversation(id, "/labels"), call{query: values("tenant", tenant), body: wire.Labels{Labels: labels}})
}

// AddNote adds a note to a conversation.
func (c *Client) AddNote(ctx context.Context, tenant string, id int64, text string) (wirechief.Entry, error) {
	return fetch[wirechief.Entry](ctx, c, http.MethodPost, onConversation(id, "/notes"), call{query: values("tenant", tenant), body: wire.Note{Text: text}})
}

// SearchTexts finds messages by words of their text, newest first, with ids below
// before (0: from the newest). number and peer may be empty: any.
func (c *Client) SearchTexts(ctx context.Context, tenant, words, ours, peer string, before int64, limit int) ([]wire.Hit, error) {
	query := values("tenant", tenant, "q", words, "number", ours, "peer", peer, "before", number(before), "limit", number(int64(limit)))
	return fetch[[]wire.Hit](ctx, c, http.MethodGet, "/conversations/search", call{query: query})
}

// ExportConversations writes conversations to w: as is csv or json, id that of
// one of them (0: all), ours one of our numbers (empty: all). What was written is
// whole only when there is no error.
func (c *Client) ExportConversations(ctx context.Context, tenant, as string, id int64, ours string, w io.Writer) error {
	query := values("tenant", tenant, "conversation", number(id), "number", ours)
	media := map[string]string{"csv": "text/csv", "json": "application/json"}[as]
	return c.copy(ctx, "/conversations/export."+url.PathEscape(as), query, media, w)
}

// copy writes an answer that comes as it is read.
func (c *Client) copy(ctx context.Context, path string, query url.Values, media string, w io.Writer) error {
	resp, err := c.start(ctx, http.MethodGet, path, call{query: query})
	if err != nil {
		return err
	}
	defer drain(resp)
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), media) {
		return c.stranger(resp)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return c.failed(ctx, "the export broke off", err)
	}
	return nil
}

// ContactQuery selects contacts; the zero value selects the first 50 by name.
type ContactQuery struct {
	Tenant  string // for the operator, who has to name it
	Query   string // part of a name, company, mail address or phone
	Label   string
	Blocked string // true or false; empty: whichever
	Skip    int
	Limit   int // 1 to 1000; 0: 50
}

func (q ContactQuery) values() url.Values {
	return values("tenant", q.Tenant, "q", q.Query, "label", q.Label, "blocked", q.Blocked, "skip", number(int64(q.Skip)), "limit", number(int64(q.Limit)))
}

// Contacts lists contacts, by name.
func (c *Client) Contacts(ctx context.Context, q ContactQuery) ([]wire.Contact, error) {
	return fetch[[]wire.Contact](ctx, c, http.MethodGet, "/contacts", call{query: q.values()})
}

// Contact gives one contact.
func (c *Client) Contact(ctx context.Context, tenant string, id int64) (wire.Contact, error) {
	return fetch[wire.Contact](ctx, c, http.MethodGet, onContact(id), call{query: values("tenant", tenant)})
}

func onContact(id int64) string { return "/contacts/" + strconv.FormatInt(id, 10) }

// CreateContact makes a contact.
func (c *Client) CreateContact(ctx context.Context, tenant string, p wire.MergePatch) (wire.Contact, error) {
	return fetch[wire.Contact](ctx, c, http.MethodPost, "/contacts", call{query: values("tenant", tenant), body: p})
}

// ChangeContact changes what is named of a contact.
func (c *Client) ChangeContact(ctx context.Context, tenant string, id int64, p wire.MergePatch) (wire.Contact, error) {
	return fetch[wire.Contact](ctx, c, http.MethodPatch, onContact(id), call{query: values("tenant", tenant), body: p})
}

// DeleteContact removes a contact.
func (c *Client) DeleteContact(ctx context.Context, tenant string, id int64) error {
	return c.do(ctx, http.MethodDelete, onContact(id), call{query: values("tenant", tenant)})
}

// MergeContacts makes one contact of several.
func (c *Client) MergeContacts(ctx context.Context, tenant string, into int64, others ...int64) (wire.Contact, error) {
	return fetch[wire.Contact](ctx, c, http.MethodPost, onContact(into)+"/merge", call{query: values("tenant", tenant), body: wire.ContactMerge{Others: others}})
}

// BlockPeer blocks whoever has a number, or lifts that.
func (c *Client) BlockPeer(ctx context.Context, tenant, peer string, blocked bool) (wire.Contact, error) {
	return fetch[wire.Contact](ctx, c, http.MethodPost, "/contacts/block", call{query: values("tenant", tenant), body: wire.PeerBlock{Peer: wire.Peer{Peer: peer}, Blocked: blocked}})
}

// ForgetPeer forgets whoever has a number. It cannot be undone.
func (c *Client) ForgetPeer(ctx context.Context, tenant, peer string) (wire.Forgotten, error) {
	return fetch[wire.Forgotten](ctx, c, http.MethodPost, "/contacts/forget", call{query: values("tenant", tenant), body: wire.Peer{Peer: peer}})
}

// ImportHow says how a table is taken over.
type ImportHow struct {
	DryRun  bool   // only say what would come of it
	SkipBad bool   // take the good rows beside bad ones
	Region  string // of contacts: country in which phones without "+" are read; empty: there may be none
}

func (h ImportHow) values(tenant string) url.Values {
	return values("tenant", tenant, "dry_run", flag(h.DryRun), "skip_bad", flag(h.SkipBad), "region", h.Region)
}

// ImportContacts takes contacts over from a table (CSV).
func (c *Client) ImportContacts(ctx context.Context, tenant string, table []byte, how ImportHow) (wire.ContactsImported, error) {
	return fetch[wire.ContactsImported](ctx, c, http.MethodPost, "/contacts/import", call{query: how.values(tenant), raw: append([]byte{}, table...), media: "text/csv"})
}

// ExportContacts writes contacts as a table (CSV) to w.
func (c *Client) ExportContacts(ctx context.Context, q ContactQuery, w io.Writer) error {
	return c.copy(ctx, "/contacts/export", q.values(), "text/csv", w)
}

// Templates lists prepared texts, by name.
func (c *Client) Templates(ctx context.Context, tenant string) ([]wire.Template, error) {
	return fetch[[]wire.Template](ctx, c, http.MethodGet, "/templates", call{query: values("tenant", tenant)})
}

// CreateTemplate prepares a text.
func (c *Client) CreateTemplate(ctx context.Context, tenant string, p wire.MergePatch) (wire.Template, error) {
	return fetch[wire.Template](ctx, c, http.MethodPost, "/templates", call{query: values("tenant", tenant), body: p})
}

// ChangeTemplate changes what is named of a prepared text.
func (c *Client) ChangeTemplate(ctx context.Context, tenant string, id int64, p wire.MergePatch) (wire.Template, error) {
	return fetch[wire.Template](ctx, c, http.MethodPatch, "/templates/"+strconv.FormatInt(id, 10), call{query: values("tenant", tenant), body: p})
}

// DeleteTemplate removes a prepared text.
func (c *Client) DeleteTemplate(ctx context.Context, tenant string, id int64) error {
	return c.do(ctx, http.MethodDelete, "/templates/"+strconv.FormatInt(id, 10), call{query: values("tenant", tenant)})
}
