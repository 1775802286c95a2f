package wirechief_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/wirechief/wirechief"
)

func TestMoney(t *testing.T) {
	for _, tt := range []struct {
		in     string
		micros wirechief.Money
		out    string
	}{
		{"0", 0, "0.00"},
		{"250", 250_000_000, "250.00"},
		{"250.5", 250_500_000, "250.50"},
		{"250.00", 250_000_000, "250.00"},
		{"0.004", 4_000, "0.004"},
		{"-0.004", -4_000, "-0.004"},
		{"0.000001", 1, "0.000001"},
		{"1.230000", 1_230_000, "1.23"},
		{"1000.10", 1_000_100_000, "1000.10"},
		{"-0", 0, "0.00"},
		{"999999999999.999999", 999_999_999_999_999_999, "999999999999.999999"},
	} {
		m, err := wirechief.ParseMoney(tt.in)
		if err != nil || m != tt.micros || m.String() != tt.out {
			t.Errorf("%s: %d millionths, written %s (%v); want %d and %s", tt.in, int64(m), m, err, int64(tt.micros), tt.out)
		}
	}
	for _, s := range []string{
		"", "-", ".5", "+5", "--5", "1e3", "0x1", "1,5", "1 000", "1_000", "five", "1.2.3", "1.-5",
		"0.0000001", "1000000000000", "NaN", "٣",
	} {
		if m, err := wirechief.ParseMoney(s); wirechief.KindOf(err) != wirechief.Invalid {
			t.Errorf("%q is taken for %s (%v)", s, m, err)
		}
	}
}

// What was written is read back, exactly.
func TestMoneyRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		m := wirechief.Money(r.Int64N(1e18))
		m >>= r.IntN(60)
		if r.IntN(2) == 0 {
			m = -m
		}
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		var back wirechief.Money
		if err := json.Unmarshal(b, &back); err != nil || back != m {
			t.Fatalf("%d is written %s and read as %d (%v)", int64(m), b, int64(back), err)
		}
	}
}

// Keys on disk depend on it: it must never change.
func TestShardOf(t *testing.T) {
	for tenant, want := range map[string]wirechief.Shard{"": 453, "acme": 431, "globex": 142} {
		if got := wirechief.ShardOf(tenant); got >= wirechief.Shards {
			t.Errorf("shard %d of %q", got, tenant)
		} else if got != want {
			t.Errorf("the shard of %q is %d now, and was %d", tenant, got, want)
		}
	}
}
