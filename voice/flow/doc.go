// Package flow is what calls go through, as data: it reads a flow, judges it,
// and walks it.
//
// A [wirechief.Flow] holds nodes as a state file or JSON has them. [Parse] turns
// them into a [Graph] of typed nodes and names each mistake by node and key;
// [Check] finds what is wrong with the graph as a whole. [FromIVR] makes the
// same of the menus and routes of an IVR (zendesk: ivr, menus, routes), so that
// both are one thing from there on.
//
// A [Walk] is one call's way through a graph. It is pure: told what happened, it
// says what is to be done next, and it knows no clock, no leg and no sound.
// Package voice does what it says over legs; [Try] does it over digits and
// made-up answers, with no phone at all. A walk keeps the graph that it began
// with, whatever becomes of the flow meanwhile.
//
// [StateAt] says whether a [wirechief.Schedule] is open, by the clock of its
// own zone.
package flow
