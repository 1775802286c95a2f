package pdu

import "strings"

// MaxShortMessage is what short_message holds (SMPP 3.4 5.2.22); a longer text
// goes into message_payload.
const MaxShortMessage = 254

// Type of number and numbering plan (SMPP 3.4 5.2.5, 5.2.6).
const (
	TONUnknown         byte = 0
	TONInternational   byte = 1
	TONNational        byte = 2
	TONNetworkSpecific byte = 3
	TONSubscriber      byte = 4
	TONAlphanumeric    byte = 5
	TONAbbreviated     byte = 6

	NPIUnknown byte = 0
	NPIE164    byte = 1
)

// Bits of esm_class (SMPP 3.4 5.2.12). In deliver_sm bits 5 to 2 are the type
// of message.
const (
	ESMReceipt      byte = 0x04 // SMSC delivery receipt
	ESMIntermediate byte = 0x20 // intermediate delivery notification
	ESMTypeMask     byte = 0x3C
	ESMHeader       byte = 0x40 // UDHI: short_message begins with a user data header
)

// Values of registered_delivery (SMPP 3.4 5.2.17).
const (
	RegisteredNone    byte = 0 // no receipt
	RegisteredFinal   byte = 1 // on the final outcome, good or bad
	RegisteredFailure byte = 2 // on failure only
)

// Address is a telephone number, short code or name, with what kind it is.
type Address struct {
	TON  byte // 5.2.5
	NPI  byte // 5.2.6
	Addr string
}

// Message is the body of submit_sm (SMPP 3.4 4.4.1) and deliver_sm (4.6.1),
// which have the same fields, and of data_sm (4.7.1), which has some of them.
type Message struct {
	ServiceType string  // service_type, 5.2.11: up to 5 octets
	Source      Address // source_addr*, 5.2.8: up to 20 octets
	Dest        Address // destination_addr / dest_addr*, 5.2.9: up to 20 octets
	ESMClass    byte    // esm_class, 5.2.12
	Protocol    byte    // protocol_id, 5.2.13; not in data_sm
	Priority    byte    // priority_flag, 5.2.14; not in data_sm
	Schedule    string  // schedule_delivery_time, 5.2.15, empty: at once; not in data_sm
	Validity    string  // validity_period, 5.2.16, empty: the SMSC's own; not in data_sm
	Registered  byte    // registered_delivery, 5.2.17
	Replace     byte    // replace_if_present_flag, 5.2.18; not in data_sm
	Coding      byte    // data_coding, 5.2.19
	DefaultID   byte    // sm_default_msg_id, 5.2.20; not in data_sm
	Short       string  // short_message, 5.2.22: octets, not text; not in data_sm
	Optional    TLVs    // 4.4.2, 4.6.2, 4.7.1
}

// AppendMessage adds a submit_sm, deliver_sm or data_sm.
func AppendMessage(b []byte, c Command, sequence uint32, m *Message) []byte {
	b, at := begin(b, c, OK, sequence)
	b = appendC(b, m.ServiceType)
	b = appendAddress(b, m.Source)
	b = appendAddress(b, m.Dest)
	if c == DataSM { // 4.7.1
		b = append(b, m.ESMClass, m.Registered, m.Coding)
		b = append(b, m.Optional...)
		return finish(b, at)
	}
	b = append(b, m.ESMClass, m.Protocol, m.Priority)
	b = appendC(b, m.Schedule)
	b = appendC(b, m.Validity)
	short := m.Short[:min(len(m.Short), MaxShortMessage)]
	b = append(b, m.Registered, m.Replace, m.Coding, m.DefaultID, byte(len(short)))
	b = append(b, short...)
	b = append(b, m.Optional...)
	return finish(b, at)
}

// ParseMessage reads the body of a submit_sm, deliver_sm or data_sm.
func ParseMessage(c Command, body []byte) (Message, error) {
	p := parser{rest: string(body)} // the one copy, shared by all fields
	var m Message
	m.ServiceType = p.cstring("service_type")
	m.Source = p.address("source_addr")
	m.Dest = p.address("destination_addr")
	m.ESMClass = p.octet("esm_class")
	if c == DataSM {
		m.Registered = p.octet("registered_delivery")
		m.Coding = p.octet("data_coding")
		m.Optional = p.optional()
		return m, p.result()
	}
	m.Protocol = p.octet("protocol_id")
	m.Priority = p.octet("priority_flag")
	m.Schedule = p.cstring("schedule_delivery_time")
	m.Validity = p.cstring("validity_period")
	m.Registered = p.octet("registered_delivery")
	m.Replace = p.octet("replace_if_present_flag")
	m.Coding = p.octet("data_coding")
	m.DefaultID = p.octet("sm_default_msg_id")
	m.Short = p.octets("short_message", int(p.octet("sm_length")))
	m.Optional = p.optional()
	return m, p.result()
}

// Octets is the text as it came, wherever it stands: short_message, or
// message_payload where that is used instead (SMPP 3.4 5.3.2.32).
func (m *Message) Octets() string {
	if m.Short == "" && m.Optional != "" {
		if v, ok := m.Optional.Get(TagMessagePayload); ok {
			return v
		}
	}
	return m.Short
}

// AppendMessageResp adds the response to a submit_sm, deliver_sm or data_sm.
// c is the request's command. The id is empty for deliver_sm (SMPP 3.4
// 4.6.2: unused), and left out altogether with an error (4.4.2).
func AppendMessageResp(b []byte, c Command, s Status, sequence uint32, id string) []byte {
	b, at := begin(b, c.Response(), s, sequence)
	if s == OK || c == DeliverSM {
		b = appendC(b, id)
	}
	return finish(b, at)
}

// ParseMessageResp reads the message_id (SMPP 3.4 5.2.23) of a submit_sm_resp,
// deliver_sm_resp or data_sm_resp. Peers leave it out with an error, and some
// leave out its NUL; neither is an error here.
func ParseMessageResp(body []byte) (id string) {
	for i, c := range body {
		if c == 0 {
			return string(body[:i])
		}
	}
	return string(body)
}

func appendC(b []byte, s string) []byte {
	if i := strings.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	b = append(b, s...)
	return append(b, 0)
}

func appendAddress(b []byte, a Address) []byte {
	b = append(b, a.TON, a.NPI)
	return appendC(b, a.Addr)
}
