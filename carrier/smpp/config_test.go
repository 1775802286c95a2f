package smpp

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/gsm"
)

// TestConfigReads is the example of docs/operating.md.
func TestConfigReads(t *testing.T) {
	c := Config{}
	err := yaml.Unmarshal([]byte(`
address: 127.0.0.1:2775
system_id: wirechief
password: secret
bind: transmitter+receiver
connections: 2
window: 32
throughput: 12.5
enquire_link: 15s
receipt_id: hex-to-dec
response_timeout: 5s
concatenation: sar
alphabet: latin1
numbering: international
senders: any
tls: true
`), &c)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Address: "127.0.0.1:2775", SystemID: "wirechief", Password: "secret", Bind: TransmitterReceiver, Connections: 2, Window: 32,
		Throughput: 12.5, EnquireLink: 15e9, ReceiptID: receipt.HexToDec, ResponseTimeout: 5e9, Concatenation: gsm.SAR,
		Alphabet: gsm.Latin1, Numbering: International, Senders: AnySender, TLS: true,
	}
	if c != want {
		t.Errorf("read %+v", c)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	if s := fmt.Sprintf("%+v %#v", c, c); strings.Contains(s, "secret\"") || strings.Contains(s, ":secret") {
		t.Errorf("the password is shown: %s", s)
	}
}

func TestConfigIsChecked(t *testing.T) {
	good := plain()
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(*Config){
		"address":          func(c *Config) { c.Address = "127.0.0.1" },
		"system_id":        func(c *Config) { c.SystemID = "sixteencharacter" },
		"password":         func(c *Config) { c.Password = "hunter\x002" },
		"bind":             func(c *Config) { c.Bind = "both" },
		"connections":      func(c *Config) { c.Connections = 0 },
		"window":           func(c *Config) { c.Window = 0 },
		"throughput":       func(c *Config) { c.Throughput = -1 },
		"enquire_link":     func(c *Config) { c.EnquireLink = -1 },
		"response_timeout": func(c *Config) { c.ResponseTimeout = 0 },
		"receipt_id":       func(c *Config) { c.ReceiptID = 9 },
		"concatenation":    func(c *Config) { c.Concatenation = 9 },
		"alphabet":         func(c *Config) { c.Alphabet = 9 },
		"numbering":        func(c *Config) { c.Numbering = "national" },
		"senders":          func(c *Config) { c.Senders = "others" },
	} {
		c := good
		spoil(&c)
		err, ok := c.Validate().(*wirechief.Error)
		if !ok || err.Kind != wirechief.Invalid || err.Field != field || !strings.HasPrefix(err.Message, field+":") {
			t.Errorf("%s: %v", field, err)
			continue
		}
		if strings.Contains(err.Error(), "hunter") {
			t.Errorf("the password is shown: %v", err)
		}
	}
	for _, address := range []string{"", ":2775", "host:0", "host:65536", "host:x", "a:b:c"} {
		c := good
		c.Address = address
		if c.Validate() == nil {
			t.Errorf("address %q was taken", address)
		}
	}
}

// TestFieldsAreWhole: each key is described, and nothing else.
func TestFieldsAreWhole(t *testing.T) {
	described := map[string]Field{}
	for _, f := range Fields() {
		described[f.Key] = f
	}
	typ := reflect.TypeFor[Config]()
	for i := range typ.NumField() {
		key := typ.Field(i).Tag.Get("yaml")
		f, ok := described[key]
		if !ok || f.Label == "" || f.Help == "" {
			t.Errorf("%s is not described", key)
		}
		if f.Secret != (typ.Field(i).Type == reflect.TypeFor[wirechief.Secret]()) {
			t.Errorf("%s: secret is %v", key, f.Secret)
		}
		delete(described, key)
	}
	if len(described) > 0 {
		t.Errorf("described, but no keys: %v", described)
	}
}
