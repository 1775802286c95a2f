// Package routing picks the carriers for a message and explains the choice.
//
// It is pure: a [Table] made from the configuration, a [Query] about one
// message, and what is known of each carrier now. The order of precedence
// stands in one place, [Table.Choose], and is tested by one table:
//
//  1. the carrier that the sending number is on;
//  2. the carriers of the route with the longest prefix of the destination,
//     in the order in which the route names them (of equal prefixes the first);
//  3. without any route in the configuration, all carriers in its order.
//
// A carrier drops out when it is unknown, cannot carry the kind of message, or
// is paused while another is not. Those that are not connected now come after
// those that are. What is left is tried in order; the first is the winner and
// the rest are for failover.
//
// The package knows no store and no tenant. exchange uses it for every
// message; `wirechief route explain` prints what it says.
package routing
