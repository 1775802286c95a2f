package pdu

// Version34 is the interface_version of SMPP 3.4 (5.2.4).
const Version34 byte = 0x34

// Bind is the body of the three bind requests, which have the same fields
// (SMPP 3.4 4.1.1, 4.1.3, 4.1.5).
type Bind struct {
	SystemID     string // system_id, 5.2.1: up to 15 octets
	Password     string // password, 5.2.2: up to 8 octets
	SystemType   string // system_type, 5.2.3: up to 12 octets
	Version      byte   // interface_version, 5.2.4
	AddressTON   byte   // addr_ton, 5.2.5
	AddressNPI   byte   // addr_npi, 5.2.6
	AddressRange string // address_range, 5.2.7: up to 40 octets
}

// AppendBind adds a bind_transmitter, bind_receiver or bind_transceiver.
func AppendBind(b []byte, c Command, sequence uint32, bind *Bind) []byte {
	b, at := begin(b, c, OK, sequence)
	b = appendC(b, bind.SystemID)
	b = appendC(b, bind.Password)
	b = appendC(b, bind.SystemType)
	b = append(b, bind.Version, bind.AddressTON, bind.AddressNPI)
	b = appendC(b, bind.AddressRange)
	return finish(b, at)
}

// ParseBind reads the body of a bind request.
func ParseBind(body []byte) (Bind, error) {
	p := parser{rest: string(body)}
	b := Bind{
		SystemID:   p.cstring("system_id"),
		Password:   p.cstring("password"),
		SystemType: p.cstring("system_type"),
		Version:    p.octet("interface_version"),
		AddressTON: p.octet("addr_ton"),
		AddressNPI: p.octet("addr_npi"),
	}
	b.AddressRange = p.cstring("address_range")
	return b, p.result()
}

// AppendBindResp adds the response to a bind (SMPP 3.4 4.1.2, 4.1.4, 4.1.6). c
// is the request's command, systemID the SMSC's own. With an error there is
// no body.
func AppendBindResp(b []byte, c Command, s Status, sequence uint32, systemID string) []byte {
	b, at := begin(b, c.Response(), s, sequence)
	if s == OK {
		b = appendC(b, systemID)
		b = AppendTLV(b, TagSCInterfaceVersion, []byte{Version34})
	}
	return finish(b, at)
}
