package smpp

import (
	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// verdict is what a status in a submit_sm_resp means for the message.
type verdict struct {
	disposition wirechief.Disposition
	reason      wirechief.Reason
	elsewhere   bool // final here, but another carrier may well take it
}

// verdictOf is the table of SMPP 3.4 5.1.3. The specification names the codes
// and says little of what to do; where it is silent, what decides is whether
// the same PDU could be taken a little later (retry), or the fault lies with
// this carrier or our agreement with it (final, elsewhere), or with the
// message or handset (final).
func verdictOf(s pdu.Status) verdict {
	switch s {
	case pdu.OK:
		return verdict{disposition: wirechief.Done}

	// Too much, or not now.
	case pdu.Throttled:
		return verdict{wirechief.Retry, wirechief.ReasonThrottled, false}
	case pdu.MessageQueueFull:
		return verdict{wirechief.Retry, wirechief.ReasonQueueFull, false}
	case pdu.SystemError, pdu.TemporaryAppError, pdu.UnknownError:
		return verdict{wirechief.Retry, wirechief.ReasonTemporary, false}
	case pdu.InvalidBindStatus, pdu.AlreadyBound: // of the connection, not of the message
		return verdict{wirechief.Retry, wirechief.ReasonTemporary, false}
	case pdu.BindFailed, pdu.InvalidPassword, pdu.InvalidSystemID, pdu.InvalidSystemType:
		return verdict{wirechief.Retry, wirechief.ReasonCredentials, false}

	// The addresses.
	case pdu.InvalidSource, pdu.InvalidSourceTON, pdu.InvalidSourceNPI:
		return verdict{wirechief.Final, wirechief.ReasonSource, true}
	case pdu.InvalidDest, pdu.DeliveryFailed:
		return verdict{wirechief.Final, wirechief.ReasonDestination, false}
	case pdu.InvalidDestTON, pdu.InvalidDestNPI:
		return verdict{wirechief.Final, wirechief.ReasonDestination, true}

	// The text.
	case pdu.InvalidMessageLength:
		return verdict{wirechief.Final, wirechief.ReasonContent, true}

	// What this SMSC cannot do.
	case pdu.InvalidRegistered, pdu.InvalidServiceType, pdu.InvalidESMClass, pdu.InvalidSubmitReplace,
		pdu.InvalidSchedule, pdu.InvalidExpiry, pdu.InvalidPriority,
		pdu.InvalidOptionalStream, pdu.OptionalNotAllowed, pdu.InvalidOptionalLength,
		pdu.MissingOptional, pdu.InvalidOptionalValue:
		return verdict{wirechief.Final, wirechief.ReasonUnsupported, true}

	// A refusal for a reason of its own.
	case pdu.SubmitFailed, pdu.PermanentAppError:
		return verdict{wirechief.Final, wirechief.ReasonRejected, true}
	case pdu.RejectedByApp:
		return verdict{wirechief.Final, wirechief.ReasonRejected, false}

	// Answers to what we never ask (submit_multi, query, cancel, replace), and
	// those that say that we broke the protocol.
	case pdu.InvalidCommandLength, pdu.InvalidCommand, pdu.InvalidMessageID, pdu.CancelFailed, pdu.ReplaceFailed,
		pdu.InvalidNumberOfDests, pdu.InvalidListName, pdu.InvalidDestFlag, pdu.CannotSubmitToList,
		pdu.InvalidReplaceFlag, pdu.InvalidNumberOfMsgs, pdu.InvalidDefaultMessage, pdu.QueryFailed:
		return verdict{wirechief.Final, wirechief.ReasonProtocol, true}
	}
	if s >= pdu.VendorFirst && s <= pdu.VendorLast {
		// Vendors use these for blocked content, missing routes and empty
		// accounts alike: final, as the specification has no word for retry.
		return verdict{wirechief.Final, wirechief.ReasonRejected, true}
	}
	return verdict{wirechief.Final, wirechief.ReasonProtocol, true} // reserved
}

// outcomeOf words the verdict on a status.
func outcomeOf(s pdu.Status) wirechief.Outcome {
	v := verdictOf(s)
	o := wirechief.Outcome{Disposition: v.disposition, Reason: v.reason, Elsewhere: v.elsewhere}
	if s != pdu.OK {
		o.Code = s.String()
	}
	return o
}

// refusesUs says whether a bind was refused for what we said of ourselves,
// which time alone does not mend.
func refusesUs(s pdu.Status) bool { return verdictOf(s).reason == wirechief.ReasonCredentials }

// answerTo is the status of a deliver_sm_resp, by what the handler said: kept;
// never (SMPP 3.4 5.1.3, rejected by the application); later.
func answerTo(err error) pdu.Status {
	if err == nil {
		return pdu.OK
	}
	switch wirechief.KindOf(err) {
	case wirechief.NotFound:
		return pdu.RejectedByApp
	case wirechief.Unavailable, wirechief.Exhausted:
		return pdu.TemporaryAppError
	}
	return pdu.SystemError
}
