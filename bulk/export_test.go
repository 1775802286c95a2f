package bulk

import (
	"context"
	"io"
	"time"
)

// Kill ends the office as kill -9 does: what it did last reaches no disk.
func (o *Office) Kill(ctx context.Context) error {
	o.killed.Store(true)
	return o.Stop(ctx)
}

// SetAfter gives the test the hand on waiting.
func (o *Office) SetAfter(after func(time.Duration) <-chan time.Time) { o.after = after }

// Number reads a recipient.
func Number(cell string) (string, error) { return number(cell) }

// Fill fills a text in for each row of a file.
func Fill(file io.Reader, text string) (texts, bad []string, err error) {
	s, err := openSheet(file)
	if err != nil {
		return nil, nil, err
	}
	t, err := parseTemplate(text, s.columns)
	if err != nil {
		return nil, nil, err
	}
	for {
		cells, wrong, err := s.next()
		switch {
		case err == io.EOF:
			return texts, bad, nil
		case err != nil:
			return texts, bad, err
		case wrong != "":
			bad = append(bad, wrong)
		default:
			texts = append(texts, t.fill(cells))
		}
	}
}
