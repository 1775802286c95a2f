package pdu_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// octets reads hexadecimal with blanks and line breaks in it.
func octets(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	bind = pdu.Bind{SystemID: "SMPP3TEST", Password: "secret08", SystemType: "SUBMIT1", AddressTON: 1, AddressNPI: 1}

	submit = pdu.Message{
		ServiceType: "CMT", Source: pdu.Address{TON: 1, NPI: 1, Addr: "13109060901"}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: "13105551212"},
		ESMClass: pdu.ESMHeader, Protocol: 2, Priority: 3, Schedule: "000001000000000R", Validity: "250102080405000+",
		Registered: pdu.RegisteredFinal, Replace: 1, Coding: 8, DefaultID: 9, Short: "\x00H\x00i",
		Optional: "\x02\x04\x00\x02\x12\x34",
	}
	data = pdu.Message{
		Source: pdu.Address{TON: 5, Addr: "Wirechief"}, Dest: pdu.Address{TON: 3, Addr: "78701"},
		Registered: 1, Coding: 3, Optional: "\x04\x24\x00\x02Hi",
	}
)

// TestGolden has one of each PDU, octet by octet as the specification lays
// them out.
func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		got  []byte
		want string
	}{
		{
			// The example of 3.2.2; its interface_version is 0 there.
			"bind_transmitter", pdu.AppendBind(nil, pdu.BindTransmitter, 1, &bind), `
			00 00 00 2F 00 00 00 02 00 00 00 00 00 00 00 01
			53 4D 50 50 33 54 45 53 54 00  73 65 63 72 65 74 30 38 00
			53 55 42 4D 49 54 31 00  00 01 01 00`,
		},
		{
			"bind_transceiver_resp", pdu.AppendBindResp(nil, pdu.BindTransceiver, pdu.OK, 2, "SMSC"), `
			00 00 00 1A 80 00 00 09 00 00 00 00 00 00 00 02
			53 4D 53 43 00  02 10 00 01 34`,
		},
		{
			"bind_receiver_resp with an error", pdu.AppendBindResp(nil, pdu.BindReceiver, pdu.InvalidPassword, 2, "SMSC"), `
			00 00 00 10 80 00 00 01 00 00 00 0E 00 00 00 02`,
		},
		{
			"submit_sm", pdu.AppendMessage(nil, pdu.SubmitSM, 0x7FFFFFFF, &submit), `
			00 00 00 64 00 00 00 04 00 00 00 00 7F FF FF FF
			43 4D 54 00
			01 01 31 33 31 30 39 30 36 30 39 30 31 00
			01 01 31 33 31 30 35 35 35 31 32 31 32 00
			40 02 03
			30 30 30 30 30 31 30 30 30 30 30 30 30 30 30 52 00
			32 35 30 31 30 32 30 38 30 34 30 35 30 30 30 2B 00
			01 01 08 09
			04 00 48 00 69
			02 04 00 02 12 34`,
		},
		{
			"deliver_sm", pdu.AppendMessage(nil, pdu.DeliverSM, 3, &pdu.Message{
				Source: pdu.Address{TON: 1, NPI: 1, Addr: "1"}, Dest: pdu.Address{Addr: "2"}, ESMClass: pdu.ESMReceipt, Short: "id:7",
			}), `
			00 00 00 27 00 00 00 05 00 00 00 00 00 00 00 03
			00  01 01 31 00  00 00 32 00  04 00 00  00 00  00 00 00 00
			04 69 64 3A 37`,
		},
		{
			"data_sm", pdu.AppendMessage(nil, pdu.DataSM, 4, &data), `
			00 00 00 2E 00 00 01 03 00 00 00 00 00 00 00 04
			00  05 00 57 69 72 65 63 68 69 65 66 00  03 00 37 38 37 30 31 00
			00 01 03
			04 24 00 02 48 69`,
		},
		{
			"submit_sm_resp", pdu.AppendMessageResp(nil, pdu.SubmitSM, pdu.OK, 5, "0A1f"), `
			00 00 00 15 80 00 00 04 00 00 00 00 00 00 00 05  30 41 31 66 00`,
		},
		{
			"submit_sm_resp with an error", pdu.AppendMessageResp(nil, pdu.SubmitSM, pdu.Throttled, 5, ""), `
			00 00 00 10 80 00 00 04 00 00 00 58 00 00 00 05`,
		},
		{
			"deliver_sm_resp", pdu.AppendMessageResp(nil, pdu.DeliverSM, pdu.TemporaryAppError, 6, ""), `
			00 00 00 11 80 00 00 05 00 00 00 64 00 00 00 06  00`,
		},
		{
			"enquire_link", pdu.AppendHeader(nil, pdu.EnquireLink, pdu.OK, 7), `
			00 00 00 10 00 00 00 15 00 00 00 00 00 00 00 07`,
		},
		{
			"generic_nack", pdu.AppendHeader(nil, pdu.GenericNack, pdu.InvalidCommand, 0), `
			00 00 00 10 80 00 00 00 00 00 00 03 00 00 00 00`,
		},
	} {
		if want := octets(t, tt.want); !bytes.Equal(tt.got, want) {
			t.Errorf("%s:\n% X\nwant\n% X", tt.name, tt.got, want)
		}
	}
}

