package sim

import (
	"time"

	"github.com/wirechief/wirechief"
)

// Config is the simulator's entry under carriers: in the configuration file.
// Every key may be left out.
type Config struct {
	// Room is how many messages it takes at a time, 1 to 100,000.
	Room int `yaml:"room"`
	// ReceiptDelay is how long an ordinary receipt takes; 0 is at once.
	ReceiptDelay time.Duration `yaml:"receipt_delay"`
	// Inventory is how many numbers of an area code it has to sell when a search
	// names one, 0 to 10,000. 0: it lists none, but confirms any that is ordered.
	Inventory int `yaml:"inventory"`
}

// Defaults is the configuration of an entry that says nothing but type: sim.
func Defaults() Config {
	return Config{Room: 256, ReceiptDelay: 200 * time.Millisecond} // docs/operating.md, the simulator carrier
}

// Validate says which key is out of range.
func (c Config) Validate() error {
	switch {
	case c.Room < 1 || c.Room > 100_000:
		return wirechief.InvalidField("room", "room: %d is out of range: 1 to 100000 messages", c.Room)
	case c.ReceiptDelay < 0 || c.ReceiptDelay > time.Hour:
		return wirechief.InvalidField("receipt_delay", "receipt_delay: %v is out of range: 0s to 1h", c.ReceiptDelay)
	case c.Inventory < 0 || c.Inventory > 10_000:
		return wirechief.InvalidField("inventory", "inventory: %d is out of range: 0 to 10000 numbers", c.Inventory)
	}
	return nil
}
