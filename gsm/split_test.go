package gsm_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/gsm"
)

// a is so many letters of one unit each, in every encoding.
func a(n int) string { return strings.Repeat("a", n) }

// han is so many characters of one 16-bit word each.
func han(n int) string { return strings.Repeat("漢", n) }

func TestAnalyse(t *testing.T) {
	none := gsm.Analysis{Index: -1}
	want := func(e gsm.Encoding, segments, units, per, left int) gsm.Analysis {
		w := none
		w.Encoding, w.Segments, w.Units, w.PerSegment, w.Left = e, segments, units, per, left
		return w
	}
	ucs2 := func(segments, units, per, left int, offending rune, index int) gsm.Analysis {
		w := want(gsm.UCS2, segments, units, per, left)
		w.Offending, w.Index = offending, index
		return w
	}
	tests := []struct {
		name, text string
		want       gsm.Analysis
	}{
		{"empty", "", want(gsm.GSM7, 1, 0, 160, 160)},
		{"short", "hello", want(gsm.GSM7, 1, 5, 160, 155)},
		{"euro is two", "€", want(gsm.GSM7, 1, 2, 160, 158)},
		{"all of the extension table", "\f^{}\\[~]|€", want(gsm.GSM7, 1, 20, 160, 140)},
		{"one unit, two octets of UTF-8", "éΔ", want(gsm.GSM7, 1, 2, 160, 158)},

		{"full", a(160), want(gsm.GSM7, 1, 160, 160, 0)},
		{"one too many", a(161), want(gsm.GSM7, 2, 161, 153, 145)},
		{"euro as the last", a(158) + "€", want(gsm.GSM7, 1, 160, 160, 0)},
		{"euro over the edge", a(159) + "€", want(gsm.GSM7, 2, 161, 153, 145)},
		{"two full", a(306), want(gsm.GSM7, 2, 306, 153, 0)},
		{"two full and one", a(307), want(gsm.GSM7, 3, 307, 153, 152)},
		{"ten segments", a(1530), want(gsm.GSM7, 10, 1530, 153, 0)},

		// Of 306 units, but the pair that straddles the edge moves on whole.
		{"euro at 153", a(152) + "€" + a(152), want(gsm.GSM7, 3, 306, 153, 152)},
		{"euro at 152", a(151) + "€" + a(153), want(gsm.GSM7, 2, 306, 153, 0)},

		{"emoji", "hi 😀", ucs2(1, 5, 70, 65, '😀', 3)},
		{"curly apostrophe", "it’s", ucs2(1, 4, 70, 66, '’', 2)},
		{"the first of several", "a`é漢", ucs2(1, 4, 70, 66, '`', 1)},
		{"full, UCS-2", han(70), ucs2(1, 70, 70, 0, '漢', 0)},
		{"one too many, UCS-2", han(71), ucs2(2, 71, 67, 63, '漢', 0)},
		{"two full, UCS-2", han(134), ucs2(2, 134, 67, 0, '漢', 0)},
		{"emoji as the last", han(68) + "😀", ucs2(1, 70, 70, 0, '漢', 0)},
		{"emoji over the edge", han(69) + "😀", ucs2(2, 71, 67, 63, '漢', 0)},
		{"surrogates at 67", han(66) + "😀" + han(66), ucs2(3, 134, 67, 66, '漢', 0)},

		{"last character of one word", "\uFFFF", ucs2(1, 1, 70, 69, 0xFFFF, 0)},
		{"first character of two", "\U00010000", ucs2(1, 2, 70, 68, 0x10000, 0)},
		{"not UTF-8", "ab\xffc", ucs2(1, 4, 70, 66, '\uFFFD', 2)},
		{"zero octet", "\x00", ucs2(1, 1, 70, 69, 0, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := gsm.Analyse(tt.text); got != tt.want {
				t.Errorf("%+v\nwant %+v", got, tt.want)
			}
		})
	}
}

