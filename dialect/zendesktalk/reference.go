package zendesktalk

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// providerReference is what an address is called where a number is bought
// (zendesktalk: POST /phone_numbers, address_sid): "AD" and 32 hex digits. It is
// made of tenant and id, so that it needs no place of its own: a mark by which
// one that was made up is told, and the id under a pad.
func providerReference(tenant string, id int64) string {
	mark := hash64("mark", tenant, uint64(id))
	raw := binary.BigEndian.AppendUint64(nil, mark)
	return "AD" + hex.EncodeToString(binary.BigEndian.AppendUint64(raw, hash64("pad", tenant, mark)^uint64(id)))
}

// addressID gives the id of the tenant's address that a reference is of, false
// for whatever else it is. Whether there is such an address is not said.
func addressID(tenant, reference string) (id int64, ok bool) {
	digits, ok := strings.CutPrefix(reference, "AD")
	raw, err := hex.DecodeString(digits)
	if !ok || err != nil || len(raw) != 16 {
		return 0, false
	}
	id = int64(hash64("pad", tenant, binary.BigEndian.Uint64(raw)) ^ binary.BigEndian.Uint64(raw[8:]))
	return id, id > 0 && reference == providerReference(tenant, id)
}

func hash64(what, tenant string, n uint64) uint64 {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte("address "+what+"\x00"+tenant+"\x00"), n))
	return binary.BigEndian.Uint64(sum[:])
}
