package pdu

import "fmt"

// Command is a command_id (SMPP 3.4 5.1.2.1). The highest bit marks a response.
type Command uint32

// The commands.
const (
	GenericNack       Command = 0x80000000 // 4.3: a response to what could not be understood
	BindReceiver      Command = 0x00000001 // 4.1.3
	BindTransmitter   Command = 0x00000002 // 4.1.1
	QuerySM           Command = 0x00000003 // 4.8
	SubmitSM          Command = 0x00000004 // 4.4
	DeliverSM         Command = 0x00000005 // 4.6
	Unbind            Command = 0x00000006 // 4.2
	ReplaceSM         Command = 0x00000007 // 4.10
	CancelSM          Command = 0x00000008 // 4.9
	BindTransceiver   Command = 0x00000009 // 4.1.5
	Outbind           Command = 0x0000000B // 4.1.7, has no response
	EnquireLink       Command = 0x00000015 // 4.11
	SubmitMulti       Command = 0x00000021 // 4.5
	AlertNotification Command = 0x00000102 // 4.12, has no response
	DataSM            Command = 0x00000103 // 4.7
)

const responseBit Command = 0x80000000

// IsResponse says whether the command answers another.
func (c Command) IsResponse() bool { return c&responseBit != 0 }

// Response is the command that answers c.
func (c Command) Response() Command { return c | responseBit }

// String gives the name that the specification uses, as "submit_sm_resp".
func (c Command) String() string {
	if c == GenericNack {
		return "generic_nack"
	}
	name := c.request()
	switch {
	case name == "":
		return fmt.Sprintf("command(%#08x)", uint32(c))
	case c.IsResponse():
		return name + "_resp"
	}
	return name
}

// request names the command without its response bit; empty when it is not
// one of the specification.
func (c Command) request() string {
	switch c &^ responseBit {
	case BindReceiver:
		return "bind_receiver"
	case BindTransmitter:
		return "bind_transmitter"
	case QuerySM:
		return "query_sm"
	case SubmitSM:
		return "submit_sm"
	case DeliverSM:
		return "deliver_sm"
	case Unbind:
		return "unbind"
	case ReplaceSM:
		return "replace_sm"
	case CancelSM:
		return "cancel_sm"
	case BindTransceiver:
		return "bind_transceiver"
	case Outbind:
		return "outbind"
	case EnquireLink:
		return "enquire_link"
	case SubmitMulti:
		return "submit_multi"
	case AlertNotification:
		return "alert_notification"
	case DataSM:
		return "data_sm"
	}
	return ""
}

// IsKnown says whether the specification has the command.
func (c Command) IsKnown() bool { return c == GenericNack || c.request() != "" }
