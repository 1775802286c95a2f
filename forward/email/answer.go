package email

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/wirechief/wirechief"
)

// words bounds what is kept of a server's words.
const words = 1 << 10

// over completes the attempt of a try that got no answer about its mail.
func (t *try) over(d wirechief.Disposition, reason wirechief.Reason, text string) (*wirechief.Attempt, wirechief.Outcome) {
	t.a.Class, t.a.Error, t.a.DurationMS = string(reason), text, ms(time.Since(t.start))
	return t.a, wirechief.Outcome{Disposition: d, Reason: reason, Text: text}
}

// stopped is what comes of a try that ctx ended. Until all of the mail is sent
// the server forgets what it was told.
func (t *try) stopped(committed bool) (*wirechief.Attempt, wirechief.Outcome) {
	if !committed {
		return nil, wirechief.Outcome{Disposition: wirechief.Retry, Reason: wirechief.ReasonShutdown}
	}
	return t.over(wirechief.Retry, wirechief.ReasonShutdown, "we were stopped before the answer came")
}

// undrafted is what comes of a mail that could not be made.
func (t *try) undrafted(ctx context.Context, err error) (*wirechief.Attempt, wirechief.Outcome) {
	if ctx.Err() != nil {
		return t.stopped(false)
	}
	switch kind := wirechief.KindOf(err); kind {
	case wirechief.Invalid, wirechief.NotFound:
		reason := wirechief.ReasonContent
		if e, ok := errors.AsType[*wirechief.Error](err); ok {
			switch e.Field {
			case "destination":
				reason = wirechief.ReasonDestination
			case "from":
				reason = wirechief.ReasonSource
			}
		}
		return t.over(wirechief.Final, reason, wirechief.MessageOf(err))
	}
	return t.over(wirechief.Retry, wirechief.ReasonTemporary, "what the mail is about cannot be read now")
}

// done completes the attempt of a mail that the server took.
func (t *try) done(answer string) (*wirechief.Attempt, wirechief.Outcome) {
	answer = t.s.said(answer)
	t.a.StatusCode, t.a.Class, t.a.Body, t.a.DurationMS = 250, "2xx", answer, ms(time.Since(t.start))
	return t.a, wirechief.Outcome{Disposition: wirechief.Done, Code: "250", Text: answer}
}

// unconnected completes the attempt of a mail for which there was no connection.
// Whatever the server says before it has heard of the mail is not about the mail:
// it is tried again.
func (t *try) unconnected(err error) (*wirechief.Attempt, wirechief.Outcome) {
	step := "the mail server cannot be used"
	if e, ok := errors.AsType[*setupError](err); ok {
		step, t.a.Peer = e.step, e.peer
		err = e.err
	}
	if a, ok := errors.AsType[*smtp.SMTPError](err); ok {
		reason := wirechief.ReasonTemporary
		switch a.Code {
		case 530, 534, 535, 538: // RFC 4954 6
			reason = wirechief.ReasonCredentials
		}
		return t.refused(a, wirechief.Retry, reason, step+": ")
	}
	reason := reasonOf(err)
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		reason = wirechief.ReasonUnreachable
	}
	if errors.Is(err, errOpenLogin) || errors.Is(err, errNoLogin) {
		reason = wirechief.ReasonCredentials
	}
	return t.over(wirechief.Retry, reason, step+": "+t.s.cause(err))
}

// failed completes the attempt of a mail that the server did not take.
func (t *try) failed(err error) (*wirechief.Attempt, wirechief.Outcome) {
	if a, ok := errors.AsType[*smtp.SMTPError](err); ok {
		d, reason := judge(a)
		return t.refused(a, d, reason, "")
	}
	if errors.Is(err, errNoUTF8) {
		return t.over(wirechief.Final, wirechief.ReasonUnsupported, err.Error())
	}
	reason := reasonOf(err)
	if reason == wirechief.ReasonUnreachable {
		reason = wirechief.ReasonDisconnected
	}
	return t.over(wirechief.Retry, reason, "no answer of the mail server about the mail: "+t.s.cause(err))
}

