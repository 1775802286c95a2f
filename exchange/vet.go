package exchange

import (
	"context"
	"net/url"
	"time"

	"github.com/wirechief/wirechief"
)

// vetTime is how long the look-ups of one request may take together. A name
// that is not found by then passes like one that does not resolve now: the
// guard is asked again whenever something is sent there.
const vetTime = 10 * time.Second

// vetted is what the guard has said of URLs. It is asked before a lock is taken,
// so that nobody waits for another's name server; under the lock only what it
// has said counts. nil asks the guard where it stands.
type vetted struct {
	said   map[string]error // by URL
	sealed bool             // nothing more is asked
}

// vet asks the guard about the URLs that a number newly has, and judges on the
// way what judgeSettings judges before them. old is nil for a new number. To be
// called without a lock; what it gives is for judgeVetted.
func (x *Exchange) vet(ctx context.Context, n, old *wirechief.Number) (*vetted, *wirechief.Error) {
	ctx, cancel := context.WithTimeout(ctx, vetTime)
	defer cancel()
	v := &vetted{said: make(map[string]error)}
	err := judgeWords(n)
	if err == nil {
		err = judgeEnabled(n)
	}
	if err == nil {
		err = x.judgeForwards(ctx, v, old, n)
	}
	v.sealed = true
	return v, err
}

// pass lets a URL through that stands already.
func (v *vetted) pass(url string) {
	if v != nil && v.sealed {
		if _, ok := v.said[url]; !ok {
			v.said[url] = nil
		}
	}
}

func (v *vetted) check(ctx context.Context, guard wirechief.Guard, url string) error {
	if v == nil {
		return guard.Check(ctx, url)
	}
	said, ok := v.said[url]
	switch {
	case !ok && v.sealed:
		return wirechief.Refuse(wirechief.Conflict, wirechief.RuleRevision, "it was changed meanwhile; try again")
	case !ok:
		said = guard.Check(ctx, url)
		v.said[url] = said
	}
	return said
}

// judgeURL asks the guard about a URL that is not known yet.
func (x *Exchange) judgeURL(ctx context.Context, v *vetted, field, url string, known bool) *wirechief.Error {
	if x.Guard == nil || known {
		return nil
	}
	err := v.check(ctx, x.Guard, url)
	if err == nil {
		return nil
	}
	refusal := &wirechief.Error{Kind: wirechief.Invalid, Rule: wirechief.RuleEgress, Field: field, Message: wirechief.MessageOf(err), Err: err}
	if wirechief.KindOf(err) == wirechief.Conflict {
		refusal.Kind, refusal.Rule = wirechief.Conflict, wirechief.RuleRevision
	}
	return refusal
}

// CheckURL says whether something may be fetched from a URL, or told there, as
// what goes there later is judged anew: kind Invalid, at the field that is
// named, when it is no http or https URL or leads where nothing may go.
func (x *Exchange) CheckURL(ctx context.Context, field, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return wirechief.InvalidField(field, "it is an absolute http or https URL")
	}
	ctx, cancel := context.WithTimeout(ctx, vetTime)
	defer cancel()
	if err := x.judgeURL(ctx, nil, field, address, false); err != nil {
		return err
	}
	return nil
}
