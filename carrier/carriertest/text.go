package carriertest

import (
	"context"
	"fmt"
	"strings"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/gsm"
)

// Text is a text from a handset, to be written as a carrier would.
type Text struct {
	From, To string // "+13105551212", a short code or a name
	Body     string
	// Coding is the data_coding: 0, 1, 3, 4 or 8. A text that the alphabet
	// does not hold is sent as 8.
	Coding        byte
	Concatenation gsm.Concatenation // of a long one
	Reference     uint16            // shared by its parts
}

// Parts are the deliver_sm of the text, in order.
func (t Text) Parts() ([]pdu.Message, error) {
	o := gsm.Options{Concatenation: t.Concatenation, Reference: t.Reference}
	switch t.Coding {
	case gsm.CodingDefault:
	case gsm.CodingASCII, gsm.CodingLatin1, gsm.CodingBinary:
		o.Encoding = gsm.Latin1
	case gsm.CodingUCS2:
		o.Encoding = gsm.UCS2
	default:
		return nil, wirechief.InvalidField("coding", "coding: %d is not 0, 1, 3, 4 or 8", t.Coding)
	}
	segments, err := gsm.Split(t.Body, o)
	if err != nil {
		return nil, err
	}
	var parts []pdu.Message
	for _, s := range segments {
		m := pdu.Message{Source: addressOf(t.From), Dest: addressOf(t.To), Coding: s.Encoding.Coding(), Short: string(s.Payload)}
		if s.Encoding == gsm.Latin1 {
			m.Coding = t.Coding
		}
		if s.Header > 0 {
			m.ESMClass |= pdu.ESMHeader
		}
		switch {
		case t.Concatenation == gsm.Payload:
			m.Short, m.Optional = "", pdu.TLVs(pdu.AppendTLV(nil, pdu.TagMessagePayload, s.Payload))
		case t.Concatenation == gsm.SAR && s.Concat.Parts > 1:
			b := pdu.AppendTLV(nil, pdu.TagSARReference, []byte{byte(t.Reference >> 8), byte(t.Reference)})
			b = pdu.AppendTLV(b, pdu.TagSARTotal, []byte{byte(s.Concat.Parts)})
			m.Optional = pdu.TLVs(pdu.AppendTLV(b, pdu.TagSARSequence, []byte{byte(s.Concat.Part)}))
		}
		parts = append(parts, m)
	}
	return parts, nil
}

// Text delivers a text whole and gives the status that settled its last part.
func (c *SMSC) Text(ctx context.Context, t Text) (pdu.Status, error) {
	parts, err := t.Parts()
	if err != nil {
		return 0, err
	}
	var status pdu.Status
	for _, m := range parts {
		if status, err = c.Deliver(m).Wait(ctx); err != nil || status != pdu.OK {
			break
		}
	}
	return status, err
}

// addressOf writes an address as docs/operating.md has it (numbering: international).
func addressOf(s string) pdu.Address {
	digits := strings.TrimPrefix(s, "+")
	switch {
	case strings.Trim(digits, "0123456789") != "":
		return pdu.Address{TON: pdu.TONAlphanumeric, NPI: pdu.NPIUnknown, Addr: s}
	case digits == s && len(s) <= 8:
		return pdu.Address{TON: pdu.TONNetworkSpecific, NPI: pdu.NPIUnknown, Addr: s}
	}
	return pdu.Address{TON: pdu.TONInternational, NPI: pdu.NPIE164, Addr: digits}
}

// Concat is the segment's place among those of its message, by its header or
// its sar parameters; zero for one that is whole.
func (s Submit) Concat() gsm.Concat {
	c, _ := s.split()
	return c
}

// Text is the text of the segment.
func (s Submit) Text() string {
	_, body := s.split()
	text, _ := gsm.Decode(s.Message.Coding, body)
	return text
}

func (s Submit) split() (c gsm.Concat, body []byte) {
	body = []byte(s.Message.Octets())
	if s.Message.ESMClass&pdu.ESMHeader != 0 {
		c, body, _ = gsm.ParseUDH(body) // one that is malformed gives the zero place
	}
	if total, ok := s.Message.Optional.Int(pdu.TagSARTotal); ok {
		ref, _ := s.Message.Optional.Int(pdu.TagSARReference)
		part, _ := s.Message.Optional.Int(pdu.TagSARSequence)
		c = gsm.Concat{Reference: uint16(ref), Wide: true, Parts: total, Part: part}
	}
	return c, body
}

// identity is equal for a segment and its repetition, also when it was given
// another reference then.
func (s Submit) identity() string {
	c, body := s.split()
	return fmt.Sprintf("%s %s %d/%d %d %s", s.Message.Source.Addr, s.Message.Dest.Addr, c.Part, c.Parts, s.Message.Coding, body)
}

// Received is a message of one or several segments.
type Received struct {
	From, To string // as on the wire
	Text     string
	Segments []Submit // in the order in which they came
}

// Received joins the segments that were taken, in the order in which their
// first ones came. Parts are put in order; those that are missing are left out.
func (c *SMSC) Received() []Received {
	type key struct {
		source, dest string
		concat       gsm.Concat
	}
	open := make(map[key]int)
	var out []Received
	for _, s := range c.Submits() {
		if s.Status != pdu.OK {
			continue
		}
		place := s.Concat()
		k := key{s.Message.Source.Addr, s.Message.Dest.Addr, place}
		k.concat.Part = 0
		i, ok := open[k]
		if !ok || place.Parts < 2 {
			i = len(out)
			out = append(out, Received{From: s.Message.Source.Addr, To: s.Message.Dest.Addr})
		}
		out[i].Segments = append(out[i].Segments, s)
		open[k] = i
		if len(out[i].Segments) == place.Parts {
			delete(open, k)
		}
	}
	for i := range out {
		var b strings.Builder
		for part := range 256 {
			for _, s := range out[i].Segments {
				if s.Concat().Part == part {
					b.WriteString(s.Text())
				}
			}
		}
		out[i].Text = b.String()
	}
	return out
}
