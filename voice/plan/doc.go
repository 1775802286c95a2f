// Package plan says which setting of a number decides about a call.
//
// [For] is the one function: of a number, what it refers to, and an instant it
// makes a [Plan], the rules in their order with why each applies or does not,
// and the steps that the call takes. The order:
//
//	voice_enabled   a number out of service, or that takes no calls, refuses
//	schedule        outside of its hours nobody is rung
//	flow, ivr       a graph takes the call for good; a bad one is a fault
//	endpoint        and the voice forwards ring together
//	queue           callers wait for agents of the groups, at their phones
//	overflow        another number
//	voicemail       a message, inside or outside of hours
//	failover        the last resort, and where every fault leads at once
//
// A step is taken when the one before it passed the call on: nobody took it, or
// it failed. A greeting and the question of consent come before anybody is
// bridged. The last step always ends the call.
//
// The package is pure: it knows no clock, no leg and no sound, and keeps
// nothing. It judges no flow either: a [Directory] has them judged (flow.Judge),
// once a revision and not once a call. Package voice takes the steps.
package plan
