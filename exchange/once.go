package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/wirechief/wirechief"
)

// Keyed is a request under an idempotency key.
type Keyed struct {
	Tenant      string
	Key         string   // 1 to 255 characters, as the client chose it
	Fingerprint [32]byte // of the whole request
}

// Entry is the key of one send among those that the request is made of. No
// client can choose one ([wirechief.OwnKey]).
func (k *Keyed) Entry(i int) string { return k.derived(strconv.Itoa(i)) }

func (k *Keyed) derived(of string) string {
	sum := sha256.Sum256([]byte(k.Key))
	return wirechief.OwnKey + hex.EncodeToString(sum[:]) + " " + of
}

// Answered gives what [Exchange.Send] answered to a request under its key, nil
// when there was none. Another request under the key is refused. An API asks
// before it judges anything itself: what was sent yesterday may be too late, or
// from a number that has gone, today.
func (x *Exchange) Answered(ctx context.Context, k Keyed) (*wirechief.SendResult, error) {
	return x.answered(ctx, wirechief.SendRequest{Tenant: k.Tenant, Key: k.Key, Fingerprint: k.Fingerprint})
}

// Once serves a request that is many sends under one key. The first time, do
// sends them, each under its [Keyed.Entry], and gives what is to be remembered;
// nil is nothing, because of trouble that may pass. Then the same request gives
// that again, and another one under the key is refused and nothing is sent.
//
// The key is taken before the first send. So a request that broke off half way
// is done again by its repetition, in which do finds what it sent under the keys
// of the entries, and no other request can come in between.
func (x *Exchange) Once(ctx context.Context, k Keyed, do func(ctx context.Context) (answer []byte, err error)) ([]byte, error) {
	defer x.answers.lock(k.Tenant + "\x00" + k.Key)()
	earlier, err := x.Store.Answer(ctx, k.Tenant, k.Key)
	if err != nil {
		return nil, err
	}
	if earlier == nil {
		if earlier, err = x.remember(ctx, k, k.Key, []byte("{}")); err != nil {
			return nil, err
		}
	}
	if earlier.Fingerprint != k.Fingerprint {
		return nil, keyReused()
	}
	whole, err := x.Store.Answer(ctx, k.Tenant, k.derived("whole"))
	if err != nil {
		return nil, err
	}
	if whole != nil && whole.Fingerprint == k.Fingerprint {
		return whole.Body, nil
	}
	answer, err := do(ctx)
	if err != nil || answer == nil {
		return nil, err
	}
	if _, err := x.remember(ctx, k, k.derived("whole"), answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// remember keeps an answer under a key, and gives what is kept there.
func (x *Exchange) remember(ctx context.Context, k Keyed, key string, body []byte) (*wirechief.Answer, error) {
	a := &wirechief.Answer{Tenant: k.Tenant, Key: key, Fingerprint: k.Fingerprint, Body: body, At: x.Now()}
	results, err := x.Store.Apply(ctx, wirechief.Accept{Answer: a})
	if err != nil {
		return nil, err
	}
	if earlier := results[0].Answer; earlier != nil {
		return earlier, nil
	}
	return a, results[0].Err
}
