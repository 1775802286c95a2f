// Package feed tells who looks on what has just changed: the console's open
// pages, and whoever counts.
//
// [Watch] goes around a store. What its Apply has committed is told afterwards,
// never before and never instead: to taps, which are called with the commands
// and their results on the way back to the caller and have to be quick, and as
// [Event]s to a [Hub].
//
// A subscriber of the hub gets the events of its tenant in the order in which
// they were told, each once. It is not waited for: who lets [QueueMost] events
// pile up gets one event of topic [Reload] in the place of all of them, and
// should read what it shows anew. No commit ever waits for a subscriber.
//
// The id of an event is "<epoch>-<number>"; the epoch is of this process alone.
// A reconnecting subscriber gives the last id it has seen (Last-Event-ID of an
// event stream) and is told what it missed, out of a ring of the last events;
// where that does not reach back, or the id is another process's, the first it
// gets is a Reload. A page that is about to read what it shows takes
// [Hub.Position] before, and subscribes from there: what was committed
// meanwhile is then told, not lost.
//
// While nobody has listened for a while, nothing is put together or kept, and
// watching costs one atomic load per Apply.
//
// Events say what changed, not who may see it: the tenant is all that is
// looked at. Two who commit at once may be told in either order; but nothing
// is told of a message as under way after it was told to have ended. Whoever
// shows more than that reads it from the store.
package feed
