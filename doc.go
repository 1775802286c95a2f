// Package wirechief is the domain of Wirechief: what things are, which rules
// hold for them, and what others have to implement. It does nothing by itself
// and imports the standard library only.
//
// The words, used exactly:
//
//	number    a telephone number that a tenant owns, and what it does ([Number])
//	line      what a number is reached on: a local, mobile or toll-free line ([NumberType])
//	trunk     a link that carries calls (carrier/sip)
//	carrier   a link that takes messages towards handsets and brings what they send
//	route     the carriers to try for a destination, in order; routing explains its choice
//	message   one text or picture message to one handset or from one ([Message]): a
//	          history of events that only grows; its status is a view over them
//	segment   a piece of a text as it goes over the air, 140 octets at most (package gsm)
//	receipt   what a carrier says became of a segment ([Receipt])
//	delivery  one thing to bring to one destination of a customer, and every try at it ([Delivery])
//	campaign  the registered purpose under which a number may send ([Campaign])
//	tenant    an account: whoever owns numbers ([Tenant])
//
// The map, from the outside in:
//
//	dialect   the APIs of vendors, spoken to the letter     api      our own
//	carrier   links to carriers                             store    where all is kept
//	forward   where what arrives goes: mail, texts, the console
//	exchange  the core, the only writer                     delivery brings things to customers
//	inbox     what people do with conversations, contacts and templates
//	bulk      one text to many from a file, through the exchange
//	routing, offer, backlog, gsm, e164, optout, schedule, sheet   pure, and used by the core
//	voice     calls: plan says what decides, flow is what they go through, sip signals, media is the sound
//	webhook   what customers are told in our own shape, and signatures
//	config, state, archive, media, egress, ident, observe   what a running program needs
//	server, access, presence                                the way in, who may come, who is there
//	feed      tells who looks on what changed               report   counts it, for charts
//	audit     keeps who changed what, with the change
//	app       joins them; cli and cmd/wirechief start it
//
// Every error is an [Error] with a [Kind]; a try at a carrier ends in an
// [Outcome]; a setting changes by a [Patch]; passwords are [Secret]. The
// decisions behind these are in docs/adr.
package wirechief
