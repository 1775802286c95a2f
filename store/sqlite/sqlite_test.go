package sqlite

import (
	"testing"

	"github.com/wirechief/wirechief"
	"github.com/wirechief/wirechief/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) wirechief.Store {
		s, err := Open(b.Context(), b.TempDir(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
		return s
	})
}
