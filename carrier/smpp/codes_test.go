package smpp

import (
	"context"
	"errors"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// TestEveryStatusIsJudged: the table is whole, and what may pass is never final.
func TestEveryStatusIsJudged(t *testing.T) {
	retried := map[pdu.Status]wirechief.Reason{
		pdu.Throttled: wirechief.ReasonThrottled, pdu.MessageQueueFull: wirechief.ReasonQueueFull,
		pdu.SystemError: wirechief.ReasonTemporary, pdu.TemporaryAppError: wirechief.ReasonTemporary, pdu.UnknownError: wirechief.ReasonTemporary,
		pdu.InvalidBindStatus: wirechief.ReasonTemporary, pdu.AlreadyBound: wirechief.ReasonTemporary,
		pdu.BindFailed: wirechief.ReasonCredentials, pdu.InvalidPassword: wirechief.ReasonCredentials,
		pdu.InvalidSystemID: wirechief.ReasonCredentials, pdu.InvalidSystemType: wirechief.ReasonCredentials,
	}
	for s := range pdu.Statuses() {
		o := outcomeOf(s)
		switch reason, retry := retried[s]; {
		case s == pdu.OK:
			if o.Disposition != wirechief.Done || o.Reason != "" || o.Code != "" {
				t.Errorf("%s: %+v", s, o)
			}
		case retry:
			if o.Disposition != wirechief.Retry || o.Reason != reason || o.Code != s.String() {
				t.Errorf("%s: %+v, want retry for %s", s, o, reason)
			}
		case o.Disposition != wirechief.Final || o.Reason == "" || o.Code != s.String():
			t.Errorf("%s: %+v, want final with a reason", s, o)
		}
	}
	for s, want := range map[pdu.Status]wirechief.Outcome{
		0x0400: {Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Elsewhere: true, Code: "vendor(0x0400)"},
		0x04FF: {Disposition: wirechief.Final, Reason: wirechief.ReasonRejected, Elsewhere: true, Code: "vendor(0x04ff)"},
		0x0500: {Disposition: wirechief.Final, Reason: wirechief.ReasonProtocol, Elsewhere: true, Code: "status(0x500)"},
	} {
		if o := outcomeOf(s); o.Disposition != want.Disposition || o.Reason != want.Reason || !o.Elsewhere || o.Code != want.Code {
			t.Errorf("%#x: %+v, want %+v", uint32(s), o, want)
		}
	}
}

func TestAnswerTo(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want pdu.Status
	}{
		{nil, pdu.OK},
		{wirechief.Errorf(wirechief.NotFound, ""), pdu.RejectedByApp},
		{wirechief.Errorf(wirechief.Unavailable, ""), pdu.TemporaryAppError},
		{context.Canceled, pdu.SystemError},
		{errors.New(""), pdu.SystemError},
	} {
		if got := answerTo(tt.err); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.err, got, tt.want)
		}
	}
}
