package offer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/e164"
	"github.com/wirechief/wirechief/offer"
)

func generated(t testing.TB, country string, areas []string, count int) []string {
	t.Helper()
	made, err := offer.Generate(country, areas, count)
	if err != nil {
		t.Fatal(err)
	}
	numbers := slices.Collect(made)
	if again := slices.Collect(made); !slices.Equal(numbers, again) {
		t.Errorf("%s %v: a second time gives other numbers", country, areas)
	}
	return numbers
}

func TestGenerate(t *testing.T) {
	tests := []struct {
		country string
		areas   []string
		first   string
		digits  int
	}{
		{"US", []string{"510", "240"}, "+15105550100", 11},
		{"US", []string{"800"}, "+18005550100", 11},
		{"CA", []string{"416", "604", "888"}, "+14165550100", 11},
		{"JM", []string{"876"}, "+18765550100", 11},
		{"GB", []string{"20", "161"}, "+442079460000", 12},
		{"GB", []string{"7700"}, "+447700900000", 12},
		{"GB", []string{"1534"}, "+441534200000", 12},
		{"AU", []string{"2", "4"}, "+61220000000", 11},
		{"IT", []string{"06"}, "+390620000000", 12},
		{"FR", []string{"6"}, "+33620000000", 11},
		{"DE", []string{"30"}, "+493020000000", 12},
		{"DK", nil, "+4520000000", 10},
	}
	for _, tt := range tests {
		numbers := generated(t, tt.country, tt.areas, 40_000)
		if numbers[0] != tt.first {
			t.Errorf("%s %v begins with %s, want %s", tt.country, tt.areas, numbers[0], tt.first)
		}
		if short := generated(t, tt.country, tt.areas, 500); !slices.Equal(short, numbers[:500]) {
			t.Errorf("%s %v: fewer numbers are other numbers", tt.country, tt.areas)
		}
		for _, n := range numbers {
			if !e164.IsNumber(n) || len(n) != tt.digits+1 {
				t.Fatalf("%s %v: %q is no number with %d digits", tt.country, tt.areas, n, tt.digits)
			}
		}
		// The plan reads them, a blank makes it look.
		for _, n := range numbers[:20] {
			if got, err := e164.Parse(n[:3]+" "+n[3:], ""); got != n {
				t.Errorf("%s is read as %q, %v", n, got, err)
			}
		}
		slices.Sort(numbers)
		if len(slices.Compact(numbers)) != 40_000 {
			t.Errorf("%s %v: a number comes twice", tt.country, tt.areas)
		}
	}
}

// Every area code has its share, every exchange is one, and what is reserved
// comes once.
func TestGenerateNorthAmerica(t *testing.T) {
	count := make(map[string]int)
	fiction := 0
	for _, n := range generated(t, "US", []string{"510", "240", "212"}, 100_001) {
		count[n[2:5]]++
		if exchange := n[5:8]; exchange == "555" {
			fiction++
		} else if exchange[1:] == "11" || !e164.IsNANP(n) {
			t.Fatalf("%s is a service", n)
		}
	}
	if count["510"] != 33_334 || count["240"] != 33_334 || count["212"] != 33_333 || fiction != 300 {
		t.Errorf("%v, of them %d set aside for fiction", count, fiction)
	}
}

// An area that is full has every number it can have, each once.
func TestGenerateAll(t *testing.T) {
	numbers := generated(t, "GB", []string{"2079", "7700900"}, 1600)
	slices.Sort(numbers)
	if got := len(slices.Compact(numbers)); got != 1600 {
		t.Errorf("%d different numbers of 1600", got)
	}
	if _, err := offer.Generate("GB", []string{"7700900"}, 1001); err == nil {
		t.Error("1001 numbers out of 1000")
	}
	full := generated(t, "GB", []string{"77009"}, 80_000)
	slices.Sort(full)
	if got := len(slices.Compact(full)); got != 80_000 {
		t.Errorf("%d different numbers of 80000", got)
	}
}

func TestGenerateRefuses(t *testing.T) {
	tests := []struct {
		country string
		areas   []string
		count   int
		field   string
	}{
		{"usa", nil, 1, "country"},
		{"us", []string{"510"}, 1, "country"},
		{"US", nil, 1, "area_codes"},
		{"US", []string{"5100"}, 1, "area_codes"},
		{"US", []string{"911"}, 1, "area_codes"},
		{"US", []string{"110"}, 1, "area_codes"},
		{"US", []string{"416"}, 1, "area_codes"},
		{"US", []string{"510", "510"}, 1, "area_codes"},
		{"US", []string{strings.Repeat("5", 99)}, 1, "area_codes"},
		{"GB", []string{"20", "207"}, 1, "area_codes"},
		{"GB", []string{"020"}, 1, "area_codes"},
		{"GB", []string{"2079460000"}, 1, "area_codes"},
		{"GB", []string{"+20"}, 1, "area_codes"},
		{"XX", []string{"20"}, 1, "area_codes"},
		{"US", []string{"510"}, -1, "count"},
		{"US", []string{"510"}, 10_000_001, "count"},
		{"US", []string{"510"}, 7_910_101, "count"},
	}
	for _, tt := range tests {
		_, err := offer.Generate(tt.country, tt.areas, tt.count)
		if e, ok := errors.AsType[*wirechief.Error](err); !ok || e.Kind != wirechief.Invalid || e.Field != tt.field {
			t.Errorf("%s %v %d: %v, want an error about %s", tt.country, tt.areas, tt.count, err, tt.field)
		}
	}
	if _, err := offer.Generate("US", []string{"510"}, 7_910_100); err != nil {
		t.Error(err)
	}
}