// The limits of 3GPP TS 23.040, from both sides of the edge.
func TestLimits(t *testing.T) {
	tests := []struct {
		encoding      gsm.Encoding
		concatenation gsm.Concatenation
		single, part  int
	}{
		{gsm.GSM7, gsm.UDH8, 160, 153},
		{gsm.GSM7, gsm.UDH16, 160, 152},
		{gsm.GSM7, gsm.SAR, 160, 153},
		{gsm.Latin1, gsm.UDH8, 140, 134},
		{gsm.Latin1, gsm.UDH16, 140, 133},
		{gsm.Latin1, gsm.SAR, 140, 134},
		{gsm.UCS2, gsm.UDH8, 70, 67},
		{gsm.UCS2, gsm.UDH16, 70, 66},
		{gsm.UCS2, gsm.SAR, 70, 67},
	}
	for _, tt := range tests {
		t.Run(tt.encoding.String()+" "+tt.concatenation.String(), func(t *testing.T) {
			o := gsm.Options{Encoding: tt.encoding, Concatenation: tt.concatenation}
			for _, edge := range []struct{ units, segments int }{
				{tt.single, 1},
				{tt.single + 1, 2},
				{2 * tt.part, 2},
				{2*tt.part + 1, 3},
				{255 * tt.part, 255},
			} {
				segments, err := gsm.Split(a(edge.units), o)
				if err != nil || len(segments) != edge.segments {
					t.Errorf("%d units: %d segments, %v; want %d", edge.units, len(segments), err, edge.segments)
				}
				if got := o.Analyse(a(edge.units)); got.Segments != edge.segments || got.Encoding != tt.encoding {
					t.Errorf("%d units: analysed as %+v", edge.units, got)
				}
			}
		})
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name, text string
		options    gsm.Options
		encoding   gsm.Encoding
		want       []string // the texts
	}{
		{"empty", "", gsm.Options{}, gsm.GSM7, []string{""}},
		{"short", "hello", gsm.Options{}, gsm.GSM7, []string{"hello"}},
		{"160", a(160), gsm.Options{}, gsm.GSM7, []string{a(160)}},
		{"161", a(161), gsm.Options{}, gsm.GSM7, []string{a(153), a(8)}},
		{"euro at 153", a(152) + "€" + a(152), gsm.Options{}, gsm.GSM7, []string{a(152), "€" + a(151), "a"}},
		{"form feed at 153", a(152) + "\f" + a(10), gsm.Options{}, gsm.GSM7, []string{a(152), "\f" + a(10)}},
		{"euro at 152 with a wide reference", a(151) + "€" + a(10), gsm.Options{Concatenation: gsm.UDH16}, gsm.GSM7, []string{a(151), "€" + a(10)}},
		{"surrogates at 67", han(66) + "😀" + han(3), gsm.Options{}, gsm.UCS2, []string{han(66), "😀" + han(3)}},
		{"surrogates to 67", han(65) + "😀" + han(4), gsm.Options{}, gsm.UCS2, []string{han(65) + "😀", han(4)}},
		{"one character makes all UCS-2", a(70) + "😀", gsm.Options{}, gsm.UCS2, []string{a(67), a(3) + "😀"}},

		{"Latin-1 has no extension table", a(138) + "{}", gsm.Options{Encoding: gsm.Latin1}, gsm.Latin1, []string{a(138) + "{}"}},
		{"Latin-1", strings.Repeat("é", 141), gsm.Options{Encoding: gsm.Latin1}, gsm.Latin1, []string{strings.Repeat("é", 134), strings.Repeat("é", 7)}},
		{"Latin-1 has no euro", "€", gsm.Options{Encoding: gsm.Latin1}, gsm.UCS2, []string{"€"}},
		{"UCS-2 by wish", "a", gsm.Options{Encoding: gsm.UCS2}, gsm.UCS2, []string{"a"}},
		{"not cut", a(1000), gsm.Options{Concatenation: gsm.Payload}, gsm.GSM7, []string{a(1000)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			segments, err := gsm.Split(tt.text, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range segments {
				got = append(got, s.Text)
				if s.Encoding != tt.encoding {
					t.Errorf("the encoding is %v, want %v", s.Encoding, tt.encoding)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("cut into %q, want %q", got, tt.want)
			}
		})
	}
}

// What goes into short_message, octet by octet.
func TestSplitPayload(t *testing.T) {
	as := func(n int) string { return strings.Repeat("61", n) }
	hans := func(n int) string { return strings.Repeat("6F22", n) }
	tests := []struct {
		name, text string
		options    gsm.Options
		header     int
		want       []string
	}{
		{"one segment has no header", "a€", gsm.Options{Reference: 9}, 0, []string{"611B65"}},
		{"empty", "", gsm.Options{Reference: 9}, 0, []string{""}},
		{"UCS-2", "😀", gsm.Options{}, 0, []string{"D83DDE00"}},
		{"Latin-1", "é{", gsm.Options{Encoding: gsm.Latin1}, 0, []string{"E97B"}},
		{
			"8-bit reference", a(152) + "€a", gsm.Options{Reference: 0x12A7}, 0, // 155 units: fits one
			[]string{as(152) + "1B6561"},
		},
		{
			"8-bit reference, two", a(152) + "€" + a(8),
			gsm.Options{Reference: 0x12A7},
			6,
			[]string{"050003A70201" + as(152), "050003A70202" + "1B65" + as(8)},
		},
		{
			"16-bit reference", a(161),
			gsm.Options{Reference: 0x12A7, Concatenation: gsm.UDH16},
			7,
			[]string{"06080412A70201" + as(152), "06080412A70202" + as(9)},
		},
		{
			"UCS-2, two", han(71),
			gsm.Options{Reference: 0xA7},
			6,
			[]string{"050003A70201" + hans(67), "050003A70202" + hans(4)},
		},
		{
			"sar leaves room for the header of the SMSC", a(161),
			gsm.Options{Reference: 0x12A7, Concatenation: gsm.SAR},
			0,
			[]string{as(153), as(8)},
		},
		{"not cut", a(161), gsm.Options{Concatenation: gsm.Payload}, 0, []string{as(161)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			segments, err := gsm.Split(tt.text, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range segments {
				got = append(got, strings.ToUpper(hex.EncodeToString(s.Payload)))
				if s.Header != tt.header {
					t.Errorf("the header has %d octets, want %d", s.Header, tt.header)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestSplitConcat(t *testing.T) {
	concat := func(text string, c gsm.Concatenation) []gsm.Concat {
		segments, err := gsm.Split(text, gsm.Options{Reference: 0x12A7, Concatenation: c})
		if err != nil {
			t.Fatal(err)
		}
		var out []gsm.Concat
		for _, s := range segments {
			out = append(out, s.Concat)
		}
		return out
	}
	tests := []struct {
		name string
		got  []gsm.Concat
		want []gsm.Concat
	}{
		{"whole", concat("a", gsm.UDH8), []gsm.Concat{{}}},
		{"udh8", concat(a(161), gsm.UDH8), []gsm.Concat{{Reference: 0xA7, Part: 1, Parts: 2}, {Reference: 0xA7, Part: 2, Parts: 2}}},
		{"udh16", concat(a(161), gsm.UDH16), []gsm.Concat{{Reference: 0x12A7, Wide: true, Part: 1, Parts: 2}, {Reference: 0x12A7, Wide: true, Part: 2, Parts: 2}}},
		{"sar", concat(a(161), gsm.SAR), []gsm.Concat{{Reference: 0x12A7, Wide: true, Part: 1, Parts: 2}, {Reference: 0x12A7, Wide: true, Part: 2, Parts: 2}}},
		{"payload", concat(a(161), gsm.Payload), []gsm.Concat{{}}},
	}
	for _, tt := range tests {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, tt.got, tt.want)
		}
	}
}

// The payloads lie side by side in one buffer; appending to one must not write
// into the next.
func TestSplitPayloadsAreApart(t *testing.T) {
	segments, err := gsm.Split(a(161), gsm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_ = append(segments[0].Payload, 0xEE)
	if got := segments[1].Payload[0]; got != 5 {
		t.Errorf("the second header now begins with %02X", got)
	}
}

func TestSplitTooLong(t *testing.T) {
	_, err := gsm.Split(a(255*153+1), gsm.Options{})
	e, ok := errors.AsType[*wirechief.Error](err)
	if !ok || e.Kind != wirechief.Invalid || e.Rule != wirechief.RuleTooLong {
		t.Errorf("256 segments: %v", err)
	}
	if _, err := gsm.Split(a(255*153+1), gsm.Options{Concatenation: gsm.Payload}); err != nil {
		t.Errorf("not cut: %v", err)
	}
}

// A price is by segment, whoever cuts.
func TestAnalysePayload(t *testing.T) {
	got := gsm.Options{Concatenation: gsm.Payload}.Analyse(a(307))
	if got != gsm.Analyse(a(307)) {
		t.Errorf("%+v", got)
	}
}

func TestNames(t *testing.T) {
	type config struct {
		Alphabet      gsm.Encoding
		Concatenation gsm.Concatenation
	}
	tests := []struct {
		in     string
		want   config
		again  string // as it is written
		coding byte
	}{
		{`{"Alphabet":"gsm7","Concatenation":"udh8"}`, config{gsm.GSM7, gsm.UDH8}, `{"Alphabet":"gsm7","Concatenation":"udh8"}`, 0},
		{`{"Alphabet":"latin1","Concatenation":"udh16"}`, config{gsm.Latin1, gsm.UDH16}, `{"Alphabet":"latin1","Concatenation":"udh16"}`, 3},
		{`{"Alphabet":"ucs2","Concatenation":"sar"}`, config{gsm.UCS2, gsm.SAR}, `{"Alphabet":"ucs2","Concatenation":"sar"}`, 8},
		{`{"Alphabet":"UCS-2","Concatenation":"payload"}`, config{gsm.UCS2, gsm.Payload}, `{"Alphabet":"ucs2","Concatenation":"payload"}`, 8},
	}
	for _, tt := range tests {
		var got config
		if err := json.Unmarshal([]byte(tt.in), &got); err != nil || got != tt.want {
			t.Errorf("%s is %+v, %v", tt.in, got, err)
		}
		if b, err := json.Marshal(got); err != nil || string(b) != tt.again {
			t.Errorf("%s is written as %s, %v", tt.in, b, err)
		}
		if c := got.Alphabet.Coding(); c != tt.coding {
			t.Errorf("%v: data_coding %d, want %d", got.Alphabet, c, tt.coding)
		}
	}
	for _, bad := range []string{`{"Alphabet":"ascii"}`, `{"Concatenation":"udh"}`} {
		if err := json.Unmarshal([]byte(bad), new(config)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}
