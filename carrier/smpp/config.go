package smpp

import (
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/receipt"
	"github.com/wirechief/wirechief/gsm"
)

// Config is a link's entry under carriers: in the configuration file. Only
// address and system_id must be there; what else is left out is as [Defaults]
// has it.
type Config struct {
	Address         string            `yaml:"address"`   // host:port of the SMSC
	SystemID        string            `yaml:"system_id"` // the name we bind with
	Password        wirechief.Secret  `yaml:"password"`
	Bind            Bind              `yaml:"bind"`
	Connections     int               `yaml:"connections"`      // 1 to 64; with transmitter+receiver each is two
	Window          int               `yaml:"window"`           // unanswered submit_sm on a connection, 1 to 10,000
	Throughput      float64           `yaml:"throughput"`       // segments a second of the whole link, 0: no limit
	EnquireLink     time.Duration     `yaml:"enquire_link"`     // silence before we ask for a sign of life; 0: never
	ReceiptID       receipt.IDForm    `yaml:"receipt_id"`       // how ids of receipts differ from those of responses
	ResponseTimeout time.Duration     `yaml:"response_timeout"` // a submit unanswered this long is in doubt
	Concatenation   gsm.Concatenation `yaml:"concatenation"`    // how segments are told to belong together
	Alphabet        gsm.Encoding      `yaml:"alphabet"`         // tried first; Latin-1 also if data_coding 0 means that inward
	Numbering       Numbering         `yaml:"numbering"`
	Senders         Senders           `yaml:"senders"` // whom texts may be from
	TLS             bool              `yaml:"tls"`     // with the system's roots
}

// Defaults is docs/operating.md's list of carrier keys.
func Defaults() Config {
	return Config{
		Bind: Transceiver, Connections: 1, Window: 64, EnquireLink: 30 * time.Second,
		ResponseTimeout: 10 * time.Second, Numbering: International, Senders: OwnSenders,
	}
}

// Bind is how a connection serves the two directions (SMPP 3.4 2.2.1).
type Bind string

// The ways to bind.
const (
	Transceiver         Bind = "transceiver"          // one connection for both
	TransmitterReceiver Bind = "transmitter+receiver" // one each
)

// Numbering is how addresses are written on the wire.
type Numbering string

// International is the only numbering so far: numbers are digits without "+",
// TON 1 NPI 1; short codes TON 3 NPI 0; names TON 5 NPI 0.
const International Numbering = "international"

// Senders is whom the carrier lets texts be from.
type Senders string

// The senders.
const (
	OwnSenders Senders = "own" // numbers that are ours, and names
	AnySender  Senders = "any" // anybody: a forwarded text can keep the sender that it came from
)

