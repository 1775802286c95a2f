// Package delivery brings what is to be told to customers to where they want
// it: webhooks and HTTP calls now; mail, texts and the console by senders of
// other packages ([Sender]).
//
// The store has the queue: a delivery is committed together with what causes
// it, and only then given to [Engine.Add]. Each destination is a lane. A lane
// has a limit of requests under way, a rate if one is asked for, and a circuit
// breaker; waiting for any of them uses up no try. Of each lane only the
// front is in memory, the rest is read from the store when its turn comes.
//
// Lanes share one pool of slots by turns. What fills a pool is not speed but
// time, so lanes are told apart by how long their requests hold a slot: those
// that are slow, and those that nothing is known of yet, may have a part of
// the pool together and never all of it. So a destination that is quick finds a
// free slot however many others are slow or dead.
//
// What comes of a try is one attempt on record, then the store says where the
// delivery stands, and only then is its place in the lane free. Attempts
// that end at the same time share one commit. While the store takes nothing,
// outcomes are kept and offered again, and lanes come to rest at their limit.
//
// Timing is the profile's of the delivery ([Profile]): a wait before each try,
// a fifth more or less; Retry-After is honoured when it is longer. After the
// last try the delivery is exhausted, kept, and can be replayed. A destination
// that answers 410 is paused, unless the profile says that it is an answer like any other.
//
// Stopping is neither failure nor attempt: nothing new begins, what is under
// way may end, and what is cut off counts as no try.
//
// Requests to a destination that has a secret gain the fields of a signature,
// made for each try ([Signer]). The engine keeps no secrets, formats nothing and
// decides nothing about messages. Where requests may go is egress's to say.
package delivery
