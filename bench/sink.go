package bench

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Sink is the customers' endpoints: it answers every POST with 200. It takes
// what our delivery engine sends (HTTP/1.1 with a Content-Length) and little
// else, and so needs little of the CPU.
type Sink struct {
	// Got is called for each webhook, from many goroutines; body is valid
	// during the call only.
	Got func(path string, body []byte)
	// Delay says how long the answer to a path takes; nil: none.
	Delay func(path string) time.Duration

	l       net.Listener
	mu      sync.Mutex
	conns   map[net.Conn]bool
	closed  chan struct{}
	running sync.WaitGroup
}

// Listen opens the sink on a free port of the loopback.
func (s *Sink) Listen() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.l, s.conns, s.closed = l, make(map[net.Conn]bool), make(chan struct{})
	s.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns[conn] = true
			s.mu.Unlock()
			s.running.Go(func() {
				s.serve(conn)
				s.mu.Lock()
				delete(s.conns, conn)
				s.mu.Unlock()
				conn.Close()
			})
		}
	})
	return nil
}

// Address is where it listens.
func (s *Sink) Address() string { return s.l.Addr().String() }

// Close ends it.
func (s *Sink) Close() {
	close(s.closed)
	s.l.Close()
	s.mu.Lock()
	for conn := range s.conns {
		conn.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

var (
	sinkAnswer = []byte("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
	space      = []byte{' '}
)

func (s *Sink) serve(conn net.Conn) {
	in := bufio.NewReaderSize(conn, 8192)
	var body []byte
	for {
		path, length, err := readHead(in)
		if err != nil {
			return
		}
		body = append(body[:0], make([]byte, length)...)
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		if s.Got != nil {
			s.Got(path, body)
		}
		if s.Delay != nil {
			if d := s.Delay(path); d > 0 {
				select {
				case <-time.After(d):
				case <-s.closed:
					return
				}
			}
		}
		if _, err := conn.Write(sinkAnswer); err != nil {
			return
		}
	}
}

// readHead reads a request line and the header behind it.
func readHead(in *bufio.Reader) (path string, length int, err error) {
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return "", 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			parts := bytes.SplitN(line, space, 3)
			if len(parts) != 3 {
				return "", 0, errors.New("no request line")
			}
			path = string(parts[1])
		case len(line) == 0:
			return path, length, nil
		default:
			if n, ok := contentLength(line); ok {
				length = n
			}
		}
	}
}
