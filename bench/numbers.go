package bench

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// inventory is how many numbers are on offer.
const inventory = 2_000_000

// numbers measures the life of numbers: starting with very many on offer, from
// a file and again, searching them over HTTP, and reading one that is owned
// through each API.
func numbers(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	start := time.Now()
	var written time.Duration
	in, err := o.install(ctx, plan{simulator: true, numbers: 100, more: func(dir string) (string, error) {
		defer func() { written = time.Since(start) }()
		return "offers: [{csv: offers.csv, carrier: main, capabilities: [voice, sms], price: \"1.00\"}]\n", writeOffers(filepath.Join(dir, "offers.csv"))
	}})
	if err != nil {
		return nil, join(err, in.close())
	}
	first := time.Since(start) - written
	if err := in.server.Stop(); err != nil {
		return nil, join(err, in.close())
	}
	start = time.Now()
	if err := in.start(ctx); err != nil {
		return nil, join(err, in.close())
	}
	again := time.Since(start)
	figures := []Figure{
		{Name: "ready, 2,000,000 offers read from a file", Value: first.Seconds(), Unit: "s", Lower: true},
		{Name: "ready again, the file unchanged", Value: again.Seconds(), Unit: "s", Least: 5, Aim: 5, Lower: true},
	}
	if memory := in.server.Memory(); memory > 0 {
		figures = append(figures, Figure{Name: "memory of the server then", Value: float64(memory) / 1e6, Unit: "MB", Lower: true})
	}
	more, err := in.searches(ctx, o)
	if err == nil {
		figures = append(figures, more...)
		more, err = in.reads(ctx, o)
		figures = append(figures, more...)
	}
	return figures, join(err, in.close())
}

// writeOffers writes numbers of 200 area codes, 10,000 each.
func writeOffers(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	w.WriteString("number,location\n")
	states := [...]string{"CA", "NY", "TX", "WA", "FL"}
	for i := range inventory {
		area, rest := i/10_000, i%10_000
		fmt.Fprintf(w, "+1%d%d%04d,%s\n", 201+area*3+area/3%2, 200+area*7%700+rest/1000, rest, states[area%len(states)])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// searches asks for numbers in the ways that people do, one after another.
func (in *installation) searches(ctx context.Context, o *Options) ([]Figure, error) {
	const asked = 2000
	r := rand.New(rand.NewPCG(1, 2)) // the same questions every time
	questions := make([]string, asked)
	for i := range questions {
		digits := func(n int) string {
			var b []byte
			for range n {
				b = append(b, byte('0'+r.IntN(10)))
			}
			return string(b)
		}
		questions[i] = [...]string{
			"area_code=" + strconv.Itoa(201+r.IntN(600)),
			"contains=" + digits(3), "contains=" + digits(4), "contains=" + digits(5), "contains=" + digits(7),
			"contains=" + digits(2) + "*" + digits(2), "contains=cab", "contains=pizza",
			"area_code=" + strconv.Itoa(201+r.IntN(600)) + "&contains=" + digits(3),
		}[i%9]
	}
	l := in.load(1, 1)
	head := basic(benchUser+"@bench.test/token", benchPassword)
	l.Request = func(buf []byte, i int) []byte {
		return append(append(append(append(buf, "GET /api/v2/channels/voice/phone_numbers/search?country=US&"...), questions[i]...), " HTTP/1.1\r\nHost: "+in.http...), head...)
	}
	sent, err := l.Run(ctx, asked, nil)
	if err == nil && sent.Accepted != asked {
		err = fmt.Errorf("%d of %d searches were answered; refused: %v", sent.Accepted, asked, sent.Refused)
	}
	return []Figure{
		{Name: "search over HTTP, p50", Value: ms(percentile(sent.Latency, 50)), Unit: "ms", Lower: true},
		{Name: "search over HTTP, p99", Value: ms(percentile(sent.Latency, 99)), Unit: "ms", Least: 20, Aim: 20, Lower: true},
	}, err
}

// reads reads owned numbers through each API at a constant rate.
func (in *installation) reads(ctx context.Context, o *Options) ([]Figure, error) {
	const rate, span = 1000, 5 * time.Second
	ids, err := in.zendeskIDs(ctx)
	if err != nil {
		return nil, err
	}
	var figures []Figure
	for _, api := range []struct {
		name, head string
		path       func(i int) string
	}{
		{"Message2Give", basic(benchUser, benchPassword), func(i int) string { return "/2019-01-23/organisations/4711/msns/" + numberOf(i%100) }},
		{"Fone Dynamics", basic(benchAccount, benchPassword), func(i int) string { return "/v2/Numbers/" + numberOf(i%100) }},
		{"Zendesk Talk", basic(benchUser+"@bench.test/token", benchPassword), func(i int) string {
			return "/api/v2/channels/voice/phone_numbers/" + strconv.FormatInt(ids[i%len(ids)], 10) + "?include=settings"
		}},
		{"BulkVS", basic(benchUser, benchPassword), func(i int) string { return "/api/v1.0/tnRecord?Number=" + numberOf(i%100) }},
		{"our own", "\r\nAuthorization: Bearer " + benchPassword + "-own\r\n\r\n", func(i int) string { return "/wirechief/v1/numbers/%2B" + numberOf(i%100) }},
	} {
		l := in.load(o.Callers, 1)
		l.Request = func(buf []byte, i int) []byte {
			return append(append(append(append(buf, "GET "...), api.path(i)...), " HTTP/1.1\r\nHost: "+in.http...), api.head...)
		}
		o.progress("reading through "+api.name, 0, 1)
		sent, err := l.Pace(ctx, rate, span, nil)
		if err == nil && sent.Accepted != int(rate*span.Seconds()) {
			err = fmt.Errorf("%d reads through %s were answered; refused: %v", sent.Accepted, api.name, sent.Refused)
		}
		if err != nil {
			return figures, err
		}
		figures = append(figures,
			Figure{Name: "a number through " + api.name + ", p50", Value: ms(percentile(sent.Latency, 50)), Unit: "ms", Lower: true},
			Figure{Name: "a number through " + api.name + ", p99", Value: ms(percentile(sent.Latency, 99)), Unit: "ms", Least: 5, Aim: 5, Lower: true})
	}
	return figures, nil
}

func basic(user, password string) string {
	return "\r\nAuthorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password)) + "\r\n\r\n"
}

// zendeskIDs gives the ids of the owned numbers.
func (in *installation) zendeskIDs(ctx context.Context) (ids []int64, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+in.http+"/api/v2/channels/voice/phone_numbers", nil)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(benchUser+"@bench.test/token", benchPassword)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var list struct {
		PhoneNumbers []struct{ ID int64 } `json:"phone_numbers"`
	}
	if err := json.Unmarshal(body, &list); err != nil || len(list.PhoneNumbers) == 0 {
		return nil, fmt.Errorf("the numbers cannot be listed: %d %s", resp.StatusCode, body)
	}
	for _, n := range list.PhoneNumbers {
		ids = append(ids, n.ID)
	}
	return ids, nil
}