// refused notes an answer that is not yes.
func (t *try) refused(e *smtp.SMTPError, d wirechief.Disposition, reason wirechief.Reason, step string) (*wirechief.Attempt, wirechief.Outcome) {
	text := e.Message
	if c := e.EnhancedCode; c != smtp.EnhancedCodeNotSet && c != smtp.NoEnhancedCode {
		text = strconv.Itoa(c[0]) + "." + strconv.Itoa(c[1]) + "." + strconv.Itoa(c[2]) + " " + text
	}
	code := strconv.Itoa(e.Code)
	text = t.s.said(text)
	t.a.StatusCode, t.a.Class, t.a.DurationMS = e.Code, code[:1]+"xx", ms(time.Since(t.start))
	t.a.Error = strings.TrimSpace(step + code + " " + text)
	return t.a, wirechief.Outcome{Disposition: d, Reason: reason, Code: code, Text: text}
}

// judge says what an answer about a mail means: 4xx passes, 5xx stays (RFC 5321
// 4.2.1). Which of our reasons it is, the codes tell in so far as they do (4.2.3,
// and RFC 3463 for the second digit of the enhanced code).
func judge(e *smtp.SMTPError) (wirechief.Disposition, wirechief.Reason) {
	subject := e.EnhancedCode[1]
	switch e.Code / 100 {
	case 4:
		switch {
		case e.Code == 452 || e.EnhancedCode[1] == 2 && e.EnhancedCode[2] == 2:
			return wirechief.Retry, wirechief.ReasonQueueFull
		case e.Code == 421 && subject == 7 || e.Code == 450 && subject == 7:
			return wirechief.Retry, wirechief.ReasonThrottled
		}
		return wirechief.Retry, wirechief.ReasonTemporary
	case 5:
		switch {
		case e.Code == 530:
			return wirechief.Final, wirechief.ReasonCredentials
		case subject == 1 && e.EnhancedCode[2] >= 7:
			return wirechief.Final, wirechief.ReasonSource
		case e.Code == 550 || e.Code == 551 || e.Code == 553 || e.Code == 556 || subject == 1 || subject == 2 && e.Code != 552:
			return wirechief.Final, wirechief.ReasonDestination
		case e.Code == 552 || subject == 6:
			return wirechief.Final, wirechief.ReasonContent
		case e.Code == 555 || e.Code == 504:
			return wirechief.Final, wirechief.ReasonUnsupported
		}
		return wirechief.Final, wirechief.ReasonRejected
	}
	return wirechief.Retry, wirechief.ReasonProtocol
}

// reasonOf says why there was no answer.
func reasonOf(err error) wirechief.Reason {
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) {
		return wirechief.ReasonTimeout
	}
	if _, ok := errors.AsType[syscall.Errno](err); ok {
		return wirechief.ReasonUnreachable
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return wirechief.ReasonUnreachable
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return wirechief.ReasonDisconnected
	}
	return wirechief.ReasonProtocol
}

// goneStale says whether a connection that was kept had ended meanwhile.
func goneStale(err error) bool {
	code := codeOf(err)
	return code == 421 || code == 0 && reasonOf(err) != wirechief.ReasonTimeout
}

func codeOf(err error) int {
	if e, ok := errors.AsType[*smtp.SMTPError](err); ok {
		return e.Code
	}
	return 0
}

// cause puts what went wrong into words.
func (s *Sender) cause(err error) string {
	switch {
	case reasonOf(err) == wirechief.ReasonTimeout:
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it closed the connection"
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return s.said(err.Error())
}

// said makes the words of a server fit for the record: short, on one line, and
// without our password, should it be repeated there in any of the forms in which
// it was sent.
func (s *Sender) said(text string) string {
	if password := s.server.Password.Reveal(); password != "" {
		name := s.server.Username
		for _, form := range []string{
			base64.StdEncoding.EncodeToString([]byte("\x00" + name + "\x00" + password)),
			base64.StdEncoding.EncodeToString([]byte(password)), password,
		} {
			text = strings.ReplaceAll(text, form, "<hidden>")
		}
	}
	text = oneLine(text)
	if len(text) > words {
		text = strings.ToValidUTF8(text[:words], "") + "…"
	}
	return text
}
