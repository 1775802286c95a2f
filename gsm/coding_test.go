package gsm_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/gsm"
)

func TestUCS2(t *testing.T) {
	tests := []struct{ name, text, octets string }{
		{"empty", "", ""},
		{"letters", "Hé", "004800E9"},
		{"beyond Latin-1", "€漢", "20AC6F22"},
		{"emoji", "😀", "D83DDE00"},
		{"last of the plane", "\uFFFF", "FFFF"},
		{"first beyond", "\U00010000", "D800DC00"},
		{"last of all", "\U0010FFFF", "DBFFDFFF"},
		{"byte order mark", "\uFEFFa", "FEFF0061"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := hex.EncodeToString(gsm.EncodeUCS2(tt.text)); !strings.EqualFold(got, tt.octets) {
				t.Errorf("encoded %s, want %s", got, tt.octets)
			}
			if got := gsm.DecodeUCS2(unhex(t, tt.octets)); got != tt.text {
				t.Errorf("decoded %q, want %q", got, tt.text)
			}
		})
	}
	if got := hex.EncodeToString(gsm.EncodeUCS2("a\xff")); got != "0061fffd" {
		t.Errorf("text that is not UTF-8 gave %s", got)
	}
}

// Damage stays where it is and shows.
func TestDecodeUCS2Damaged(t *testing.T) {
	tests := []struct{ name, octets, want string }{
		{"odd length", "004800", "H\uFFFD"},
		{"one octet", "48", "\uFFFD"},
		{"high surrogate alone", "D83D0041", "\uFFFDA"},
		{"high surrogate at the end", "0041D83D", "A\uFFFD"},
		{"high surrogate and half of the low one", "D83DDE", "\uFFFD\uFFFD"},
		{"low surrogate alone", "DE000041", "\uFFFDA"},
		{"two high, one low", "D83DD83DDE00", "\uFFFD😀"},
		{"wrong way round", "DE00D83D", "\uFFFD\uFFFD"},
		{"the replacement itself", "FFFDDE00", "\uFFFD\uFFFD"},
	}
	for _, tt := range tests {
		if got := gsm.DecodeUCS2(unhex(t, tt.octets)); got != tt.want {
			t.Errorf("%s: %s gave %q, want %q", tt.name, tt.octets, got, tt.want)
		}
	}
}

func TestLatin1(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	text := gsm.DecodeLatin1(all)
	if got, err := gsm.EncodeLatin1(text); err != nil || !bytes.Equal(got, all) {
		t.Errorf("the octets came back as % X, %v", got, err)
	}
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"Grüße", "4772FCDF65"},
		{"\u00ff", "FF"},
		{"\u0100", ""},
		{"€", ""}, // of ISO 8859-15 and of Windows, not of this one
		{"a\xff", ""},
	} {
		got, err := gsm.EncodeLatin1(tt.text)
		checkEncoded(t, tt.text, tt.want, got, err)
	}
}

// The same octets, by what data_coding says of them.
func TestDecode(t *testing.T) {
	tests := []struct {
		name   string
		coding byte
		octets string
		want   string
		known  bool
	}{
		{"default alphabet", 0x00, "00411B65", "@A€", true},
		{"ASCII", 0x01, "004124", "\x00A$", true},
		{"ASCII with an eighth bit", 0x01, "41E9", "A\uFFFD", true},
		{"Latin-1", 0x03, "41E9", "Aé", true},
		{"octets", 0x04, "00FF80", "\x00ÿ\u0080", true},
		{"octets, the other number", 0x02, "00FF80", "\x00ÿ\u0080", true},
		{"UCS-2", 0x08, "D83DDE00", "😀", true},

		{"flash", 0x10, "00", "@", true},
		{"flash, octets", 0x14, "E9", "é", true},
		{"flash, UCS-2", 0x18, "20AC", "€", true},
		{"reserved alphabet", 0x1C, "E9", "é", false},
		{"message waiting, discard", 0xC8, "00", "@", true},
		{"message waiting, store", 0xD0, "00", "@", true},
		{"message waiting, UCS-2", 0xE0, "20AC", "€", true},
		{"class 1", 0xF1, "00", "@", true},
		{"class 1, octets", 0xF5, "E9", "é", true},

		{"JIS", 0x05, "41E9", "Aé", false},
		{"Cyrillic", 0x06, "41E9", "Aé", false},
		{"compressed", 0x20, "41E9", "Aé", false},
		{"empty", 0x08, "", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, known := gsm.Decode(tt.coding, unhex(t, tt.octets))
			if got != tt.want || known != tt.known {
				t.Errorf("data_coding %02X, %s: %q, %v; want %q, %v", tt.coding, tt.octets, got, known, tt.want, tt.known)
			}
		})
	}
}
