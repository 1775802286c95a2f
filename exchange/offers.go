package exchange

import (
	"context"
	"crypto/aes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/carrier"
)

// OfferPage is what a search found.
type OfferPage struct {
	Offers []wirechief.Offer
	More   bool // there are more after these
}

// liveTime is how long a search waits for carriers that are asked live.
const liveTime = 5 * time.Second

// liveMost is how many numbers a carrier is asked for at once at most, and so
// how far one can turn the pages of what carriers have to be asked for.
const liveMost = 1000

// SearchOffers looks for numbers to buy: in memory, and when that does not fill
// the page at the carriers that have numbers to sell, whose pages follow on
// those from memory. It is a hint: only an order or a reservation says who gets
// a number.
func (x *Exchange) SearchOffers(ctx context.Context, _ wirechief.Principal, q wirechief.OfferQuery) (OfferPage, error) {
	found, err := x.offers.Search(q)
	if err != nil {
		return OfferPage{}, err
	}
	page := OfferPage{found.Offers, found.More}
	room := orDefault(q.Limit, 50) - len(page.Offers)
	from := q.Offset - found.Skipped // of the carriers' offers
	if page.More || from >= liveMost {
		return page, nil
	}
	q.Limit, q.Offset = min(from+room+1, liveMost), 0
	live := x.searchLive(ctx, q)
	live = live[min(from, len(live)):]
	page.More = len(live) > room
	page.Offers = append(page.Offers, live[:min(room, len(live))]...)
	slices.SortFunc(page.Offers, func(a, b wirechief.Offer) int { return strings.Compare(a.Number, b.Number) })
	return page, nil
}

func orDefault(n, d int) int {
	if n == 0 {
		return d
	}
	return n
}

// searchLive gives what carriers offer that have to be asked, in the order of
// the numbers: what is not on offer by itself.
func (x *Exchange) searchLive(ctx context.Context, q wirechief.OfferQuery) []wirechief.Offer {
	ctx, cancel := context.WithTimeout(ctx, liveTime)
	defer cancel()
	answers := make([][]wirechief.Offer, len(x.carriers))
	var asked sync.WaitGroup
	for i, c := range x.carriers {
		source, ok := c.(carrier.NumberSource)
		if !ok || !c.Abilities().Has(carrier.Search) || q.Carrier != "" && q.Carrier != c.Name() {
			continue
		}
		asked.Go(func() {
			list, err := source.SearchNumbers(ctx, q)
			if err != nil {
				x.Log.WarnContext(ctx, "a carrier could not be asked for numbers", "carrier", c.Name(), "error", err)
			}
			answers[i] = list
		})
	}
	asked.Wait()
	live := slices.DeleteFunc(slices.Concat(answers...), func(o wirechief.Offer) bool {
		if n := x.dir.number(o.Number); n != nil && n.State != wirechief.NumberAvailable {
			return true
		}
		_, here := x.offers.Get(o.Number)
		return here
	})
	// Of two carriers that have a number the first one sells it.
	slices.SortStableFunc(live, func(a, b wirechief.Offer) int { return strings.Compare(a.Number, b.Number) })
	live = slices.CompactFunc(live, func(a, b wirechief.Offer) bool { return a.Number == b.Number })
	x.live.keep(live, x.Now().Add(x.Reservation))
	return live
}

// terms gives the terms of a number that is on offer, of carriers that have to
// be asked, too.
func (x *Exchange) terms(ctx context.Context, number string) (wirechief.Offer, bool) {
	if o, ok := x.offers.Get(number); ok {
		return o, true
	}
	if o, ok := x.live.get(number, x.Now()); ok {
		return o, true
	}
	if n := x.dir.number(number); n != nil && n.State != wirechief.NumberAvailable {
		return wirechief.Offer{}, false
	}
	x.searchLive(ctx, wirechief.OfferQuery{Prefix: strings.TrimPrefix(number, "+"), Limit: 1})
	return x.live.get(number, x.Now())
}

// seen are offers of carriers that have to be asked, as they were last told.
type seen struct {
	mu     sync.Mutex
	offers map[string]seenOffer
}

type seenOffer struct {
	wirechief.Offer
	until time.Time
}

// seenMost bounds the memory of them; the oldest search is forgotten first only
// in so far as its time has run out.
const seenMost = 100_000

