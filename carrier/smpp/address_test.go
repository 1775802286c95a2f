package smpp

import (
	"testing"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

func TestOutward(t *testing.T) {
	for address, want := range map[string]pdu.Address{
		"+13109060901":  {TON: 1, NPI: 1, Addr: "13109060901"},
		"+447700900123": {TON: 1, NPI: 1, Addr: "447700900123"},
		"+10000000000":  {TON: 1, NPI: 1, Addr: "10000000000"}, // no number, but what else
		"78701":         {TON: 3, NPI: 0, Addr: "78701"},
		"Wirechief":     {TON: 5, NPI: 0, Addr: "Wirechief"},
		"Wire chief Ltd": {
			TON: 5, NPI: 0, Addr: "Wire chief Ltd",
		},
		"13109060901": {TON: 1, NPI: 1, Addr: "13109060901"},
	} {
		if got := outward(address); got != want {
			t.Errorf("%q is written %+v, want %+v", address, got, want)
		}
	}
}

func TestInward(t *testing.T) {
	for _, tt := range []struct {
		ton  byte
		addr string
		want string
	}{
		{1, "13109060901", "+13109060901"},
		{1, "+13109060901", "+13109060901"},
		{1, "447700900123", "+447700900123"},
		{1, "00447700900123", "+447700900123"},
		{1, "6834001", "+6834001"}, // seven digits, but international
		{1, "78701", "78701"},
		{0, "13109060901", "+13109060901"},
		{0, "+447700900123", "+447700900123"},
		{0, "3109060901", "+13109060901"},
		{0, "447700900123", "+447700900123"},
		{0, "78701", "78701"},
		{2, "3109060901", "+13109060901"},
		{3, "78701", "78701"},
		{6, "78701", "78701"},
		{5, "Wirechief", "Wirechief"},
		{5, "13109060901", "+13109060901"},
		{0, "Wirechief", "Wirechief"},
		{5, "\xc9mile", "Émile"},
		{0, " 78701 ", "78701"},
		{0, "", ""},
		{1, "+", "+"},
		{0, "12", "12"},
		{0, "123456789012345678", "123456789012345678"},
	} {
		if got := inward(pdu.Address{TON: tt.ton, Addr: tt.addr}); got != tt.want {
			t.Errorf("TON %d, %q is read %q, want %q", tt.ton, tt.addr, got, tt.want)
		}
	}
}
