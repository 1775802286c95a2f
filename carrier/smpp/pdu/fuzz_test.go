package pdu_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// FuzzPDU reads a stream of any octets: what is read lies within it, and what
// could be parsed is written again as it was.
func FuzzPDU(f *testing.F) {
	f.Add(pdu.AppendBind(nil, pdu.BindTransmitter, 1, &bind)) // the example of 3.2.2
	f.Add(pdu.AppendBindResp(nil, pdu.BindTransceiver, pdu.OK, 2, "SMSC"))
	f.Add(pdu.AppendMessage(nil, pdu.SubmitSM, 3, &submit))
	f.Add(pdu.AppendMessage(nil, pdu.DeliverSM, 4, &pdu.Message{ESMClass: pdu.ESMReceipt, Short: "id:7 stat:DELIVRD"}))
	f.Add(pdu.AppendMessage(nil, pdu.DataSM, 5, &data))
	f.Add(pdu.AppendMessageResp(nil, pdu.SubmitSM, pdu.OK, 6, "0A1f"))
	f.Add(pdu.AppendHeader(pdu.AppendHeader(nil, pdu.EnquireLink, pdu.OK, 7), pdu.GenericNack, pdu.InvalidCommand, 0))
	f.Add(octets(f, "00 00 00 0F 00 00 00 05 00 00 00 00 00 00 00 01"))
	f.Add(octets(f, "00 01 20 00 00 00 00 05 00 00 00 00 00 00 00 01"))
	f.Add(octets(f, "00 00 00 22 00 00 00 05 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 FF"))
	f.Add(octets(f, "00 00 00 29 00 00 00 05 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 04 24 FF FF 41 42 43"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(stream), 64)
		for read := 0; ; {
			h, body, err := pdu.Read(r)
			if err != nil {
				if bad, ok := errors.AsType[*pdu.Error](err); !ok && err != io.EOF && err != io.ErrUnexpectedEOF || ok && bad.Status == pdu.OK {
					t.Fatalf("%v", err)
				}
				return
			}
			if !bytes.Equal(body, stream[read+pdu.HeaderLength:read+int(h.Length)]) {
				t.Fatalf("the body of %+v is not in the stream", h)
			}
			read += int(h.Length)
			check(t, h, body)
		}
	})
}

func check(t *testing.T, h pdu.Header, body []byte) {
	t.Helper()
	_ = h.Command.String() + h.Status.String()
	switch h.Command {
	case pdu.SubmitSM, pdu.DeliverSM, pdu.DataSM:
		m, err := pdu.ParseMessage(h.Command, body)
		if err != nil {
			if bad, ok := errors.AsType[*pdu.Error](err); !ok || bad.Status == pdu.OK {
				t.Fatalf("%v", err)
			}
			return
		}
		n := 0
		for tag, value := range m.Optional.All() {
			n += 4 + len(value)
			if _, ok := m.Optional.Get(tag); !ok {
				t.Errorf("parameter %#x is not found", tag)
			}
		}
		if n != len(m.Optional) {
			t.Errorf("%d octets of parameters, of %d", n, len(m.Optional))
		}
		again := pdu.AppendMessage(nil, h.Command, h.Sequence, &m)[pdu.HeaderLength:]
		if len(m.Short) <= pdu.MaxShortMessage && !bytes.Equal(again, body) {
			t.Errorf("% X\nbecame % X", body, again)
		}
	case pdu.BindReceiver, pdu.BindTransmitter, pdu.BindTransceiver:
		b, err := pdu.ParseBind(body)
		if err != nil {
			return
		}
		again := pdu.AppendBind(nil, h.Command, h.Sequence, &b)[pdu.HeaderLength:]
		if !bytes.HasPrefix(body, again) { // some send more
			t.Errorf("% X\nbecame % X", body, again)
		}
	default:
		if id := pdu.ParseMessageResp(body); !bytes.HasPrefix(body, []byte(id)) {
			t.Errorf("id %q of % X", id, body)
		}
	}
}
