package sms

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/forward"
	"github.com/wirechief/wirechief/forward/forwardtest"
)

// far is an exchange that answers as it is told. A key that was used gets the
// first answer again.
type far struct {
	mu     sync.Mutex
	answer func(ctx context.Context, r wirechief.SendRequest) error
	took   []wirechief.SendRequest // also repeats
	keys   map[string]int64
	silent chan struct{}
}

func newFar() *far { return &far{keys: make(map[string]int64), silent: make(chan struct{}, 10)} }

func (f *far) says(answer func(context.Context, wirechief.SendRequest) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

func (f *far) Relay(ctx context.Context, r wirechief.SendRequest) (res wirechief.SendResult, err error) {
	f.mu.Lock()
	answer := f.answer
	f.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, r); err != nil {
			return res, err
		}
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	if r.Simulated { // asked, and nothing is kept
		return wirechief.SendResult{Recipients: []wirechief.SendRecipient{{To: r.To[0]}}}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.took = append(f.took, r)
	id, again := f.keys[r.Key]
	if !again {
		id = int64(len(f.keys) + 1)
		f.keys[r.Key] = id
	}
	return wirechief.SendResult{Repeated: again, Recipients: []wirechief.SendRecipient{{To: r.To[0], Message: id}}}, nil
}

func (f *far) MediaLinks(_ context.Context, _ string, tokens []string) (out []string) {
	for _, token := range tokens {
		if token != "gone" {
			out = append(out, "https://example.test/media/"+token)
		}
	}
	return out
}

func refusal(kind wirechief.Kind, rule wirechief.Rule, words string) func(context.Context, wirechief.SendRequest) error {
	return func(context.Context, wirechief.SendRequest) error { return wirechief.Refuse(kind, rule, "%s", words) }
}

var last atomic.Int64

func textOf(t testing.TB, text forward.Text) *wirechief.Delivery {
	t.Helper()
	if text.Until == 0 {
		text.Until = time.Now().Add(time.Hour).Unix()
	}
	body, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return &wirechief.Delivery{
		DeliveryKey: wirechief.DeliveryKey{ID: last.Add(1)}, Tenant: "acme", Kind: wirechief.KindSMS, Destination: "+13105550199", Body: body,
	}
}

func TestConformance(t *testing.T) {
	forwardtest.Run(t, func(*testing.T) *forwardtest.Member {
		f := newFar()
		return &forwardtest.Member{
			Sender: New(f, nil),
			Delivery: func(t *testing.T, text string) *wirechief.Delivery {
				return textOf(t, forward.Text{From: "+13109060901", Text: text})
			},
			Play: func(a forwardtest.Answer) bool {
				switch a {
				case forwardtest.Take:
					f.says(nil)
				case forwardtest.Later:
					f.says(refusal(wirechief.Exhausted, wirechief.RuleBacklog, "the queue is full"))
				case forwardtest.Never:
					f.says(refusal(wirechief.Forbidden, wirechief.RuleOptOut, "Recipient has opted out"))
				case forwardtest.Absent:
					f.says(refusal(wirechief.Unavailable, wirechief.RuleStore, "the disk is full"))
				case forwardtest.Silent:
					f.says(func(ctx context.Context, _ wirechief.SendRequest) error {
						f.silent <- struct{}{}
						<-ctx.Done()
						return ctx.Err()
					})
				}
				return true
			},
			Silence: func(*testing.T) { <-f.silent },
			Seen: func() (out []forwardtest.Seen) {
				f.mu.Lock()
				defer f.mu.Unlock()
				for _, r := range f.took {
					out = append(out, forwardtest.Seen{ID: r.Key, Text: r.Text, Raw: r.Text})
				}
				return out
			},
			Inert: func(t *testing.T, text string, s forwardtest.Seen) {
				if s.Raw != strings.ToValidUTF8(text, "\uFFFD") {
					t.Errorf("%q became %q", text, s.Raw)
				}
			},
		}
	})
}

// What is asked of the exchange.
func TestTheRequest(t *testing.T) {
	f := newFar()
	d := textOf(t, forward.Text{
		Message: 7, From: "+13109060901", As: "+13105551212", Text: "[desk] hello", Hops: 2, Excused: true, Because: "forward of message 7",
		Until: time.Now().Add(time.Hour).Unix(),
	})
	a, o := New(f, nil).Send(t.Context(), d, time.Second)
	if o.Disposition != wirechief.Done || !slices.Equal(o.IDs, []string{"1"}) || a.Class != "2xx" || a.Message != 1 || !strings.Contains(a.Body, "message 1") {
		t.Errorf("%+v %+v", a, o)
	}
	r := f.took[0]
	if r.Tenant != "acme" || r.From != "+13109060901" || r.As != "+13105551212" || r.To[0] != "+13105550199" || r.Text != "[desk] hello" || r.Hops != 2 ||
		!r.Excused || r.Because != "forward of message 7" || r.Validity <= 59*time.Minute || r.Validity > time.Hour || !strings.HasPrefix(r.Key, wirechief.OwnKey) || !r.Whole {
		t.Errorf("%+v", r)
	}
}

// Each rule that refuses is named, with how to lift it, and ends it.
func TestRefusals(t *testing.T) {
	for _, tt := range []struct {
		err    error
		left   wirechief.Disposition
		reason wirechief.Reason
		words  string
	}{
		{wirechief.Refuse(wirechief.Forbidden, wirechief.RuleOptOut, "Recipient has opted out"), wirechief.Final, wirechief.ReasonDestination, "Recipient has opted out (rule opt_out); the handset texts START to be reached again"},
		{wirechief.Refuse(wirechief.Forbidden, wirechief.RuleFunds, "the balance is below 0.01"), wirechief.Final, wirechief.ReasonFunds, "the balance is below 0.01 (rule funds); raise the balance and replay the delivery"},
		{wirechief.Refuse(wirechief.Conflict, wirechief.RuleLoop, "it goes in a circle"), wirechief.Final, wirechief.ReasonRejected, "it goes in a circle (rule loop); break the circle of forwards"},
		{wirechief.Refuse(wirechief.Conflict, wirechief.RuleCampaign, "bind it to a campaign"), wirechief.Final, wirechief.ReasonSource, "bind it to a campaign (rule campaign)"},
		{wirechief.Refuse(wirechief.Invalid, wirechief.RuleTooLong, "too long"), wirechief.Final, wirechief.ReasonContent, "too long (rule too_long); forward longer texts by mail"},
		{wirechief.Refuse(wirechief.Exhausted, wirechief.RuleBacklog, "full"), wirechief.Retry, wirechief.ReasonThrottled, "full (rule backlog)"},
		{&wirechief.Error{Kind: wirechief.Unavailable}, wirechief.Retry, wirechief.ReasonTemporary, "unavailable"},
		{context.DeadlineExceeded, wirechief.Retry, wirechief.ReasonTemporary, "the text could not be kept just now"},
	} {
		f := newFar()
		f.says(func(context.Context, wirechief.SendRequest) error { return tt.err })
		a, o := New(f, nil).Send(t.Context(), textOf(t, forward.Text{Text: "hello"}), time.Second)
		if o.Disposition != tt.left || o.Reason != tt.reason || a == nil || a.Error != tt.words || a.Class != string(tt.reason) {
			t.Errorf("%v: %+v %+v", tt.err, a, o)
		}
	}
}

// Pictures go along, or links to them where they cannot; under one key.
func TestPictures(t *testing.T) {
	for name, tt := range map[string]struct {
		refusal error
		text    string
		media   []string
		want    string
	}{
		"taken":            {nil, "look", []string{"a", "b"}, "look"},
		"no carrier":       {wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMediaCarrier, "no carrier"), "look", []string{"a", "b"}, "look\nhttps://example.test/media/a\nhttps://example.test/media/b"},
		"number without":   {wirechief.Refuse(wirechief.NotFound, wirechief.RuleSender, "+1 is not enabled for MMS"), "", []string{"a"}, "https://example.test/media/a"},
		"gone and no text": {wirechief.Refuse(wirechief.Forbidden, wirechief.RuleMediaCarrier, "no carrier"), "", []string{"gone"}, "(a picture that cannot be sent on)"},
	} {
		f := newFar()
		f.says(func(_ context.Context, r wirechief.SendRequest) error {
			switch {
			case len(r.Media) == 0:
				return nil
			case tt.refusal != nil && !r.Simulated:
				t.Errorf("%s: what is refused is not only asked for, and leaves a message", name)
			}
			return tt.refusal
		})
		_, o := New(f, nil).Send(t.Context(), textOf(t, forward.Text{Text: tt.text, Media: tt.media}), time.Second)
		if o.Disposition != wirechief.Done || len(f.took) != 1 || f.took[0].Text != tt.want {
			t.Errorf("%s: %+v %+v", name, o, f.took)
		}
		if tt.refusal == nil && !slices.Equal(f.took[0].Media, []string{"kept:a", "kept:b"}) {
			t.Errorf("%s: %q", name, f.took[0].Media)
		}
	}
}

// What nobody can use any more, or nobody can read, is not sent.
func TestWhatIsNotSent(t *testing.T) {
	f := newFar()
	broken := textOf(t, forward.Text{Text: "hello"})
	broken.Body = []byte("{")
	for _, d := range []*wirechief.Delivery{broken, textOf(t, forward.Text{Text: "hello", Until: time.Now().Add(-time.Second).Unix()})} {
		if a, o := New(f, nil).Send(t.Context(), d, time.Second); o.Disposition != wirechief.Final || a.Error == "" || len(f.took) > 0 {
			t.Errorf("%+v %+v", a, o)
		}
	}
}
