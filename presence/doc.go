// Package presence knows who is there, so that "our agents are offline" is
// said only when that is true.
//
// Three things together say where a person is: what they say themselves
// ([wirechief.Agent], State, whichever API set it), whether a console of theirs
// is open, and how long ago they last did something in it. Who calls
// themselves online with no console open is offline; who has not touched theirs
// for ten minutes is away. Who is reached by phone (Via) needs no console, and is
// what they say. Who never said anything is as their console says.
//
// The contract:
//
//   - [Tracker.Connect] counts open consoles. Two tabs are one person, and a tab
//     that is loaded anew within half a minute has never been away. So is one
//     that comes back after a restart of ours.
//   - [Tracker.Online] says whether anybody of a tenant could answer now. It
//     looks nothing up: it may be asked for every text.
//   - Every transition is kept in the audit log ("presence.changed", Subject the
//     id of the agent, before and after, and what caused it), in order, by a
//     goroutine of the tracker: nobody who opens or closes a console waits for
//     the disk. While the store takes nothing they wait in memory, up to a
//     bound; beyond it what one person did in between is drawn together, so that
//     before still follows on after.
//   - What agents say is read from the store once and then learned from what is
//     committed: [Tracker.Committed] is a tap of feed.Watch.
//
// The package refuses to guess: no heuristics about the hour, no state from
// messages sent. It changes no agent either: State is for people to set. Look
// next at package exchange, which asks before it answers a text by itself.
package presence
