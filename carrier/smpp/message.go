package smpp

import (
	"hash/maphash"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
	"github.com/wirechief/wirechief/gsm"
)

// outgoing is a submission on its way: the caller of its segments. All but
// what prepare sets is guarded by the link's lock.
type outgoing struct {
	l        *Link
	id       int64
	report   func(wirechief.Outcome)
	frame    pdu.Message   // what all segments have in common
	segments []gsm.Segment // nil once reported
	weight   int           // short messages that the handset's network will carry
	validity time.Time
	unwatch  func() bool // ends the watch over the submission's context, nil when there is none

	wire    *wire
	next    int  // segment to be sent next
	open    int  // sent and not answered
	waits   bool // in the queue
	cut     bool // the rest is not to be sent
	unsent  bool // a segment surely did not leave
	doubt   wirechief.Reason
	worst   pdu.Status
	ids     []string // by segment
	late    int      // segments whose answer did not come in time and may yet
	outcome wirechief.Outcome
}

// prepare splits the text, or says why this link cannot carry the submission.
func (l *Link) prepare(s *carrier.Submission) (*outgoing, wirechief.Outcome) {
	if len(s.Media) > 0 {
		return nil, wirechief.Outcome{
			Disposition: wirechief.Final, Reason: wirechief.ReasonUnsupported, Elsewhere: true, Text: "SMPP carries no pictures",
		}
	}
	o := gsm.Options{Encoding: l.cfg.Alphabet, Concatenation: l.cfg.Concatenation}
	segments, err := gsm.Split(s.Text, o)
	if err == nil && len(segments) > 1 {
		// Few texts are longer than one segment: those are cut again, with a reference.
		o.Reference = l.reference(s)
		segments, err = gsm.Split(s.Text, o)
	}
	if err != nil {
		return nil, wirechief.Outcome{
			Disposition: wirechief.Final, Reason: wirechief.ReasonContent, Elsewhere: true, Text: wirechief.MessageOf(err),
		}
	}
	m := &outgoing{l: l, id: s.Message, segments: segments, weight: len(segments), validity: s.Validity}
	m.frame = pdu.Message{Source: outward(s.From), Dest: outward(s.To), Coding: segments[0].Encoding.Coding()}
	if segments[0].Header > 0 {
		m.frame.ESMClass = pdu.ESMHeader
	}
	if s.Receipt {
		m.frame.Registered = pdu.RegisteredFinal
	}
	if !s.Validity.IsZero() {
		m.frame.Validity = absolute(s.Validity)
	}
	if l.cfg.Concatenation == gsm.Payload && len(segments[0].Payload) > 140 {
		m.weight = o.Analyse(s.Text).Segments
	}
	return m, wirechief.Outcome{}
}

// absolute writes an instant as SMPP 3.4 7.1.1 has it, "YYMMDDhhmmsstnnp", in
// UTC: tenths of a second are not ours to give, and the offset is nought.
func absolute(t time.Time) string { return t.UTC().Format("060102150405") + "000+" }

// reference gives the number that the segments of a message share. Messages to
// one handset should have different ones (3GPP TS 23.040 9.2.3.24.1), so each
// handset has a counter, shared with a few others. A message that comes again
// has the number that it had, so that the handset can make one text of what
// both tries brought.
func (l *Link) reference(s *carrier.Submission) uint16 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.references[s.Message]; ok {
		return n
	}
	if len(l.references) >= maxReferences {
		clear(l.references)
	}
	counter := &l.counters[maphash.String(l.seed, s.To)%uint64(len(l.counters))]
	*counter++
	l.references[s.Message] = *counter
	return *counter
}

// maxReferences bounds what is remembered of messages that never end here.
const maxReferences = 1 << 14

// pdu gives a segment as it goes out.
func (m *outgoing) pdu(i int) pdu.Message {
	segment := &m.segments[i]
	out := m.frame
	sar := m.l.cfg.Concatenation == gsm.SAR && segment.Concat.Parts > 1
	switch {
	case m.l.cfg.Concatenation == gsm.Payload && m.weight > 1, len(segment.Payload) > pdu.MaxShortMessage:
		out.Optional = pdu.TLVs(pdu.AppendTLV(nil, pdu.TagMessagePayload, segment.Payload))
	case sar:
		c := segment.Concat
		tlvs := make([]byte, 0, 16)
		tlvs = pdu.AppendTLV(tlvs, pdu.TagSARReference, []byte{byte(c.Reference >> 8), byte(c.Reference)})
		tlvs = pdu.AppendTLV(tlvs, pdu.TagSARTotal, []byte{byte(c.Parts)})
		tlvs = pdu.AppendTLV(tlvs, pdu.TagSARSequence, []byte{byte(c.Part)})
		out.Optional = pdu.TLVs(tlvs)
		fallthrough
	default:
		out.Short = string(segment.Payload)
	}
	return out
}
