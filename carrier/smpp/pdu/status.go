package pdu

import (
	"fmt"
	"iter"
)

// Status is a command_status (SMPP 3.4 5.1.3): zero in requests, and in
// responses the outcome.
type Status uint32

// The statuses, with the specification's description.
const (
	OK                    Status = 0x00 // no error
	InvalidMessageLength  Status = 0x01 // message length is invalid
	InvalidCommandLength  Status = 0x02 // command length is invalid
	InvalidCommand        Status = 0x03 // invalid command id
	InvalidBindStatus     Status = 0x04 // incorrect bind status for given command
	AlreadyBound          Status = 0x05 // ESME already in bound state
	InvalidPriority       Status = 0x06 // invalid priority flag
	InvalidRegistered     Status = 0x07 // invalid registered delivery flag
	SystemError           Status = 0x08 // system error
	InvalidSource         Status = 0x0A // invalid source address
	InvalidDest           Status = 0x0B // invalid destination address
	InvalidMessageID      Status = 0x0C // message id is invalid
	BindFailed            Status = 0x0D // bind failed
	InvalidPassword       Status = 0x0E // invalid password
	InvalidSystemID       Status = 0x0F // invalid system id
	CancelFailed          Status = 0x11 // cancel_sm failed
	ReplaceFailed         Status = 0x13 // replace_sm failed
	MessageQueueFull      Status = 0x14 // message queue full
	InvalidServiceType    Status = 0x15 // invalid service type
	InvalidNumberOfDests  Status = 0x33 // invalid number of destinations
	InvalidListName       Status = 0x34 // invalid distribution list name
	InvalidDestFlag       Status = 0x40 // destination flag is invalid (submit_multi)
	InvalidSubmitReplace  Status = 0x42 // submit with replace not supported or not allowed
	InvalidESMClass       Status = 0x43 // invalid esm_class field data
	CannotSubmitToList    Status = 0x44 // cannot submit to distribution list
	SubmitFailed          Status = 0x45 // submit_sm or submit_multi failed
	InvalidSourceTON      Status = 0x48 // invalid source address type of number
	InvalidSourceNPI      Status = 0x49 // invalid source address numbering plan
	InvalidDestTON        Status = 0x50 // invalid destination address type of number
	InvalidDestNPI        Status = 0x51 // invalid destination address numbering plan
	InvalidSystemType     Status = 0x53 // invalid system_type field
	InvalidReplaceFlag    Status = 0x54 // invalid replace_if_present flag
	InvalidNumberOfMsgs   Status = 0x55 // invalid number of messages
	Throttled             Status = 0x58 // ESME has exceeded allowed message limits
	InvalidSchedule       Status = 0x61 // invalid scheduled delivery time
	InvalidExpiry         Status = 0x62 // invalid validity period (expiry time)
	InvalidDefaultMessage Status = 0x63 // predefined message invalid or not found
	TemporaryAppError     Status = 0x64 // ESME receiver temporary application error
	PermanentAppError     Status = 0x65 // ESME receiver permanent application error
	RejectedByApp         Status = 0x66 // ESME receiver reject message error
	QueryFailed           Status = 0x67 // query_sm request failed
	InvalidOptionalStream Status = 0xC0 // error in the optional part of the PDU body
	OptionalNotAllowed    Status = 0xC1 // optional parameter not allowed
	InvalidOptionalLength Status = 0xC2 // invalid parameter length
	MissingOptional       Status = 0xC3 // expected optional parameter missing
	InvalidOptionalValue  Status = 0xC4 // invalid optional parameter value
	DeliveryFailed        Status = 0xFE // delivery failure (used for data_sm_resp)
	UnknownError          Status = 0xFF // unknown error
)

// First and last status that the specification leaves to the SMSC's vendor.
const (
	VendorFirst Status = 0x0400
	VendorLast  Status = 0x04FF
)

