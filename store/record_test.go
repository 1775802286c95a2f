package store_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

func TestStrings(t *testing.T) {
	lists := [][]string{nil, {""}, {"a", "b"}, {"", ""}, {`","`}, {`["a"]`}, {`a"]`, "b"}}
	for _, s := range awkward {
		lists = append(lists, []string{s}, []string{"x", s, "y"})
	}
	for _, list := range lists {
		text := store.Strings(list)
		got, err := store.ParseStrings(text)
		if err != nil || !cmp.Equal(list, got) {
			t.Errorf("%q is written %s and read %q (%v)", list, text, got, err)
		}
		if (text == "") != (len(list) == 0) {
			t.Errorf("%q is written %q", list, text)
		}
		if len(list) > 0 {
			if want, _ := json.Marshal(list); text != string(want) {
				t.Errorf("%q is written %s, not %s", list, text, want)
			}
		}
	}
	for _, s := range []string{"a", `["a"`, `"a"`, `{"a":1}`, `[1]`, `["a",]`, `["a" "b"]`, `["a"]]`} {
		if got, err := store.ParseStrings(s); err == nil {
			t.Errorf("%s is read as %q", s, got)
		}
	}
}

// The short way of reading must take nothing that the long one would read otherwise.
func FuzzParseStrings(f *testing.F) {
	for _, seed := range []string{"", "[]", `["1162999967"]`, `["a","b"]`, `["\u00e9"]`, `["a"`, `[""]`, `["]`, `["","]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := store.ParseStrings(s)
		if s == "" {
			return
		}
		var want []string
		wantErr := json.Unmarshal([]byte(s), &want)
		if (err == nil) != (wantErr == nil) || err == nil && !cmp.Equal(want, got) {
			t.Errorf("%q is read as %q (%v), and by encoding/json as %q (%v)", s, got, err, want, wantErr)
		}
	})
}

func TestMedia(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 4 {
		var want []wirechief.MediaItem
		for range n {
			var item wirechief.MediaItem
			fill(reflect.ValueOf(&item).Elem(), r)
			item.Source, item.Token = "https://a.test/1.png?a=1&b=<2>", "abc"
			item.Type, item.Ext = "image/png", ".png"
			want = append(want, item)
		}
		text, err := store.Media(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.ParseMedia(text)
		if err != nil || !cmp.Equal(want, got) {
			t.Errorf("%+v is written %s and read %+v (%v)", want, text, got, err)
		}
	}
	if _, err := store.ParseMedia("[{"); err == nil {
		t.Error("half a list is read")
	}
}

// Attempts are lines like events, written by encoding/json alone.
func TestAttempts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	var want []wirechief.Attempt
	var lines []byte
	for range 20 {
		var a wirechief.Attempt
		fill(reflect.ValueOf(&a).Elem(), r)
		var err error
		if lines, err = store.AppendLines(lines, []wirechief.Attempt{a}); err != nil {
			t.Fatal(err)
		}
		want = append(want, a)
	}
	got, err := store.Lines[wirechief.Attempt](lines)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestInstants(t *testing.T) {
	for _, tt := range []struct {
		at     time.Time
		micros int64
	}{
		{time.Time{}, 0},
		{t0, t0.UnixMicro()},
		{t0.In(time.FixedZone("", 3600)), t0.UnixMicro()},
		{time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), -1_000_000},
	} {
		us := store.Micros(tt.at)
		back := store.Instant(us)
		if us != tt.micros || !back.Equal(tt.at.Truncate(time.Microsecond)) || !back.IsZero() && back.Location() != time.UTC {
			t.Errorf("%v is kept as %d and read as %v", tt.at, us, back)
		}
	}
}
