package pdu

import "strings"

// parser takes fields off the front of a body. The first failure is kept and
// makes all later fields empty, so that the layout of a PDU reads as a list.
type parser struct {
	rest string
	err  *Error
}

func (p *parser) fail(s Status, format string, args ...any) {
	if p.err == nil {
		p.err = malformed(s, format, args...)
	}
	p.rest = ""
}

// cstring takes a C-octet string (SMPP 3.4 3.1): up to a NUL, which must be there.
func (p *parser) cstring(field string) string {
	i := strings.IndexByte(p.rest, 0)
	if i < 0 {
		p.fail(InvalidCommandLength, "%s does not end within the PDU", field)
		return ""
	}
	s := p.rest[:i]
	p.rest = p.rest[i+1:]
	return s
}

func (p *parser) octet(field string) byte {
	if len(p.rest) == 0 {
		p.fail(InvalidCommandLength, "the PDU ends before %s", field)
		return 0
	}
	c := p.rest[0]
	p.rest = p.rest[1:]
	return c
}

// octets takes n octets. n comes from the peer: it selects, and never allocates.
func (p *parser) octets(field string, n int) string {
	if n > len(p.rest) {
		p.fail(InvalidMessageLength, "%s claims %d octets of %d", field, n, len(p.rest))
		return ""
	}
	s := p.rest[:n]
	p.rest = p.rest[n:]
	return s
}

func (p *parser) address(field string) Address {
	return Address{TON: p.octet(field), NPI: p.octet(field), Addr: p.cstring(field)}
}

// optional takes all that is left.
func (p *parser) optional() TLVs {
	t := TLVs(p.rest)
	p.rest = ""
	if p.err != nil {
		return ""
	}
	if err := t.check(); err != nil {
		p.err = err.(*Error)
		return ""
	}
	return t
}

func (p *parser) result() error {
	if p.err != nil {
		return p.err
	}
	return nil
}