// Validate says which key is missing or out of range.
func (c Config) Validate() error {
	host, port, err := net.SplitHostPort(c.Address)
	n, portErr := strconv.Atoi(port)
	switch {
	case c.Address == "":
		return wirechief.InvalidField("address", "address: the SMSC's host:port is missing")
	case err != nil || host == "" || portErr != nil || n < 1 || n > 65535:
		return wirechief.InvalidField("address", "address: %q is not host:port", c.Address)
	case c.SystemID == "":
		return wirechief.InvalidField("system_id", "system_id: the name to bind with is missing")
	case len(c.SystemID) > 15 || strings.Contains(c.SystemID, "\x00"): // SMPP 3.4 5.2.1
		return wirechief.InvalidField("system_id", "system_id: longer than 15 octets, or with a NUL")
	case len(c.Password) > 64 || strings.Contains(c.Password.Reveal(), "\x00"):
		// SMPP 3.4 5.2.2 has 8 octets; some SMSCs hand out longer ones.
		return wirechief.InvalidField("password", "password: longer than 64 octets, or with a NUL")
	case c.Bind != Transceiver && c.Bind != TransmitterReceiver:
		return wirechief.InvalidField("bind", "bind: %q is unknown: transceiver or transmitter+receiver", c.Bind)
	case c.Connections < 1 || c.Connections > 64:
		return wirechief.InvalidField("connections", "connections: %d is out of range: 1 to 64", c.Connections)
	case c.Window < 1 || c.Window > 10_000:
		return wirechief.InvalidField("window", "window: %d is out of range: 1 to 10000 segments", c.Window)
	case !(c.Throughput >= 0 && c.Throughput <= 1e6): // also not a NaN
		return wirechief.InvalidField("throughput", "throughput: %v is out of range: 0 to 1000000 segments a second", c.Throughput)
	case c.EnquireLink < 0 || c.EnquireLink > time.Hour:
		return wirechief.InvalidField("enquire_link", "enquire_link: %v is out of range: 0s to 1h", c.EnquireLink)
	case c.ResponseTimeout < 10*time.Millisecond || c.ResponseTimeout > 10*time.Minute:
		return wirechief.InvalidField("response_timeout", "response_timeout: %v is out of range: 10ms to 10m", c.ResponseTimeout)
	case c.ReceiptID > receipt.DecToHex:
		return wirechief.InvalidField("receipt_id", "receipt_id: same, hex-to-dec or dec-to-hex")
	case c.Concatenation > gsm.Payload:
		return wirechief.InvalidField("concatenation", "concatenation: udh8, udh16, sar or payload")
	case c.Alphabet > gsm.UCS2:
		return wirechief.InvalidField("alphabet", "alphabet: gsm7, latin1 or ucs2")
	case c.Numbering != International:
		return wirechief.InvalidField("numbering", "numbering: %q is unknown: international", c.Numbering)
	case c.Senders != "" && c.Senders != OwnSenders && c.Senders != AnySender:
		return wirechief.InvalidField("senders", "senders: %q is unknown: own or any", c.Senders)
	}
	return nil
}

// Field describes a key of [Config] for forms, the config check and masking.
type Field struct {
	Key      string
	Label    string
	Help     string
	Required bool
	Secret   bool
}

// Fields lists the keys in the order in which a form shows them.
func Fields() []Field {
	return []Field{
		{Key: "address", Label: "Address", Help: "Host and port of the SMSC, as smsc.example.net:2775.", Required: true},
		{Key: "system_id", Label: "System id", Help: "The name to bind with, up to 15 characters.", Required: true},
		{Key: "password", Label: "Password", Help: "As the carrier gave it, mostly up to 8 characters.", Secret: true},
		{Key: "bind", Label: "Bind", Help: "transceiver, or transmitter+receiver for a connection in each direction."},
		{Key: "connections", Label: "Connections", Help: "How many the carrier allows and you want."},
		{Key: "window", Label: "Window", Help: "Segments that may wait for their answer on one connection."},
		{Key: "throughput", Label: "Throughput", Help: "Segments a second over all connections; 0 for no limit."},
		{Key: "enquire_link", Label: "Enquire link", Help: "Silence after which the peer is asked for a sign of life, as 30s; 0s for never."},
		{Key: "receipt_id", Label: "Ids in receipts", Help: "same; hex-to-dec where receipts have hexadecimal ids and responses decimal ones; dec-to-hex the other way round."},
		{Key: "response_timeout", Label: "Response timeout", Help: "A submission unanswered this long is in doubt, as 10s."},
		{Key: "concatenation", Label: "Concatenation", Help: "How long texts are sent: udh8, udh16, sar or payload."},
		{Key: "alphabet", Label: "Alphabet", Help: "gsm7 (unpacked), latin1 or ucs2. latin1 is also what data_coding 0 then means from this carrier."},
		{Key: "numbering", Label: "Numbering", Help: "international: digits without +, TON 1 NPI 1."},
		{Key: "senders", Label: "Senders", Help: "own; any where the carrier lets texts be from anybody, so that forwarded ones can keep their sender."},
		{Key: "tls", Label: "TLS", Help: "Encrypt, and check the carrier's certificate against the system's roots."},
	}
}
