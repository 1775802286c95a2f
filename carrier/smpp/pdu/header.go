package pdu

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// HeaderLength is the size of the header that begins each PDU (SMPP 3.4 3.2).
const HeaderLength = 16

// MaxLength is the longest PDU that is read: a message_payload of 64 kB
// (SMPP 3.4 5.3.2.32) with all that may stand around it. What claims to be
// longer is no PDU, and the connection cannot be followed any further.
const MaxLength = 72 << 10

// MaxSequence is the highest sequence_number; after it comes 1 (SMPP 3.4
// 5.1.4, 3.2). Zero stands in a generic_nack to what had no readable header.
const MaxSequence = 0x7FFFFFFF

// Header begins each PDU (SMPP 3.4 3.2): four integers of four octets, the
// highest first.
type Header struct {
	Length   uint32  // command_length, 5.1.1: of the whole PDU, itself included
	Command  Command // command_id, 5.1.2
	Status   Status  // command_status, 5.1.3: null in requests
	Sequence uint32  // sequence_number, 5.1.4: a response has its request's
}

// ParseHeader reads a header from the first 16 octets of b. A length that no
// PDU can have is an error; the rest of the header is then valid all the same,
// for the answer.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderLength {
		return Header{}, malformed(InvalidCommandLength, "header of %d octets", len(b))
	}
	h := Header{
		Length:   binary.BigEndian.Uint32(b),
		Command:  Command(binary.BigEndian.Uint32(b[4:])),
		Status:   Status(binary.BigEndian.Uint32(b[8:])),
		Sequence: binary.BigEndian.Uint32(b[12:]),
	}
	if h.Length < HeaderLength || h.Length > MaxLength {
		return h, malformed(InvalidCommandLength, "command_length %d is out of range", h.Length)
	}
	return h, nil
}

// Read reads one PDU. The body belongs to r and is valid until it is read
// from again. At the end of the stream the error is [io.EOF] between PDUs and
// [io.ErrUnexpectedEOF] within one. After an [Error] the stream cannot be
// followed any further.
func Read(r *bufio.Reader) (Header, []byte, error) {
	first, err := r.Peek(HeaderLength)
	if err != nil {
		if err == io.EOF && len(first) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return Header{}, nil, err
	}
	h, err := ParseHeader(first)
	if err != nil {
		return h, nil, err
	}
	n := int(h.Length)
	if n > r.Size() { // a very long message_payload: rare, so it gets a buffer of its own
		whole := make([]byte, n)
		if _, err := io.ReadFull(r, whole); err != nil {
			return h, nil, unexpected(err)
		}
		return h, whole[HeaderLength:], nil
	}
	whole, err := r.Peek(n)
	if err != nil {
		return h, nil, unexpected(err)
	}
	if _, err := r.Discard(n); err != nil {
		return h, nil, err
	}
	return h, whole[HeaderLength:], nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// AppendHeader adds a PDU that is a header only: enquire_link, unbind, their
// responses, generic_nack, and any response that carries an error
// (SMPP 3.4 4.2, 4.3, 4.11).
func AppendHeader(b []byte, c Command, s Status, sequence uint32) []byte {
	b, at := begin(b, c, s, sequence)
	return finish(b, at)
}

// begin adds a header whose length is filled in by finish.
func begin(b []byte, c Command, s Status, sequence uint32) ([]byte, int) {
	at := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(c))
	b = binary.BigEndian.AppendUint32(b, uint32(s))
	return binary.BigEndian.AppendUint32(b, sequence), at
}

func finish(b []byte, at int) []byte {
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at))
	return b
}
