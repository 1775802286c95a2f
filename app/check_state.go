package app

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/egress"
	"github.com/wirechief/wirechief/state"
)

// nowhere finds no name: a check of a file asks nobody. What does not resolve
// passes the guard, which is asked again whenever something is sent.
type nowhere struct{}

func (nowhere) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, &net.DNSError{Err: "names are not looked up", Name: host, IsNotFound: true}
}

// stateCheck judges what tenants and numbers of a state file refer to, as
// applying it would.
type stateCheck struct {
	ctx   context.Context
	cfg   *config.Config
	guard *egress.Guard
	f     *state.File
	// fresh says that nothing is kept yet, so that what the file does not name
	// does not exist.
	fresh    bool
	mistakes []error
}

func checkTenants(ctx context.Context, cfg *config.Config, guard *egress.Guard, f *state.File) []error {
	kept, _ := filepath.Glob(filepath.Join(cfg.DataDir, "*.db"))
	_, err := os.Stat(cfg.DataDir)
	c := &stateCheck{ctx: ctx, cfg: cfg, guard: guard, f: f, fresh: len(kept) == 0 && (err == nil || os.IsNotExist(err))}
	for i := range f.Tenants {
		t, path := &f.Tenants[i], fmt.Sprintf("tenants[%d]", i)
		if t.Absent {
			continue
		}
		for k, w := range t.Webhooks {
			if w.URL != nil && !w.Absent {
				c.url(fmt.Sprintf("%s.webhooks[%d].url", path, k), *w.URL)
			}
		}
		for k, e := range t.Endpoints {
			if !e.Absent {
				c.url(fmt.Sprintf("%s.endpoints[%d].url", path, k), e.URL)
			}
		}
		for k := range t.Numbers {
			if !t.Numbers[k].Absent {
				c.number(fmt.Sprintf("%s.numbers[%d]", path, k), t, &t.Numbers[k])
			}
		}
	}
	return c.mistakes
}

func (c *stateCheck) mistake(path, format string, args ...any) {
	c.mistakes = append(c.mistakes, c.f.Mistake(path, format, args...))
}

func (c *stateCheck) url(path, url string) {
	if url == "" {
		return
	}
	if err := c.guard.Check(c.ctx, url); err != nil {
		c.mistake(path, "%s", wirechief.MessageOf(err))
	}
}

func (c *stateCheck) number(path string, t *state.Tenant, n *state.Number) {
	if name := n.Carrier; name != nil && *name != "" && !slices.ContainsFunc(c.cfg.Carriers, func(k config.Carrier) bool { return k.Name == *name }) {
		c.mistake(path+".carrier", "there is no carrier %q in %s", *name, c.cfg.File)
	}
	if c.fresh {
		if id := n.Campaign; id != nil && *id != "" && !slices.ContainsFunc(t.Campaigns, func(k state.Campaign) bool { return k.TCR == *id && !k.Absent }) {
			c.mistake(path+".campaign", "there is no campaign %q of this tenant", *id)
		}
		if name := n.Webhook; name != nil && *name != "" && !slices.ContainsFunc(t.Webhooks, func(k state.Webhook) bool { return k.Name == *name && !k.Absent }) {
			c.mistake(path+".webhook", "there is no webhook %q of this tenant", *name)
		}
	}
	for _, list := range []struct {
		key  string
		list []state.Forward
	}{{"forwards", n.Forwards}, {"fallback", n.Fallback}} {
		for i, f := range list.list {
			if f.Type == wirechief.KindHTTP {
				c.url(fmt.Sprintf("%s.%s[%d].destination", path, list.key, i), f.Destination)
			}
		}
	}
	if h := n.Receipts; h != nil && h.URL != nil {
		c.url(path+".receipts.url", *h.URL)
	}
}
