// Package media is the sound of calls: G.711 and nothing else, 8,000 samples a
// second, an octet each.
//
// A [Port] is the RTP of one leg and a [carrier.Audio]; [Ports] hands them out
// of a range. A [Bridge] joins two legs: packets go from the goroutine that
// reads one socket to the socket of the other, untouched when both speak the
// same codec, by table when they do not. On its way a packet can be watched by
// taps: [Keys] finds the keys that are pressed. A [Wheel] is the one clock of everything that is played,
// whoever hears it: [Player] plays prompts, tones and music to one leg.
//
// Prompts are read by [ReadPrompt] from WAV. MP3 is refused: no reader of it in
// Go has had a release since 2022.
//
// The package knows nothing of SIP, of flows, or of what numbers do with calls.
// It starts goroutines only where it says so, and each ends with what started
// it. What a stranger sends is counted and not heard.
package media
