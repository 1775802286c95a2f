package console_test

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// listen opens the live stream for a topic. next reads on to a fragment that
// holds a text, and gives it; the test ends with the stream when none comes.
func (b *browser) listen(t *testing.T, topic string) (stream io.Closer, next func(want string) string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.h.URL()+"/stream?"+url.Values{"topics": {topic}}.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(resp.Body)
	return resp.Body, func(want string) string {
		t.Helper()
		var event strings.Builder
		for lines.Scan() {
			data, isData := strings.CutPrefix(lines.Text(), "data: ")
			if isData {
				event.WriteString(data + "\n")
			}
			if lines.Text() == "" {
				if strings.Contains(event.String(), want) {
					return event.String()
				}
				event.Reset()
			}
		}
		t.Fatalf("the stream ended before it said %q: %v", want, lines.Err())
		return ""
	}
}
