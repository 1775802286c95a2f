package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits of a connection. A backup may take longer, and lifts those that are in
// its way.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 2 * time.Minute // of a whole request, its body included
	writeTimeout  = 2 * time.Minute // of an answer; what takes longer lifts it
	idleTimeout   = 2 * time.Minute
	headerBytes   = 64 << 10
)

// Listener serves a handler on one address. Make it with [Listen].
type Listener struct {
	net  net.Listener
	http *http.Server
	log  *slog.Logger

	once   sync.Once
	served chan struct{}
}

// Listen opens the socket. cert and key name PEM files; both empty: no TLS.
// Nothing is served before Start: who connects before waits.
func Listen(address, cert, key string, log *slog.Logger) (*Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	srv := &http.Server{
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			l.Close()
			return nil, err
		}
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return &Listener{net: l, http: srv, log: log, served: make(chan struct{})}, nil
}

// Addr is where it listens, with the port that was taken.
func (l *Listener) Addr() net.Addr { return l.net.Addr() }

// Start begins to serve the handler.
func (l *Listener) Start(h http.Handler) {
	l.once.Do(func() {
		l.http.Handler = h
		go func() {
			defer close(l.served)
			var err error
			if l.http.TLSConfig != nil {
				err = l.http.ServeTLS(l.net, "", "")
			} else {
				err = l.http.Serve(l.net)
			}
			if !errors.Is(err, http.ErrServerClosed) {
				l.log.Error("a listener has ended", "address", l.net.Addr().String(), "error", err)
			}
		}()
	})
}

// Stop takes no new requests and waits for those under way; when ctx ends
// first, their connections are cut.
func (l *Listener) Stop(ctx context.Context) error {
	started := true
	l.once.Do(func() { started = false; close(l.served) })
	if !started {
		return l.net.Close()
	}
	err := l.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, l.http.Close())
	}
	<-l.served
	return err
}
