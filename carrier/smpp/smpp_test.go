package smpp_test

import (
	"context"
	"testing"
	"time"

	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

const password = "link-password"

func TestConformance(t *testing.T) {
	for name, change := range map[string]func(*smpp.Config){
		"transceiver":            func(*smpp.Config) {},
		"two transceivers":       func(c *smpp.Config) { c.Connections = 2 },
		"transmitter+receiver":   func(c *smpp.Config) { c.Bind = smpp.TransmitterReceiver },
		"one message at a time":  func(c *smpp.Config) { c.Window = 1 },
		"more than ever is sent": func(c *smpp.Config) { c.Throughput = 1e6 },
	} {
		t.Run(name, func(t *testing.T) {
			carriertest.Run(t, carriertest.Member{New: member(change), Wire: true, Secrets: []string{password}})
		})
	}
}

func member(change func(*smpp.Config)) func(*testing.T, carrier.Services) (carrier.Carrier, *carriertest.Peer) {
	return func(t *testing.T, s carrier.Services) (carrier.Carrier, *carriertest.Peer) {
		c, err := carriertest.NewSMSC(carriertest.Options{SystemID: "wirechief", Password: password, Redeliver: 5 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		cfg := smpp.Defaults()
		cfg.Address, cfg.SystemID, cfg.Password, cfg.Window = c.Address(), "wirechief", password, 4
		change(&cfg)
		return smpp.New("main", cfg, s), &carriertest.Peer{
			Text: func(ctx context.Context, from, to, text string) (bool, error) {
				status, err := c.Text(ctx, carriertest.Text{From: from, To: to, Body: text})
				return status == pdu.OK, err
			},
			Close: func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			},
			Taken: func() (texts []string) {
				for _, s := range c.Submits() {
					texts = append(texts, s.Text())
				}
				return texts
			},
			Kept: func() int {
				s := c.Stats()
				return s.ReceiptsKept + s.TextsKept
			},
			Hold: func() {
				c.Behave(func(b *carriertest.Behaviour) { b.NoAnswer, b.Receipts.Never = true, true })
			},
			Away: func(away bool) {
				c.Behave(func(b *carriertest.Behaviour) { b.HangUp = away })
				if away {
					c.Cut()
				}
			},
			Refuse: func() {
				c.Behave(func(b *carriertest.Behaviour) { b.Bind = pdu.InvalidPassword })
			},
		}
	}
}