// TestAppendsWhole: what was in the slice stays, and lengths count from there.
func TestAppendsWhole(t *testing.T) {
	b := pdu.AppendMessage([]byte("before"), pdu.SubmitSM, 1, &submit)
	b = pdu.AppendHeader(b, pdu.EnquireLink, pdu.OK, 2)
	r := bufio.NewReader(bytes.NewReader(b[len("before"):]))
	for _, want := range []pdu.Command{pdu.SubmitSM, pdu.EnquireLink} {
		h, _, err := pdu.Read(r)
		if err != nil || h.Command != want {
			t.Fatalf("%+v, %v; want %s", h, err, want)
		}
	}
	if _, _, err := pdu.Read(r); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, c := range []pdu.Command{pdu.SubmitSM, pdu.DeliverSM, pdu.DataSM} {
		for _, m := range []pdu.Message{{}, submit, data, {Short: strings.Repeat("x", pdu.MaxShortMessage)}} {
			if c == pdu.DataSM { // has fewer fields
				m.Protocol, m.Priority, m.Schedule, m.Validity, m.Replace, m.DefaultID, m.Short = 0, 0, "", "", 0, 0, ""
			}
			b := pdu.AppendMessage(nil, c, 1, &m)
			if got, err := pdu.ParseMessage(c, b[pdu.HeaderLength:]); err != nil || got != m {
				t.Errorf("%s: %+v, %v\nwant %+v", c, got, err, m)
			}
		}
	}
	if got, err := pdu.ParseBind(pdu.AppendBind(nil, pdu.BindReceiver, 1, &bind)[pdu.HeaderLength:]); err != nil || got != bind {
		t.Errorf("%+v, %v", got, err)
	}
	for _, id := range []string{"", "0123456789", strings.Repeat("f", 64)} {
		b := pdu.AppendMessageResp(nil, pdu.SubmitSM, pdu.OK, 1, id)
		if got := pdu.ParseMessageResp(b[pdu.HeaderLength:]); got != id {
			t.Errorf("id %q came back as %q", id, got)
		}
	}
}

// TestKeepsTheFrame: nothing that is put into a field makes another PDU of it.
func TestKeepsTheFrame(t *testing.T) {
	b := pdu.AppendMessage(nil, pdu.SubmitSM, 1, &pdu.Message{
		Source: pdu.Address{Addr: "12\x0034"}, Short: strings.Repeat("x", 300),
	})
	m, err := pdu.ParseMessage(pdu.SubmitSM, b[pdu.HeaderLength:])
	if err != nil || m.Source.Addr != "12" || len(m.Short) != pdu.MaxShortMessage {
		t.Errorf("%+v, %v", m, err)
	}
	tlvs := pdu.TLVs(pdu.AppendTLV(nil, pdu.TagMessagePayload, strings.Repeat("x", 70_000)))
	if v, ok := tlvs.Get(pdu.TagMessagePayload); !ok || len(v) != 0xFFFF {
		t.Errorf("%d octets", len(v))
	}
}

func TestMalformed(t *testing.T) {
	whole := pdu.AppendMessage(nil, pdu.SubmitSM, 1, &pdu.Message{Source: pdu.Address{Addr: "1"}, Short: "Hi"})[pdu.HeaderLength:]
	for n := range len(whole) {
		_, err := pdu.ParseMessage(pdu.SubmitSM, whole[:n])
		if bad, ok := errors.AsType[*pdu.Error](err); !ok || bad.Status != pdu.InvalidCommandLength && bad.Status != pdu.InvalidMessageLength || bad.Error() == "" {
			t.Errorf("%d of %d octets: %v", n, len(whole), err)
		}
	}
	for _, tt := range []struct {
		tail string // behind the message
		want pdu.Status
	}{
		{"\x02", pdu.InvalidOptionalStream},
		{"\x02\x04\x00\x02\x12", pdu.InvalidOptionalLength},
		{"\x02\x04\x00\x00\x02\x04\xff\xff", pdu.InvalidOptionalLength},
	} {
		_, err := pdu.ParseMessage(pdu.SubmitSM, append(bytes.Clone(whole), tt.tail...))
		if bad, ok := errors.AsType[*pdu.Error](err); !ok || bad.Status != tt.want {
			t.Errorf("% X: %v, want %s", tt.tail, err, tt.want)
		}
	}
	if _, err := pdu.ParseBind([]byte("system\x00password")); err == nil {
		t.Error("half a bind was read")
	}
	if got := pdu.ParseMessageResp([]byte("abc")); got != "abc" { // the NUL is missing
		t.Errorf("id %q", got)
	}
}

