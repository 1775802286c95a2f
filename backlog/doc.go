// Package backlog keeps the head of a durable queue in memory.
//
// The queue itself is in the store: what waits there may be far more than
// memory should hold. A [Head] holds the items that are due first, up to a
// limit, and knows whether more is on disk and from which instant on. New items
// go straight in if they are due before that; what is due last makes room, and
// comes back by a refill, in order.
//
// The rules that make it safe:
//
//   - An item is in the head, taken, or on disk only. Keys of the first two
//     are remembered, so an item that is offered twice (by its commit and by a
//     refill that read it) is taken once.
//   - A refill always reads from the front of the queue, never from a cursor:
//     items may be committed in another order than their times, and a cursor
//     would skip the late ones.
//   - Taken items count as known until [Head.Done] or [Head.Back].
//
// A Head is not safe for concurrent use: it belongs to one goroutine or one
// lock, that of the lane it serves. It reads no clock and starts nothing.
//
// Used by exchange for the queue of each carrier.
package backlog
