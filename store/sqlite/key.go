package sqlite

import "github.com/wirechief/wirechief"

// idBits is the room for the id in a key: ids are below 2^53.
const idBits = 53

// keyOf joins shard and id to the integer that orders the tables.
func keyOf(shard wirechief.Shard, id int64) int64 { return int64(shard)<<idBits | id }

// splitKey takes it apart again.
func splitKey(key int64) (wirechief.Shard, int64) {
	return wirechief.Shard(key >> idBits), key & (1<<idBits - 1)
}

// fits says whether shard and id have a key.
func fits(shard wirechief.Shard, id int64) bool {
	return shard < wirechief.Shards && id > 0 && id < 1<<idBits-1
}
