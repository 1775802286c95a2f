package console

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/feed"
	"github.com/wirechief/wirechief/presence"
)

func presenceRoutes() []route {
	return []route{
		{pattern: "POST /presence", right: wirechief.RightRead, serve: (*Console).setPresence},
	}
}

// presenceView is where an agent is, and why, as people read it.
type presenceView struct {
	Agent int64
	Said  string // what they say themselves
	State presence.State
	Why   string // in words; "" where the state says it all
	Since time.Time
	Seen  time.Time // when they last did something here; zero: not known
}

// Label is what the state is called.
func (v presenceView) Label() string { return presenceLabel(string(v.State)) }

// Tone is its colour.
func (v presenceView) Tone() string {
	switch v.State {
	case presence.Online:
		return "good"
	case presence.Away, presence.TransfersOnly:
		return "warn"
	}
	return ""
}

// Choices are what the agent may say, and what they say now.
func (v presenceView) Choices() (out []presenceChoice) {
	for _, s := range []string{"", "online", "away", "transfers_only", "offline"} {
		// The first nobody chooses who has said something, and the fourth is
		// said over the API of Zendesk.
		if (s == "" || s == "transfers_only") && s != v.Said {
			continue
		}
		out = append(out, presenceChoice{s, presenceLabel(s), s == v.Said})
	}
	return out
}

type presenceChoice struct {
	State, Label string
	Said         bool
}

func presenceLabel(state string) string {
	switch state {
	case "":
		return "Automatic" // online while a console is open
	case "transfers_only":
		return "Transfers only"
	}
	return strings.ToUpper(state[:1]) + state[1:]
}

// viewOfPresence finds the words for why somebody is not what they say.
func viewOfPresence(s presence.Status) presenceView {
	v := presenceView{Agent: s.Agent, Said: s.Said, State: s.State, Since: s.Since, Seen: lastSeen(s)}
	said := presence.State(cmp.Or(s.Said, string(presence.Online)))
	switch {
	case s.State == presence.Offline && said != presence.Offline:
		v.Why = "no console is open"
	case s.State == presence.Away && said == presence.Online:
		v.Why = "nothing done for " + strconv.Itoa(int(presence.IdleAfter/time.Minute)) + " minutes"
	}
	return v
}

// Presence is where the visitor is, nil for the operator; for templates.
func (p *Page) Presence() *presenceView { return p.presence }

// setPresence says where the visitor is, through the record of the agent, as
// clients of Zendesk do: either sees what the other has set.
func (c *Console) setPresence(v *visit) error {
	if v.p.Agent == 0 {
		return wirechief.Refuse(wirechief.Forbidden, wirechief.RuleRole, "the operator answers no texts, and is neither online nor away")
	}
	state := v.value("state")
	if state == "" {
		return wirechief.InvalidField("state", "say whether you are online, away or offline")
	}
	_, err := c.Exchange.Agents().Put(v.ctx(), v.p, strconv.FormatInt(v.p.Agent, 10), func(a *wirechief.Agent) error {
		a.State = state
		return nil
	})
	if err != nil {
		return err
	}
	if v.isFragment() {
		v.w.WriteHeader(http.StatusNoContent)
		v.done = true
		return nil
	}
	return v.back("/settings")
}

// agentOf is the agent that an event is about: who came or went, or said something.
func agentOf(e feed.Event) (int64, bool) {
	if e.Topic == feed.Presence {
		return e.ID, true
	}
	if key, ok := strings.CutPrefix(e.Key, string(wirechief.EntityAgent)+" "); ok && e.Topic == feed.Entity && e.Kind == feed.Changed {
		id, err := strconv.ParseInt(key, 10, 64)
		return id, err == nil
	}
	return 0, false
}

// livePresence tells an agent where they are: theirs is the id of the topic.
func (c *Console) livePresence(_ context.Context, tenant, arg string, e feed.Event) ([]byte, error) {
	id, ok := agentOf(e)
	if !ok || strconv.FormatInt(id, 10) != arg {
		return nil, nil
	}
	s, ok := c.Presence.Of(tenant, id)
	if !ok {
		return nil, nil
	}
	return c.part("presencestate", viewOfPresence(s))
}

// liveIncoming tells of a text that has come in, to browsers that want a notice
// of it (static/notify.js). What is from a blocked peer is in no conversation.
func (c *Console) liveIncoming(_ context.Context, _, _ string, e feed.Event) ([]byte, error) {
	if e.Topic != feed.Message || e.Kind != feed.In || e.Message == nil || e.Conversation == 0 {
		return nil, nil
	}
	const most = 140
	return c.part("incoming", incoming{
		ID: e.Message.ID, Conversation: e.Conversation, From: e.Message.From, Text: clip(plain(e.Message.Text), most),
	})
}

type incoming struct {
	ID, Conversation int64
	From, Text       string
}
