package gsm_test

import (
	"bytes"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
)

func TestAppendUDH(t *testing.T) {
	tests := []struct {
		name   string
		concat gsm.Concat
		want   string
	}{
		{"8 bits", gsm.Concat{Reference: 0xA7, Part: 2, Parts: 3}, "050003A70302"},
		{"8 of 16 bits", gsm.Concat{Reference: 0x12A7, Part: 1, Parts: 255}, "050003A7FF01"},
		{"16 bits", gsm.Concat{Reference: 0x12A7, Wide: true, Part: 2, Parts: 3}, "06080412A70302"},
	}
	for _, tt := range tests {
		if got, want := tt.concat.AppendUDH([]byte{0xEE}), unhex(t, "EE"+tt.want); !bytes.Equal(got, want) {
			t.Errorf("%s: % X, want % X", tt.name, got, want)
		}
	}
}

func TestParseUDH(t *testing.T) {
	first := gsm.Concat{Reference: 0xA7, Part: 1, Parts: 2}
	wide := gsm.Concat{Reference: 0x12A7, Wide: true, Part: 2, Parts: 3}
	tests := []struct {
		name, payload string
		concat        gsm.Concat
		body          string
	}{
		{"8 bits", "050003A70201 6869", first, "6869"},
		{"16 bits", "06080412A70302 6869", wide, "6869"},
		{"no text", "050003A70201", first, ""},
		{"no elements", "00 6869", gsm.Concat{}, "6869"},
		{"ports only", "06050415811582 6869", gsm.Concat{}, "6869"},
		{"ports, then parts", "0B0504158115820003A70201 6869", first, "6869"},
		{"parts, then an unknown element without data", "070003A702017000 6869", first, "6869"},
		{"repeated: the last counts", "0A0003FF05040003A70201 6869", first, "6869"},
		{"8 and 16 bits: the last counts", "0B0003A7020108 0412A70302 6869", wide, "6869"},
		{"part 0 is passed over", "050003A70200 6869", gsm.Concat{}, "6869"},
		{"of 0 parts", "050003A70001 6869", gsm.Concat{}, "6869"},
		{"a part beyond the last", "050003A70203 6869", gsm.Concat{}, "6869"},
		{"one of one", "050003A70101 6869", gsm.Concat{Reference: 0xA7, Part: 1, Parts: 1}, "6869"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			concat, body, err := gsm.ParseUDH(unhex(t, tt.payload))
			if err != nil || concat != tt.concat || !bytes.Equal(body, unhex(t, tt.body)) {
				t.Errorf("%+v, % X, %v; want %+v, %s", concat, body, err, tt.concat, tt.body)
			}
		})
	}
}

func TestParseUDHRefuses(t *testing.T) {
	tests := []struct {
		name, payload string
		body          string // what a receiver may show all the same
	}{
		{"empty", "", ""},
		{"longer than the message", "06 0003A70201", "060003A70201"},
		{"length only", "05", "05"},
		{"an element cut off after its name", "0100 6869", "6869"},
		{"an element longer than the header", "050004A70201 6869", "6869"},
		{"an octet left over", "060003A7020100 6869", "6869"},
		{"8 bits in two octets", "040002A702 6869", "6869"},
		{"8 bits in four octets", "060004A7020100 6869", "6869"},
		{"16 bits in three octets", "050803A70201 6869", "6869"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			concat, body, err := gsm.ParseUDH(unhex(t, tt.payload))
			if err == nil || wirechief.KindOf(err) != wirechief.Invalid {
				t.Errorf("the error is %v, want one of kind Invalid", err)
			}
			if concat != (gsm.Concat{}) || !bytes.Equal(body, unhex(t, tt.body)) {
				t.Errorf("%+v, % X; want nothing, %s", concat, body, tt.body)
			}
		})
	}
}
