package delivery

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Bounds of what is read of an answer.
const (
	headerMost   = 64 << 10  // octets of status line and header
	bodyMost     = 16 << 10  // octets of a body that are recorded
	bodyDrain    = 256 << 10 // octets that are read so that the connection can be used again
	bodyPatience = time.Second
	interimMost  = 5 // answers with 1xx before the real one
	// writeAside is the size from which a request is written beside reading
	// the answer: it may not fit the buffers of the systems on the way, and the
	// far side may answer without reading it.
	writeAside = 16 << 10
)

// Life of idle connections.
const (
	keepIdle  = 30 * time.Second // less than servers usually do
	keepMost  = 16               // to one endpoint
	keepTotal = 2048
)

// conn is a connection to an endpoint, and what is needed to use it.
type conn struct {
	net.Conn
	raw     syscall.RawConn // nil: cannot be looked at
	peer    string
	in      *bufio.Reader
	limit   int64 // octets that may still be read
	got     int64 // octets read since the request began
	firstAt time.Time
	ended   bool // the last read was the end of the connection
	used    bool // it has carried a request before
	idle    time.Time
	keep    time.Duration // how long it may be idle
	cut     func()        // ends what is under way
	alive   bool          // set by look
	look    func(fd uintptr) bool
}

func newConn(c net.Conn, peer string) *conn {
	k := &conn{Conn: c, peer: peer}
	k.in = bufio.NewReaderSize((*limited)(k), 4096)
	k.cut = func() { c.SetDeadline(time.Unix(1, 0)) }
	under := c
	if t, ok := c.(interface{ NetConn() net.Conn }); ok {
		under = t.NetConn() // below TLS
	}
	if s, ok := under.(syscall.Conn); ok {
		k.raw, _ = s.SyscallConn()
	}
	k.look = func(fd uintptr) bool {
		k.alive = isQuiet(fd)
		return true
	}
	return k
}

// usable says whether an idle connection is still open and quiet.
func (k *conn) usable() bool {
	if k.in.Buffered() > 0 {
		return false
	}
	if k.raw == nil {
		return true
	}
	k.alive = false
	return k.raw.Read(k.look) == nil && k.alive
}

// errTooMuch ends a header that is too long.
var errTooMuch = errors.New("more was sent than is read")

// limited reads from a connection what may be read, and counts it.
type limited conn

func (r *limited) Read(b []byte) (int, error) {
	if r.limit <= 0 {
		return 0, errTooMuch
	}
	if int64(len(b)) > r.limit {
		b = b[:r.limit]
	}
	n, err := r.Conn.Read(b)
	if n > 0 && r.got == 0 {
		r.firstAt = time.Now()
	}
	r.got += int64(n)
	r.ended = err != nil
	r.limit -= int64(n)
	return n, err
}

// sendError is a request that did not leave whole; nothing says that nothing of
// it did.
type sendError struct {
	err     error
	nothing bool
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

// exchange writes a request and reads the head of the answer.
func (k *conn) exchange(method string, request []byte) (*http.Response, error) {
	k.got, k.limit, k.firstAt, k.ended = 0, headerMost, time.Time{}, false
	var wrote chan error
	if len(request) <= writeAside {
		if n, err := k.Write(request); err != nil {
			return k.answered(method, &sendError{err, n == 0})
		}
	} else {
		wrote = make(chan error, 1)
		go func() {
			_, err := k.Write(request)
			wrote <- err
		}()
	}
	resp, err := k.head(method)
	if wrote == nil {
		return resp, err
	}
	select {
	case werr := <-wrote:
		if werr != nil && resp != nil {
			resp.Close = true // answered before it had everything
		}
	default:
		if resp != nil {
			resp.Close = true
		}
		k.cut()
		<-wrote
	}
	return resp, err
}

// answered looks for an answer after the request could not be written whole:
// a server that refuses early closes its side behind the answer.
func (k *conn) answered(method string, err *sendError) (*http.Response, error) {
	if err.nothing {
		return nil, err
	}
	resp, rerr := k.head(method)
	if rerr != nil {
		return nil, err
	}
	resp.Close = true
	return resp, nil
}

// head reads status and header of the answer.
func (k *conn) head(method string) (*http.Response, error) {
	var about *http.Request // nil stands for a request whose answer has a body
	if method == http.MethodHead {
		about = &http.Request{Method: method}
	}
	for range interimMost + 1 {
		resp, err := http.ReadResponse(k.in, about)
		if err != nil {
			return nil, err
		}
		if resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols || resp.StatusCode < 100 {
			return resp, nil
		}
	}
	return nil, errors.New("too many interim answers")
}

// body reads as much of the body as is recorded, and on until its end as far as
// it is worth it. whole says that it came to its end.
func (k *conn) body(resp *http.Response, b []byte, deadline time.Time) (_ []byte, more, whole bool) {
	if resp.Body == http.NoBody || resp.ContentLength == 0 {
		return b, false, true
	}
	k.limit = bodyDrain
	if resp.ContentLength < 0 || int64(k.in.Buffered()) < resp.ContentLength {
		if until := time.Now().Add(bodyPatience); until.Before(deadline) {
			k.SetReadDeadline(until)
		}
	}
	for len(b) < bodyMost {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := resp.Body.Read(b[len(b):min(cap(b), bodyMost)])
		b = b[:len(b)+n]
		if err != nil {
			return b, err != io.EOF, err == io.EOF
		}
	}
	n, err := io.Copy(io.Discard, resp.Body)
	return b, n > 0 || err != nil, err == nil
}

// keepFor is how long the far side lets the connection be idle, as far as it
// says so (RFC 9112 appendix A.2 leaves "Keep-Alive: timeout=5" to custom).
func keepFor(h http.Header) time.Duration {
	keep := keepIdle
	if v := h["Keep-Alive"]; len(v) == 1 {
		for part := range strings.SplitSeq(v[0], ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if n, err := strconv.Atoi(value); err == nil && strings.EqualFold(name, "timeout") {
				keep = min(keep, time.Duration(n)*time.Second-time.Second)
			}
		}
	}
	return keep
}
