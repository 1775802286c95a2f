// Package kannel tries our server side of SMPP with a client that is not ours:
// bearerbox, the gateway of Kannel, as Debian packages it.
//
// The test starts bearerbox and smsbox with a configuration of its own, in a
// temporary folder and on the loopback, as a client of carriertest.SMSC, and
// watches texts, receipts and inbound texts go all the way in each direction:
//
//	sendsms (HTTP) → smsbox → bearerbox → submit_sm → SMSC
//	dlr-url (HTTP) ← smsbox ← bearerbox ← deliver_sm ← SMSC
//	get-url (HTTP) ← smsbox ← bearerbox ← deliver_sm ← SMSC
//
// Both programs are killed when it ends. Without them on this machine it is
// skipped; `apt-get install kannel` brings them.
//
// It refuses to judge Kannel: bench does, with figures. Look next at
// carrier/carriertest.
package kannel
