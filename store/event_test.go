package store_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store"
)

var t0 = time.Date(2026, 9, 16, 2, 47, 0, 123456789, time.UTC)

// awkward are strings that JSON has to escape, or that look as if.
var awkward = []string{
	"", "plain", "two words", `a "quoted" word`, `back\slash`, "line\nbreak\ttab\r", "NUL \x00 and \x1f", "<b>&amp;</b>",
	"é ü € 漢字 😀", "line separator \u2028 \u2029", "DEL \x7f", `"type":"receipt"`, "]}{[",
}

// broken are strings that are no text: they come back with U+FFFD in them.
var broken = []string{"half a pair \xed\xa0\x80", "not UTF-8 \xff\xfe"}

// fill sets every field of a struct to something that is not its zero value,
// so that a field that is added to the domain is in these tests.
func fill(v reflect.Value, r *rand.Rand) {
	text := awkward[1:]
	switch v.Kind() {
	case reflect.String:
		v.SetString(text[r.IntN(len(text))])
	case reflect.Int, reflect.Int64:
		v.SetInt(1 + r.Int64N(1<<53-1))
	case reflect.Float64:
		v.SetFloat(float64(1+r.IntN(1e6)) / 4)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		n := 1 + r.IntN(3)
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			fill(v.Index(i), r)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, r)
		fill(value, r)
		v.SetMapIndex(key, value)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), r)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(t0.Add(time.Duration(r.Int64N(1e15)))))
			return
		}
		for i := range v.NumField() {
			fill(v.Field(i), r)
		}
	default:
		panic("a field of kind " + v.Kind().String() + ": say how to fill it")
	}
}

// TestEventsAreWrittenAsEncodingJSONWould compares octet for octet: with all
// fields set, with none, and with each alone.
func TestEventsAreWrittenAsEncodingJSONWould(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var events []wirechief.Event
	for range 50 {
		var full wirechief.Event
		fill(reflect.ValueOf(&full).Elem(), r)
		events = append(events, full)
		for i := range reflect.TypeFor[wirechief.Detail]().NumField() {
			alone := wirechief.Event{At: full.At, Type: full.Type}
			reflect.ValueOf(&alone.Detail).Elem().Field(i).Set(reflect.ValueOf(full.Detail).Field(i))
			events = append(events, alone)
		}
	}
	for _, s := range slices.Concat(awkward, broken) {
		events = append(events, wirechief.Event{At: t0, Type: wirechief.EventReceipt, Detail: wirechief.Detail{Raw: s, CarrierIDs: []string{s, s}}})
	}
	events = append(
		events,
		wirechief.Event{},
		wirechief.Event{At: t0.Truncate(time.Second), Type: wirechief.EventAccepted},
		wirechief.Event{At: t0.Truncate(time.Millisecond), Type: wirechief.EventAccepted},
		wirechief.Event{At: t0, Type: wirechief.EventExpired, Detail: wirechief.Detail{Missing: []int{2, -1, 0}, CarrierIDs: []string{}}},
	)
	for _, e := range events {
		want, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.AppendEvents([]byte("before "), []wirechief.Event{e})
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != "before "+string(want)+"\n" {
			t.Fatalf("%+v is written\n%s, and encoding/json writes\n%s", e, got, want)
		}
	}
}

// A clock may have a zone; what is written is UTC.
func TestEventsAreWrittenInUTC(t *testing.T) {
	zone := time.FixedZone("", -7*3600)
	got, err := store.AppendEvents(nil, []wirechief.Event{{
		At: t0.In(zone), Type: wirechief.EventThrottled, Detail: wirechief.Detail{NextAt: t0.In(zone).Add(time.Second)},
	}})
	want := `{"at":"2026-09-16T02:47:00.123456789Z","type":"throttled","detail":{"next_at":"2026-09-16T02:47:01.123456789Z"}}` + "\n"
	if err != nil || string(got) != want {
		t.Errorf("%s (%v)", got, err)
	}
}

// What was written is read back, and what was written before stays.
func TestHistoryRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var want []wirechief.Event
	var history []byte
	for range 200 {
		added := make([]wirechief.Event, r.IntN(3))
		for i := range added {
			fill(reflect.ValueOf(&added[i]).Elem(), r)
		}
		before := bytes.Clone(history)
		var err error
		if history, err = store.AppendEvents(history, added); err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(history, before) {
			t.Fatal("what was written before has changed")
		}
		want = append(want, added...)
	}
	got, err := store.Lines[wirechief.Event](history)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Only receipts are read, all of them, and nothing that merely mentions them.
func TestReceipts(t *testing.T) {
	var want []wirechief.Event
	var history []byte
	for i, text := range awkward {
		receipt := wirechief.Event{At: t0, Type: wirechief.EventReceipt, Detail: wirechief.Detail{
			CarrierIDs: []string{"1"}, State: wirechief.ReceiptDelivered, Part: i + 1, Raw: text,
		}}
		var err error
		history, err = store.AppendEvents(history, []wirechief.Event{
			{At: t0, Type: wirechief.EventSubmitted, Detail: wirechief.Detail{Text: text, Because: `"type":"receipt"`}},
			receipt,
			{At: t0, Type: wirechief.EventDelivered, Detail: wirechief.Detail{Kind: "receipt"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, receipt)
	}
	got, err := store.Receipts(history)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got, err := store.Receipts(nil); got != nil || err != nil {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}

func TestDamageIsTold(t *testing.T) {
	good := `{"at":"2026-09-16T02:47:00Z","type":"receipt","detail":{}}` + "\n"
	for _, history := range []string{good + "{", good + good[:20], good + "\n", "null]\n"} {
		if _, err := store.Lines[wirechief.Event]([]byte(history)); err == nil {
			t.Errorf("%q is read", history)
		}
	}
	if _, err := store.Receipts([]byte(good[:len(good)-3])); err == nil {
		t.Error("half a receipt is read")
	}
}

func BenchmarkAppendEvents(b *testing.B) {
	events := []wirechief.Event{
		{At: t0, Type: wirechief.EventAccepted, Detail: wirechief.Detail{Dialect: "bulkvs"}},
		{At: t0, Type: wirechief.EventRouted, Detail: wirechief.Detail{Carrier: "main", Route: []string{"upstream"}, Because: `route "+1"`}},
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = store.AppendEvents(buf[:0], events); err != nil {
			b.Fatal(err)
		}
	}
}
