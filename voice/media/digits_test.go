package media

import (
	"testing"

	"github.com/wirechief/wirechief/carrier"
)

func event(key byte, at uint32, end bool) carrier.Packet {
	p := carrier.Packet{Event: true, Timestamp: at, Payload: []byte{key, 10, 0, 160}}
	if end {
		p.Payload[1] |= 0x80
	}
	return p
}

func TestKeysAreToldOnce(t *testing.T) {
	whole := func(key byte, at uint32) []carrier.Packet {
		return []carrier.Packet{event(key, at, false), event(key, at, false), event(key, at, true), event(key, at, true), event(key, at, true)}
	}
	for name, c := range map[string]struct {
		packets []carrier.Packet
		want    string
	}{
		"the end thrice":              {whole(5, 1000), "5"},
		"the end lost":                {append(whole(1, 1000)[:2], whole(2, 3000)...), "12"},
		"only the end came":           {whole(11, 1000)[4:], "#"},
		"the same key twice":          {append(whole(7, 1000), whole(7, 3000)...), "77"},
		"a late end":                  {append(whole(1, 1000), append(whole(2, 3000), event(1, 1000, true))...), "12"},
		"round the end of the time":   {append(whole(1, 0xFFFFFF00), whole(2, 600)...), "12"},
		"another source, much before": {append(whole(1, 90_000_000), whole(2, 600)...), "12"},
		"sound, flash, and too short": {[]carrier.Packet{{Payload: []byte{1, 2, 3, 4}}, event(16, 0, false), {Event: true, Payload: []byte{1, 2}}}, ""},
	} {
		got := ""
		k := NewKeys(func(key byte) { got += string(key) })
		for _, p := range c.packets {
			k.Hear(p)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDigitEventsAreHeard(t *testing.T) {
	const digits = "0123456789*#ABCD1122"
	got := ""
	k := NewKeys(func(key byte) { got += string(key) })
	ends := 0
	for _, p := range DigitEvents("012 345-6789*#abcd1122", 10) {
		k.Hear(p)
		if p.Event && p.Payload[1]&0x80 != 0 {
			ends++
		}
	}
	if got != digits || ends != 3*len(digits) {
		t.Errorf("%q with %d ends, want %q with %d", got, ends, digits, 3*len(digits))
	}
	if p := DigitEvents("x", 10); len(p) != 0 {
		t.Errorf("%d packets for no key", len(p))
	}
}
