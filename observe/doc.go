// Package observe is how the program is seen from outside: log, metrics, health.
//
// Metrics are Prometheus's, in a registry of our own, never the global one.
// [Metrics] implements what exchange and delivery count, and collects the
// state of carriers and lanes when it is scraped, so that nothing has to be
// kept in step. Names begin with wirechief_; durations are in seconds.
//
// The log is log/slog, event-style, with the fixed keys tenant, number,
// message, carrier and attempt. [Handler] masks telephone numbers and leaves
// out bodies unless the level is debug: a log is read by more people than may
// read messages.
//
// [Health] answers /healthz (the process is up) and /readyz (it accepts: the
// store can be written, the state is applied, listeners are up).
package observe
