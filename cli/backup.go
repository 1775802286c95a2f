package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/api/client"
	"github.com/wirechief/wirechief/app"
	"github.com/wirechief/wirechief/config"
)

// backup is `wirechief backup`.
type backup struct {
	connection
	Config string `name:"config" short:"c" help:"Configuration file of the installation: says where its server and its data are." placeholder:"FILE"`
	File   string `arg:"" help:"File to write; it must not exist. - writes to standard output."`
}

func (c *backup) Run(ctx context.Context, stdio IO) error {
	if c.File == "-" {
		_, err := c.write(ctx, stdio, stdio.Out)
		return err
	}
	if _, err := os.Stat(c.File); err == nil {
		return usagef("%s exists; a backup is never written over another file", c.File)
	}
	// The name appears when the backup is whole and on the disk.
	f, err := os.CreateTemp(filepath.Dir(c.File), filepath.Base(c.File)+".part-")
	if err != nil {
		return usageError{err}
	}
	defer os.Remove(f.Name())
	n, err := c.write(ctx, stdio, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), c.File); err != nil { // unlike a rename, it fails when the name is taken meanwhile
		return err
	}
	fmt.Fprintf(stdio.Err, "%s: %s\n", c.File, octets(n))
	return nil
}

// write gets the backup from the running server or, when none runs, from the
// data folder.
func (c *backup) write(ctx context.Context, stdio IO, w io.Writer) (int64, error) {
	bar := newProgress(stdio.Err, "backing up")
	defer bar.end()
	counted := &counter{w: w, tell: func(n int64) { bar.at(n, 0, octets) }}
	cl, cfg, err := c.server(stdio)
	if err != nil {
		return 0, err
	}
	if cl != nil {
		defer cl.Close()
		n, err := cl.Backup(ctx, counted)
		if cfg == nil || !isRefusedConnection(err) {
			return n, err
		}
	}
	a, err := app.Open(ctx, cfg)
	if err != nil {
		return 0, err
	}
	err = errors.Join(a.Backup(ctx, counted), a.Close())
	return counted.n, err
}

// server gives a client for the server; nil when it has never run.
func (c *backup) server(stdio IO) (*client.Client, *config.Config, error) {
	if c.Config == "" {
		cl, err := c.open(stdio)
		return cl, nil, err
	}
	cfg, err := load(c.Config, stdio)
	if err != nil {
		return nil, nil, err
	}
	token, err := app.ReadToken(cfg)
	if wirechief.KindOf(err) == wirechief.NotFound {
		return nil, cfg, nil
	}
	if err != nil {
		return nil, nil, err
	}
	scheme := "http://"
	if cfg.HTTP.TLS.Cert != "" {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(cfg.HTTP.Listen)
	if err != nil {
		return nil, nil, usageError{err}
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	flags := connection{Server: scheme + net.JoinHostPort(host, port), Token: token.Reveal()}
	if c.Server != "" {
		flags.Server = c.Server
	}
	cl, err := flags.open(stdio)
	return cl, cfg, err
}

func isRefusedConnection(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// restore is `wirechief restore`.
type restore struct {
	Config string `name:"config" short:"c" help:"Configuration file: says which data folder." placeholder:"FILE" required:""`
	File   string `arg:"" help:"File that backup wrote; - reads standard input."`
}

func (c *restore) Run(ctx context.Context, stdio IO) error {
	cfg, err := load(c.Config, stdio)
	if err != nil {
		return err
	}
	in, total := stdio.In, int64(0)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return usageError{err}
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			total = info.Size()
		}
		in = f
	}
	bar := newProgress(stdio.Err, "restoring")
	start := time.Now()
	counted := &counter{r: in, tell: func(n int64) { bar.at(n, total, octets) }}
	err = app.Restore(ctx, cfg, counted)
	bar.end()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdio.Err, "%s restored to %s in %s; start the server now\n", octets(counted.n), cfg.DataDir, time.Since(start).Round(time.Millisecond))
	return nil
}

// counter counts what passes.
type counter struct {
	w    io.Writer
	r    io.Reader
	n    int64
	tell func(int64)
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}