var statusNames = [...]struct {
	status Status
	name   string
}{
	{OK, "ESME_ROK"},
	{InvalidMessageLength, "ESME_RINVMSGLEN"},
	{InvalidCommandLength, "ESME_RINVCMDLEN"},
	{InvalidCommand, "ESME_RINVCMDID"},
	{InvalidBindStatus, "ESME_RINVBNDSTS"},
	{AlreadyBound, "ESME_RALYBND"},
	{InvalidPriority, "ESME_RINVPRTFLG"},
	{InvalidRegistered, "ESME_RINVREGDLVFLG"},
	{SystemError, "ESME_RSYSERR"},
	{InvalidSource, "ESME_RINVSRCADR"},
	{InvalidDest, "ESME_RINVDSTADR"},
	{InvalidMessageID, "ESME_RINVMSGID"},
	{BindFailed, "ESME_RBINDFAIL"},
	{InvalidPassword, "ESME_RINVPASWD"},
	{InvalidSystemID, "ESME_RINVSYSID"},
	{CancelFailed, "ESME_RCANCELFAIL"},
	{ReplaceFailed, "ESME_RREPLACEFAIL"},
	{MessageQueueFull, "ESME_RMSGQFUL"},
	{InvalidServiceType, "ESME_RINVSERTYP"},
	{InvalidNumberOfDests, "ESME_RINVNUMDESTS"},
	{InvalidListName, "ESME_RINVDLNAME"},
	{InvalidDestFlag, "ESME_RINVDESTFLAG"},
	{InvalidSubmitReplace, "ESME_RINVSUBREP"},
	{InvalidESMClass, "ESME_RINVESMCLASS"},
	{CannotSubmitToList, "ESME_RCNTSUBDL"},
	{SubmitFailed, "ESME_RSUBMITFAIL"},
	{InvalidSourceTON, "ESME_RINVSRCTON"},
	{InvalidSourceNPI, "ESME_RINVSRCNPI"},
	{InvalidDestTON, "ESME_RINVDSTTON"},
	{InvalidDestNPI, "ESME_RINVDSTNPI"},
	{InvalidSystemType, "ESME_RINVSYSTYP"},
	{InvalidReplaceFlag, "ESME_RINVREPFLAG"},
	{InvalidNumberOfMsgs, "ESME_RINVNUMMSGS"},
	{Throttled, "ESME_RTHROTTLED"},
	{InvalidSchedule, "ESME_RINVSCHED"},
	{InvalidExpiry, "ESME_RINVEXPIRY"},
	{InvalidDefaultMessage, "ESME_RINVDFTMSGID"},
	{TemporaryAppError, "ESME_RX_T_APPN"},
	{PermanentAppError, "ESME_RX_P_APPN"},
	{RejectedByApp, "ESME_RX_R_APPN"},
	{QueryFailed, "ESME_RQUERYFAIL"},
	{InvalidOptionalStream, "ESME_RINVOPTPARSTREAM"},
	{OptionalNotAllowed, "ESME_ROPTPARNOTALLWD"},
	{InvalidOptionalLength, "ESME_RINVPARLEN"},
	{MissingOptional, "ESME_RMISSINGOPTPARAM"},
	{InvalidOptionalValue, "ESME_RINVOPTPARAMVAL"},
	{DeliveryFailed, "ESME_RDELIVERYFAILURE"},
	{UnknownError, "ESME_RUNKNOWNERR"},
}

// String gives the specification's name, as "ESME_RTHROTTLED", or the number.
func (s Status) String() string {
	for _, e := range statusNames {
		if e.status == s {
			return e.name
		}
	}
	if s >= VendorFirst && s <= VendorLast {
		return fmt.Sprintf("vendor(%#04x)", uint32(s))
	}
	return fmt.Sprintf("status(%#x)", uint32(s))
}

// Statuses gives every status that the specification defines, in order.
func Statuses() iter.Seq[Status] {
	return func(yield func(Status) bool) {
		for _, e := range statusNames {
			if !yield(e.status) {
				return
			}
		}
	}
}

// Error says why octets are not a PDU, or a PDU not what it claims to be.
type Error struct {
	Status Status // what the peer should be answered
	Text   string
}

func (e *Error) Error() string { return e.Text + " (" + e.Status.String() + ")" }

func malformed(s Status, format string, args ...any) *Error {
	return &Error{Status: s, Text: fmt.Sprintf(format, args...)}
}
