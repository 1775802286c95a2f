package session

import (
	"bufio"
	"errors"
	"time"

	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// Reply answers a submit_sm, deliver_sm or data_sm. When the connection has
// ended it does nothing: the peer will bring the message again.
func (s *Session) Reply(h pdu.Header, status pdu.Status, id string) {
	s.respond(func(out []byte) []byte {
		return pdu.AppendMessageResp(out, h.Command, status, h.Sequence, id)
	})
}

// ReplyBind answers a bind. One that is refused ends the connection.
func (s *Session) ReplyBind(h pdu.Header, status pdu.Status, systemID string) {
	s.respond(func(out []byte) []byte {
		return pdu.AppendBindResp(out, h.Command, status, h.Sequence, systemID)
	})
	if status != pdu.OK {
		s.Finish()
	}
}

func (s *Session) replyHeader(c pdu.Command, status pdu.Status, sequence uint32) {
	s.respond(func(out []byte) []byte { return pdu.AppendHeader(out, c, status, sequence) })
}

func (s *Session) respond(add func([]byte) []byte) {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	before := len(s.out)
	s.out = add(s.out)
	s.queued += uint64(len(s.out) - before)
	full := len(s.out) > maxBacklog
	s.mu.Unlock()
	s.writable.Signal()
	if full {
		s.fail(ErrBacklog)
	}
}

// write writes what has gathered, until the session ends.
func (s *Session) write() {
	var spare []byte
	for {
		s.mu.Lock()
		for len(s.out) == 0 && !s.closing && !s.draining {
			s.writable.Wait()
		}
		if s.closing || len(s.out) == 0 {
			s.mu.Unlock()
			s.fail(ErrClosed) // drained
			return
		}
		batch := s.out
		s.out = spare[:0]
		s.left += uint64(len(batch))
		s.mu.Unlock()

		_ = s.conn.SetWriteDeadline(time.Now().Add(s.opt.ResponseTimeout)) // Write fails if this does
		if n, err := s.conn.Write(batch); err != nil {
			s.mu.Lock()
			s.left -= uint64(len(batch) - n)
			s.mu.Unlock()
			s.fail(err)
			return
		}
		spare = batch
		if cap(spare) > 1<<20 { // one burst shall not hold its memory forever
			spare = nil
		}
	}
}

// read takes in what the peer sends, until the connection ends. It is nil when
// the peer has sent what is no PDU: then the writer ends the session, once the
// answer to that is out.
func (s *Session) read() error {
	r := bufio.NewReaderSize(s.conn, readBuffer)
	for {
		h, body, err := pdu.Read(r)
		if err != nil {
			if bad, ok := errors.AsType[*pdu.Error](err); ok {
				// 4.3: the answer to an invalid command_length; after it nothing
				// that comes can be understood.
				s.replyHeader(pdu.GenericNack, bad.Status, h.Sequence)
				s.finish(err)
				return nil
			}
			return err
		}
		s.heard.Store(int64(time.Since(s.born)))
		if h.Command.IsResponse() {
			s.answer(h, body)
		} else {
			s.serve(h, body)
		}
	}
}

// serve takes a request of the peer.
func (s *Session) serve(h pdu.Header, body []byte) {
	var err error
	switch h.Command {
	case pdu.SubmitSM, pdu.DeliverSM, pdu.DataSM:
		var m pdu.Message
		if m, err = pdu.ParseMessage(h.Command, body); err == nil {
			s.h.Message(s, h, m)
		}
	case pdu.EnquireLink:
		s.replyHeader(pdu.EnquireLink.Response(), pdu.OK, h.Sequence)
	case pdu.Unbind:
		s.replyHeader(pdu.Unbind.Response(), pdu.OK, h.Sequence)
		s.finish(ErrUnbound)
	case pdu.BindReceiver, pdu.BindTransmitter, pdu.BindTransceiver:
		var b pdu.Bind
		if b, err = pdu.ParseBind(body); err == nil {
			s.h.Bind(s, h, b)
		}
	case pdu.Outbind, pdu.AlertNotification: // have no response, and no use here
	default:
		s.opt.Log.Debug("smpp: command not served", "command", h.Command.String())
		if h.Command.IsKnown() {
			s.replyHeader(h.Command.Response(), pdu.InvalidCommand, h.Sequence)
		} else {
			s.replyHeader(pdu.GenericNack, pdu.InvalidCommand, h.Sequence) // 4.3
		}
	}
	if bad, ok := errors.AsType[*pdu.Error](err); ok {
		s.opt.Log.Warn("smpp: malformed request", "command", h.Command.String(), "error", err)
		s.replyHeader(h.Command.Response(), bad.Status, h.Sequence)
	}
}

// answer takes a response of the peer.
func (s *Session) answer(h pdu.Header, body []byte) {
	s.mu.Lock()
	e, ok := s.waiting[h.Sequence]
	if !ok || h.Command != e.command.Response() && h.Command != pdu.GenericNack {
		s.mu.Unlock()
		s.opt.Log.Warn("smpp: a response that answers nothing",
			"command", h.Command.String(), "status", h.Status.String(), "sequence", h.Sequence)
		return
	}
	delete(s.waiting, h.Sequence)
	if e.counts && !e.late {
		s.used--
	}
	s.mu.Unlock()

	a := Answer{Status: h.Status}
	if h.Command == pdu.GenericNack && a.Status == pdu.OK {
		a.Status = pdu.UnknownError // a refusal that does not say so
	}
	if e.counts && h.Command != pdu.GenericNack {
		a.ID = pdu.ParseMessageResp(body)
	}
	switch {
	case e.late && e.counts:
		a.Caller, a.Part = e.caller, e.part
		s.h.Late(s, a)
	case !e.late && e.caller != nil:
		e.caller.Answered(e.part, a)
	}
}