func (s *seen) keep(offers []wirechief.Offer, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.offers == nil || len(s.offers) > seenMost {
		s.offers = make(map[string]seenOffer)
	}
	for _, o := range offers {
		s.offers[o.Number] = seenOffer{o, until}
	}
}

func (s *seen) get(number string, now time.Time) (wirechief.Offer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.offers[number]
	return o.Offer, ok && now.Before(o.until)
}

func (s *seen) forget(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.offers, number)
}

// Quote gives a token of 32 hex digits that stands for a number in an order of
// this tenant's (zendesk: token). It holds nothing: it lasts as long as a
// reservation would, and a tenth of that longer at most, during which the
// same number has the same token. It is of the number as it stands: once that
// has been sold or held, it is worth nothing, also when the number comes back.
func (x *Exchange) Quote(tenant, number string) string {
	grain := max(x.Reservation/10, time.Second)
	until := x.Now().Add(x.Reservation + grain).Truncate(grain)
	digits, err := strconv.ParseUint(strings.TrimPrefix(number, "+"), 10, 64)
	if err != nil {
		return ""
	}
	var block [aes.BlockSize]byte
	// The tenant's mark and the few times ahead make up the redundancy by which
	// a made-up token is told.
	binary.BigEndian.PutUint64(block[:], x.revision(number)<<digitBits|digits)
	binary.BigEndian.PutUint32(block[8:], uint32(until.Unix()))
	binary.BigEndian.PutUint32(block[12:], mark(tenant))
	x.quotes.Encrypt(block[:], block[:])
	return hex.EncodeToString(block[:])
}

// digitBits hold the digits of a number, at most 15 of them; what is left of 64
// bits holds the end of its revision.
const digitBits = 50

// revision is the end of the revision of a number, 0 of one that nobody has had.
func (x *Exchange) revision(number string) uint64 {
	if n := x.dir.number(number); n != nil {
		return uint64(n.Rev) & (1<<(64-digitBits) - 1)
	}
	return 0
}

// quoted gives the number that a token stands for. One of a number that has
// changed hands since is refused here when the number is free again; when it is
// not, the order says whose it is.
func (x *Exchange) quoted(tenant, token string) (string, *wirechief.Error) {
	var block [aes.BlockSize]byte
	if n, err := hex.Decode(block[:], []byte(token[:min(len(token), 32)])); err == nil && n == len(block) && len(token) == 32 && token == strings.ToLower(token) {
		x.quotes.Decrypt(block[:], block[:])
		first := binary.BigEndian.Uint64(block[:])
		if digits := first & (1<<digitBits - 1); binary.BigEndian.Uint32(block[12:]) == mark(tenant) && digits < 1e15 {
			if until := time.Unix(int64(binary.BigEndian.Uint32(block[8:])), 0); !x.Now().Before(until) {
				return "", refuseToken("the token has expired; search again")
			}
			number := "+" + strconv.FormatUint(digits, 10)
			if n := x.dir.number(number); x.revision(number) != first>>digitBits && (n == nil || n.State == wirechief.NumberAvailable) {
				return "", refuseToken("the token has been used, or the number was somebody's since; search again")
			}
			return number, nil
		}
	}
	return "", refuseToken("the token is unknown; search for a number to get one")
}

func refuseToken(format string, args ...any) *wirechief.Error {
	err := wirechief.Refuse(wirechief.Conflict, wirechief.RuleToken, format, args...)
	err.Field = "token"
	return err
}

func mark(tenant string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(tenant))
	return h.Sum32()
}

// loadQuotes makes the cipher of the tokens from the installation's key, which
// it makes at the first start.
func (x *Exchange) loadQuotes(ctx context.Context) error {
	const name = "quote"
	secrets, err := x.Store.Entities(ctx, wirechief.EntitySecret)
	if err != nil {
		return err
	}
	var key []byte
	for _, e := range secrets {
		if e.Tenant == "" && e.Key == name {
			if key, err = hex.DecodeString(strings.Trim(string(e.Doc), `"`)); err != nil {
				return err
			}
		}
	}
	if len(key) != 16 {
		key = make([]byte, 16)
		rand.Read(key)
		doc := []byte(`"` + hex.EncodeToString(key) + `"`)
		if _, err := x.Store.Apply(ctx, wirechief.PutEntity{Entity: wirechief.Entity{Kind: wirechief.EntitySecret, Key: name, Doc: doc}}); err != nil {
			return err
		}
	}
	x.quotes, err = aes.NewCipher(key)
	return err
}
