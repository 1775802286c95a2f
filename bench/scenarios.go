package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/wirechief/wirechief/carrier/carriertest"
	"github.com/wirechief/wirechief/carrier/smpp/pdu"
)

// inbound lets the carrier bring texts, which are acknowledged once on disk,
// and waits for the customer to be told of all of them.
func inbound(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	t := newTally(o.Messages, false, func(n int64) { o.progress("inbound", n, int64(o.Messages)) })
	in, err := o.install(ctx, plan{got: t.got})
	if err != nil {
		return nil, join(err, in.close())
	}
	start := time.Now()
	for i := range o.Messages {
		in.smsc.Deliver(pdu.Message{
			Source: pdu.Address{TON: 1, NPI: 1, Addr: recipient(i)}, Dest: pdu.Address{TON: 1, NPI: 1, Addr: numberOf(0)},
			Short: "A text of the load test, forty characters",
		})
	}
	err = in.smsc.Wait(ctx, func(s carriertest.Stats) bool { return s.TextsKept+s.TextsRefused >= o.Messages })
	acknowledged := time.Since(start)
	if err == nil && in.smsc.Stats().TextsRefused > 0 {
		err = fmt.Errorf("%d texts were refused", in.smsc.Stats().TextsRefused)
	}
	if err == nil {
		err = t.wait(ctx)
	}
	told := time.Since(start)
	if err := join(err, in.close()); err != nil {
		return nil, err
	}
	n := float64(o.Messages)
	return []Figure{
		{Name: "inbound acknowledged", Value: n / acknowledged.Seconds(), Unit: "/s", Least: 5000, Aim: 10000},
		{Name: "inbound told", Value: n / told.Seconds(), Unit: "/s"},
	}, nil
}

// fill queues messages for a carrier that is away.
func fill(ctx context.Context, o *Options, in *installation, messages int, what string) error {
	const slice = 5000
	for done := 0; done < messages; done += slice {
		sent, err := in.load(o.Callers, 1).Run(ctx, min(slice, messages-done), nil)
		if err != nil {
			return err
		}
		if len(sent.Refused) > 0 {
			return fmt.Errorf("messages were refused while the queue was filled: %v", sent.Refused)
		}
		o.progress(what, int64(done+slice), int64(messages))
	}
	return nil
}

// queued reads the memory with many messages waiting for a carrier.
func queued(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	in, err := o.install(ctx, plan{smsc: carriertest.Behaviour{HangUp: true}})
	if err == nil {
		err = fill(ctx, o, in, 50_000, "queue")
	}
	var memory int64
	if err == nil {
		memory = in.server.Memory()
	}
	if err := join(err, in.close()); err != nil {
		return nil, err
	}
	if memory == 0 {
		return nil, nil
	}
	return []Figure{{Name: "memory with 50,000 queued", Value: float64(memory) / 1e6, Unit: "MB", Least: 100, Aim: 60, Lower: true}}, nil
}

// restart kills the server with many messages waiting and times its return;
// then the carrier comes back, and every message must arrive.
func restart(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	const messages = 100_000
	t := newTally(messages, true, func(n int64) { o.progress("restart, draining", n, messages) })
	in, err := o.install(ctx, plan{smsc: carriertest.Behaviour{HangUp: true}, got: t.got})
	if err == nil {
		err = fill(ctx, o, in, messages, "restart")
	}
	var took time.Duration
	var used float64
	if err == nil {
		in.server.Kill()
		start := time.Now()
		err = in.start(ctx)
		took = time.Since(start)
	}
	if err == nil {
		in.smsc.Behave(func(b *carriertest.Behaviour) { b.HangUp = false })
		start := time.Now()
		err = t.wait(ctx)
		used = messages / time.Since(start).Seconds()
	}
	if err := join(err, in.close()); err != nil {
		return nil, err
	}
	return []Figure{
		{Name: "ready after kill -9, 100,000 queued", Value: took.Seconds(), Unit: "s", Least: 2, Aim: 1, Lower: true},
		{Name: "queue drained", Value: used, Unit: "/s"},
	}, nil
}

// fairness compares the quick endpoints' times with and without a slow one
// among them: three times each in turn, so that what else the machine does
// meets both, and the medians of the three.
func fairness(ctx context.Context, o *Options) ([]Figure, error) {
	o.defaults()
	var alone, beside []float64
	for range 3 {
		times, err := tenEndpoints(ctx, o, 0, "fairness, all quick")
		if err != nil {
			return nil, err
		}
		alone = append(alone, ms(percentile(times, 99)))
		times, err = tenEndpoints(ctx, o, 4900*time.Millisecond, "fairness, one slow")
		if err != nil {
			return nil, err
		}
		beside = append(beside, ms(percentile(times, 99)))
	}
	slices.Sort(alone)
	slices.Sort(beside)
	return []Figure{
		{Name: "quick endpoints p99, all quick", Value: alone[1], Unit: "ms", Lower: true},
		{Name: "quick endpoints p99, one of ten slow", Value: beside[1], Unit: "ms", Lower: true},
		{Name: "the same as a ratio", Value: beside[1] / alone[1], Unit: "×", Least: 2, Aim: 1.2, Lower: true},
	}, nil
}

// tenEndpoints sends from ten numbers with an endpoint each, the first of which
// takes its time, and gives the times of the other nine.
func tenEndpoints(ctx context.Context, o *Options, slow time.Duration, what string) ([]time.Duration, error) {
	const rate, span, endpoints = 200, 10 * time.Second, 10
	total := int(rate * span.Seconds())
	quick := total - total/endpoints
	c := newClocks()
	t := newTally(quick, false, func(n int64) { o.progress(what, n, int64(quick)) })
	in, err := o.install(ctx, plan{
		numbers: endpoints, simulator: o.Simulator,
		delay: func(path string) time.Duration {
			if path == "/0" {
				return slow
			}
			return 0
		},
		got: func(path string, body []byte) {
			if path == "/0" {
				return
			}
			c.arrived(refOf(body))
			t.got(path, body)
		},
	})
	if err != nil {
		return nil, join(err, in.close())
	}
	sent, err := in.load(o.Callers, endpoints).Pace(ctx, rate, span, c.sent)
	if err == nil && sent.Accepted != total {
		err = fmt.Errorf("%d of %d were accepted; refused: %v", sent.Accepted, total, sent.Refused)
	}
	if err == nil {
		err = t.wait(ctx)
	}
	if slow > 0 { // what waits for the slow endpoint is not waited for
		in.server.Kill()
	}
	return c.times(), join(err, in.close())
}
