package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/app"
	"github.com/wirechief/wirechief/config"
	"github.com/wirechief/wirechief/observe"
)

// stopTime is how long what is under way may take after SIGTERM.
const stopTime = 30 * time.Second

// serve is `wirechief serve`.
type serve struct {
	Config string `name:"config" short:"c" help:"Configuration file." placeholder:"FILE" required:""`
}

func (c *serve) Run(ctx context.Context, stdio IO) error {
	cfg, err := load(c.Config, stdio)
	if err != nil {
		return err
	}
	return run(ctx, cfg, stdio, false, nil)
}

// load reads a configuration; what is wrong with it is bad usage.
func load(path string, stdio IO) (*config.Config, error) {
	cfg, err := config.Load(path, stdio.Env)
	if err == nil {
		err = app.Check(cfg)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

// run runs an installation until ctx ends. started, if not nil, is called once
// everything is up.
func run(ctx context.Context, cfg *config.Config, stdio IO, demo bool, started func(*app.App) error) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		return usageError{err}
	}
	log := observe.NewLog(stdio.Err, level, cfg.Log.Format)
	// What lives long is small here, and most of the garbage is a message's few
	// kilobytes: collecting less often saves more CPU than it costs memory
	// (docs/performance.md; 200 saved no more and cost 9 MB).
	if _, set := stdio.Env("GOGC"); !set {
		defer debug.SetGCPercent(debug.SetGCPercent(150))
	}
	a, err := app.New(ctx, cfg, app.Options{Log: log, Version: Version(), Demo: demo})
	if err != nil {
		return misconfigured(err)
	}
	patience := stopTime
	stop := func() error {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return a.Stop(ctx)
	}
	if err := a.Start(ctx); err != nil {
		return misconfigured(errors.Join(err, stop()))
	}
	if started != nil {
		if err := started(a); err != nil {
			return errors.Join(err, stop())
		}
	}
	select {
	case err := <-a.Failed():
		patience = 2 * time.Second // nothing can be kept any more: what is done by then is done
		return errors.Join(fmt.Errorf("the disk failed to keep what was written, so this process ends; look at the disk, then start it again: %w", err), stop())
	case <-ctx.Done():
	}
	log.Info("stopping", "most", stopTime)
	if err := stop(); err != nil {
		return err
	}
	log.Info("stopped; everything accepted is kept")
	return nil
}

// misconfigured makes errors that only the operator's files can mend bad usage.
func misconfigured(err error) error {
	switch wirechief.KindOf(err) {
	case wirechief.Invalid, wirechief.Conflict, wirechief.NotFound:
		return usageError{err}
	}
	return err
}

// configs is `wirechief config`.
type configs struct {
	Check checkConfig `cmd:"" help:"Judge a configuration and print what holds, secrets as set or not set."`
}

type checkConfig struct {
	Config string `name:"config" short:"c" help:"Configuration file." placeholder:"FILE" required:""`
}

func (c *checkConfig) Run(ctx context.Context, stdio IO) error {
	cfg, err := load(c.Config, stdio)
	if err != nil {
		return err
	}
	if err := app.CheckState(ctx, cfg); err != nil {
		return usageError{err}
	}
	if err := cfg.Summary(stdio.Out); err != nil {
		return err
	}
	if cfg.State == "" {
		fmt.Fprintf(stdio.Err, "%s is all right; it names no state file\n", c.Config)
	} else {
		fmt.Fprintf(stdio.Err, "%s and %s are all right\n", c.Config, cfg.State)
	}
	if len(cfg.Carriers) == 0 {
		fmt.Fprintln(stdio.Err, "there is no carrier: nothing can be sent")
	}
	return nil
}