// TestRead follows a stream, up to where it cannot be followed.
func TestRead(t *testing.T) {
	long := pdu.AppendMessage(nil, pdu.DeliverSM, 9, &pdu.Message{Optional: pdu.TLVs(pdu.AppendTLV(nil, pdu.TagMessagePayload, strings.Repeat("x", 60_000)))})
	for _, tt := range []struct {
		name string
		in   []byte
		n    int // PDUs before the end
		end  error
	}{
		{"nothing", nil, 0, io.EOF},
		{"cut in the header", octets(t, "00 00 00 10 00 00"), 0, io.ErrUnexpectedEOF},
		{"cut in the body", octets(t, "00 00 00 20 00 00 00 05 00 00 00 00 00 00 00 01 41"), 0, io.ErrUnexpectedEOF},
		{"longer than the buffer", long, 1, io.EOF},
		{"longer than the buffer, cut", long[:len(long)-1], 0, io.ErrUnexpectedEOF},
		{"two", append(bytes.Clone(long), octets(t, "00 00 00 10 00 00 00 15 00 00 00 00 00 00 00 07")...), 2, io.EOF},
	} {
		r := bufio.NewReaderSize(bytes.NewReader(tt.in), 4096)
		n := 0
		var err error
		for {
			var h pdu.Header
			var body []byte
			if h, body, err = pdu.Read(r); err != nil {
				break
			}
			n++
			if int(h.Length) != pdu.HeaderLength+len(body) {
				t.Errorf("%s: a length of %d with a body of %d", tt.name, h.Length, len(body))
			}
		}
		if n != tt.n || err != tt.end {
			t.Errorf("%s: %d PDUs, %v; want %d, %v", tt.name, n, err, tt.n, tt.end)
		}
	}
	for _, length := range []string{"00 00 00 0F", "00 00 00 00", "00 02 00 00", "FF FF FF FF", "47 45 54 20"} {
		r := bufio.NewReader(bytes.NewReader(octets(t, length+"00 00 00 05 00 00 00 00 00 00 00 2A")))
		h, _, err := pdu.Read(r)
		if bad, ok := errors.AsType[*pdu.Error](err); !ok || bad.Status != pdu.InvalidCommandLength || h.Sequence != 42 {
			t.Errorf("command_length %s: %+v, %v", length, h, err)
		}
	}
	if _, err := pdu.ParseHeader([]byte("short")); err == nil {
		t.Error("a header of five octets was read")
	}
}

func TestTLVs(t *testing.T) {
	tlvs := pdu.TLVs("")
	for _, v := range []struct {
		tag   pdu.Tag
		value string
	}{
		{pdu.TagReceiptedMessageID, "0A\x00junk"},
		{pdu.TagMessageState, "\x02"},
		{pdu.TagUserMessageRef, "\x12\x34"},
		{pdu.TagMessageState, "\x05"}, // the first counts
		{pdu.TagSARTotal, ""},
		{pdu.TagMessagePayload, "12345"},
	} {
		tlvs += pdu.TLVs(pdu.AppendTLV(nil, v.tag, v.value))
	}
	if id, ok := tlvs.CString(pdu.TagReceiptedMessageID); !ok || id != "0A" {
		t.Errorf("%q, %v", id, ok)
	}
	for _, tt := range []struct {
		tag  pdu.Tag
		want int
		ok   bool
	}{
		{pdu.TagMessageState, 2, true},
		{pdu.TagUserMessageRef, 0x1234, true},
		{pdu.TagSARTotal, 0, false},
		{pdu.TagSARSequence, 0, false},
		{pdu.TagMessagePayload, 0, false}, // five octets
	} {
		if n, ok := tlvs.Int(tt.tag); n != tt.want || ok != tt.ok {
			t.Errorf("%#x: %d, %v", tt.tag, n, ok)
		}
	}
	n := 0
	for range tlvs.All() {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d parameters", n)
	}
}

