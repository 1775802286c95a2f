package bench

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
)

// profileSeconds is about how long the default number of messages takes.
const profileSeconds = 8

// profile begins to take a CPU profile of the server, if one is wanted, and
// gives what waits for its end.
func (o *Options) profile(ctx context.Context, in *installation) (wait func() error) {
	if o.Profile == "" {
		return func() error { return nil }
	}
	done := make(chan error, 1)
	go func() {
		done <- fetchFile(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", in.observe, profileSeconds), o.Profile)
	}()
	return func() error { return <-done }
}

func fetchFile(ctx context.Context, url, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, resp.Body)
	return join(err, f.Close())
}
