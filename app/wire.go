package app

import (
	"fmt"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/bulkvs"
	"github.com/wirechief/wirechief/carrier/sim"
	"github.com/wirechief/wirechief/carrier/smpp"
	"github.com/wirechief/wirechief/config"
	bulkvsapi "github.com/wirechief/wirechief/dialect/bulkvs"
	"github.com/wirechief/wirechief/dialect/fonedynamics"
	"github.com/wirechief/wirechief/dialect/message2give"
	"github.com/wirechief/wirechief/routing"
	"github.com/wirechief/wirechief/webhook"
)

// carriers builds the carriers of a configuration. This is the list of the
// members of the family.
func carriers(cfg *config.Config, s carrier.Services) ([]carrier.Carrier, error) {
	out := make([]carrier.Carrier, 0, len(cfg.Carriers))
	for i := range cfg.Carriers {
		entry := &cfg.Carriers[i]
		var c carrier.Carrier
		var err error
		switch entry.Type {
		case "bulkvs":
			settings := bulkvs.Defaults()
			if err = entry.Decode(&settings); err == nil {
				c = bulkvs.New(entry.Name, settings, s)
			}
		case "sim":
			settings := sim.Defaults()
			if err = entry.Decode(&settings); err == nil {
				c = sim.New(entry.Name, settings, s)
			}
		case "smpp":
			settings := smpp.Defaults()
			if err = entry.Decode(&settings); err == nil {
				c = smpp.New(entry.Name, settings, s)
			}
		default:
			err = fmt.Errorf("carrier %s: there is no type %q", entry.Name, entry.Type)
		}
		if err != nil {
			return nil, &wirechief.Error{Op: "configuration", Kind: wirechief.Invalid, Message: err.Error(), Err: err}
		}
		out = append(out, c)
	}
	return out, nil
}

// formats are the dialects that tell customers something, ours among them.
// workspace gives that of a tenant, link where a kept file can be fetched.
func formats(workspace func(tenant string) string, link webhook.Linker) map[string]wirechief.Formatter {
	return map[string]wirechief.Formatter{
		wirechief.DialectOwn:          webhook.Formatter{Link: link},
		wirechief.DialectBulkVS:       bulkvsapi.Formatter{},
		wirechief.DialectFoneDynamics: fonedynamics.Formatter{},
		wirechief.DialectMessage2Give: message2give.Formatter{Workspace: workspace},
	}
}

func routes(cfg *config.Config) []routing.Route {
	out := make([]routing.Route, len(cfg.Routes))
	for i, r := range cfg.Routes {
		out[i] = routing.Route{Prefix: r.Prefix, Carriers: r.Carriers}
	}
	return out
}

// Check judges a configuration as far as that is possible without opening
// anything: the carriers' own keys, too.
func Check(cfg *config.Config) error {
	_, err := carriers(cfg, carrier.Services{})
	return err
}