func TestOctets(t *testing.T) {
	payload := pdu.TLVs(pdu.AppendTLV(nil, pdu.TagMessagePayload, "payload"))
	for _, tt := range []struct {
		m    pdu.Message
		want string
	}{
		{pdu.Message{}, ""},
		{pdu.Message{Short: "short"}, "short"},
		{pdu.Message{Optional: payload}, "payload"},
		{pdu.Message{Short: "short", Optional: payload}, "short"},
	} {
		if got := tt.m.Octets(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	for c, want := range map[pdu.Command]string{
		pdu.SubmitSM: "submit_sm", pdu.SubmitSM.Response(): "submit_sm_resp", pdu.GenericNack: "generic_nack",
		pdu.BindTransceiver.Response(): "bind_transceiver_resp", 0x1234: "command(0x00001234)",
		pdu.BindReceiver: "bind_receiver", pdu.BindTransmitter: "bind_transmitter", pdu.QuerySM: "query_sm", pdu.DeliverSM: "deliver_sm",
		pdu.Unbind: "unbind", pdu.ReplaceSM: "replace_sm", pdu.CancelSM: "cancel_sm", pdu.Outbind: "outbind", pdu.EnquireLink: "enquire_link",
		pdu.SubmitMulti: "submit_multi", pdu.AlertNotification: "alert_notification", pdu.DataSM: "data_sm",
	} {
		if c.String() != want {
			t.Errorf("%#x is called %s, want %s", uint32(c), c, want)
		}
		if c.IsKnown() != !strings.HasPrefix(want, "command(") {
			t.Errorf("%s: known is %v", want, c.IsKnown())
		}
	}
	for s, want := range map[pdu.Status]string{
		pdu.OK: "ESME_ROK", pdu.Throttled: "ESME_RTHROTTLED", 0x0401: "vendor(0x0401)", 0x999: "status(0x999)",
	} {
		if s.String() != want {
			t.Errorf("%#x is called %s, want %s", uint32(s), s, want)
		}
	}
	var last pdu.Status
	n := 0
	for s := range pdu.Statuses() {
		if n > 0 && s <= last || strings.HasPrefix(s.String(), "status(") {
			t.Errorf("%s is out of order or has no name", s)
		}
		last = s
		n++
	}
	if n != 48 {
		t.Errorf("%d statuses", n)
	}
}

// TestAllocations: marshalling allocates nothing, parsing one string.
func TestAllocations(t *testing.T) {
	buf := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() { buf = pdu.AppendMessage(buf[:0], pdu.SubmitSM, 1, &submit) }); n != 0 {
		t.Errorf("marshalling a submit_sm allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { buf = pdu.AppendMessageResp(buf[:0], pdu.DeliverSM, pdu.OK, 1, "") }); n != 0 {
		t.Errorf("marshalling a deliver_sm_resp allocates %v times", n)
	}
	body := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &submit)[pdu.HeaderLength:]
	if n := testing.AllocsPerRun(100, func() { _, _ = pdu.ParseMessage(pdu.DeliverSM, body) }); n > 1 {
		t.Errorf("parsing a deliver_sm allocates %v times", n)
	}
	// A length that is only claimed costs nothing.
	claims := octets(t, "00 01 00 00 00 00 00 05 00 00 00 00 00 00 00 01 41")
	r := bytes.NewReader(nil)
	br := bufio.NewReaderSize(r, 1<<17)
	if n := testing.AllocsPerRun(100, func() {
		r.Reset(claims)
		br.Reset(r)
		_, _, _ = pdu.Read(br)
	}); n > 0 {
		t.Errorf("reading a PDU that is not there allocates %v times", n)
	}
}

func BenchmarkMarshalSubmit(b *testing.B) {
	m := pdu.Message{
		Source: submit.Source, Dest: submit.Dest, Registered: 1, Validity: "250102080405000+", Short: strings.Repeat("x", 100),
	}
	buf := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		buf = pdu.AppendMessage(buf[:0], pdu.SubmitSM, 1, &m)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkParseDeliver(b *testing.B) {
	m := pdu.Message{
		Source: submit.Source, Dest: submit.Dest, ESMClass: pdu.ESMReceipt,
		Short:    "id:0123456789 sub:001 dlvrd:001 submit date:2501020304 done date:2501020305 stat:DELIVRD err:000 Text:Hello",
		Optional: "\x00\x1e\x00\x0b0123456789\x00\x04\x27\x00\x01\x02",
	}
	body := pdu.AppendMessage(nil, pdu.DeliverSM, 1, &m)[pdu.HeaderLength:]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pdu.ParseMessage(pdu.DeliverSM, body); err != nil {
			b.Fatal(err)
		}
	}
}
