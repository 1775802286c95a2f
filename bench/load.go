package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Load is a number of callers that send texts through the BulkVS API, each
// over one connection, the next request when the last was answered. It writes
// and reads octets by itself, so that it takes little of the CPU that the
// server should have.
type Load struct {
	Address  string // of the server, host:port
	User     string
	Password string
	From     []string // senders, used in turn; 11 digits
	Text     string
	Callers  int
	// Request writes the i-th request instead of a text; nil: texts.
	Request func(buf []byte, i int) []byte
}

// Sent is what came of a load.
type Sent struct {
	Accepted int
	Refused  map[int]int // by status; empty when all is well
	Took     time.Duration
	Latency  []time.Duration // of each request, in no order
}

// recipient is the i-th handset: a number that no simulator treats specially.
func recipient(i int) string {
	return "1312" + strconv.Itoa(200+i/9000%700) + strconv.Itoa(1000+i%9000)
}

// request writes the i-th request.
func (l *Load) request(buf []byte, head string, i int) []byte {
	body := fmt.Sprintf(`{"From":"%s","To":["%s"],"Message":"%s"}`, l.From[i%len(l.From)], recipient(i), l.Text)
	buf = append(buf[:0], head...)
	buf = strconv.AppendInt(buf, int64(len(body)), 10)
	buf = append(buf, "\r\n\r\n"...)
	return append(buf, body...)
}

func (l *Load) head() string {
	return "POST /api/v1.0/messageSend HTTP/1.1\r\nHost: " + l.Address + "\r\nAuthorization: Basic " +
		base64.StdEncoding.EncodeToString([]byte(l.User+":"+l.Password)) +
		"\r\nContent-Type: application/json\r\nContent-Length: "
}

// Run sends the given number of texts as fast as the server answers. told, if
// not nil, is called with the RefId of each that was accepted and the instant
// at which its request was begun; it is called from all callers at once.
func (l *Load) Run(ctx context.Context, messages int, told func(ref string, at time.Time)) (Sent, error) {
	var next atomic.Int64
	return l.run(ctx, func() (int, time.Time, bool) {
		i := int(next.Add(1)) - 1
		return i, time.Time{}, i < messages
	}, told)
}

// Pace sends at a constant rate, whether or not earlier requests have been
// answered (as far as there are callers), for a time. A request that leaves
// late counts from when it should have left, so that waiting is not hidden.
func (l *Load) Pace(ctx context.Context, perSecond int, d time.Duration, told func(ref string, at time.Time)) (Sent, error) {
	start := time.Now()
	total := int(d.Seconds() * float64(perSecond))
	var next atomic.Int64
	return l.run(ctx, func() (int, time.Time, bool) {
		i := int(next.Add(1)) - 1
		return i, start.Add(time.Duration(i) * time.Second / time.Duration(perSecond)), i < total
	}, told)
}

func (l *Load) run(ctx context.Context, next func() (i int, at time.Time, more bool), told func(string, time.Time)) (Sent, error) {
	sent := Sent{Refused: make(map[int]int)}
	var mu sync.Mutex
	var failure error
	var callers sync.WaitGroup
	start := time.Now()
	for range l.Callers {
		callers.Go(func() {
			latency, refused, err := l.call(ctx, next, told)
			mu.Lock()
			defer mu.Unlock()
			sent.Latency = append(sent.Latency, latency...)
			for status, n := range refused {
				sent.Refused[status] += n
			}
			failure = errors.Join(failure, err)
		})
	}
	callers.Wait()
	sent.Took = time.Since(start)
	sent.Accepted = len(sent.Latency)
	return sent, failure
}

// call is one caller.
func (l *Load) call(ctx context.Context, next func() (int, time.Time, bool), told func(string, time.Time)) ([]time.Duration, map[int]int, error) {
	conn, err := net.Dial("tcp", l.Address)
	if err != nil {
		return nil, nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	in := bufio.NewReaderSize(conn, 64<<10)
	head, buf := l.head(), []byte(nil)
	var latency []time.Duration
	refused := make(map[int]int)
	for {
		i, at, more := next()
		if !more {
			return latency, refused, nil
		}
		if wait := time.Until(at); !at.IsZero() && wait > 0 {
			select {
			case <-ctx.Done():
				return latency, refused, ctx.Err()
			case <-time.After(wait):
			}
		}
		if at.IsZero() {
			at = time.Now()
		}
		if l.Request != nil {
			buf = l.Request(buf[:0], i)
		} else {
			buf = l.request(buf, head, i)
		}
		if _, err := conn.Write(buf); err != nil {
			return latency, refused, err
		}
		status, body, err := readAnswer(in)
		if err != nil {
			return latency, refused, fmt.Errorf("reading an answer: %w", err)
		}
		if status != 200 {
			refused[status]++
			continue
		}
		latency = append(latency, time.Since(at))
		if told != nil {
			told(refOf(body), at)
		}
	}
}

// readAnswer reads an HTTP answer that has a Content-Length.
func readAnswer(in *bufio.Reader) (status int, body []byte, err error) {
	length := -1
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			if len(line) < 12 {
				return 0, nil, fmt.Errorf("the answer begins with %q", line)
			}
			if status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, nil, err
			}
		case len(line) == 0:
			if length < 0 {
				return 0, nil, errors.New("the answer has no Content-Length")
			}
			body, err = in.Peek(length)
			if err != nil {
				return 0, nil, err
			}
			_, err = in.Discard(length) // what Peek gave stays until the next read
			return status, body, err
		default:
			if n, ok := contentLength(line); ok {
				length = n
			}
		}
	}
}

var lengthName = []byte("content-length:")

// contentLength reads the header field of that name.
func contentLength(line []byte) (int, bool) {
	if len(line) < len(lengthName) || !bytes.EqualFold(line[:len(lengthName)], lengthName) {
		return 0, false
	}
	n, err := strconv.Atoi(string(bytes.TrimSpace(line[len(lengthName):])))
	return n, err == nil && n >= 0
}

var refKey = []byte(`"RefId":"`)

// refOf finds the RefId in an answer or a webhook.
func refOf(body []byte) string {
	_, rest, ok := bytes.Cut(body, refKey)
	if !ok {
		return ""
	}
	ref, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(ref)
}
