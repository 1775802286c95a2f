// Package config is the configuration of an installation: one [Config], filled
// from the defaults, then the file, then the environment, then flags.
//
// The contract in short:
//
//   - [Load] reads and judges everything, and tells every mistake at once, each
//     as "file:line: key: what is wrong and what is allowed". An unknown key is
//     a mistake; so is a carrier that a route names and nobody configured.
//   - Every single value has a variable: http.tls.cert is
//     WIRECHIEF_HTTP_TLS_CERT. The items of a list are separated by commas. An
//     empty variable counts as not set. Carriers and routes are for the file
//     alone.
//   - A relative path in the file, or by default, is relative to the file; one in
//     a variable or a flag to the working directory.
//   - [Config.Summary] prints what holds in the end, with secrets as "set" or
//     "not set".
//
// A carrier's keys belong to its package, which this one does not know: an
// entry is kept as it was written, and whoever builds the carrier fills the
// package's own struct with [Carrier.Decode]. Mistakes found then have their
// line as well.
//
// The package opens nothing, dials nothing and creates nothing: that a file
// exists or a port is free is found out by whoever needs it. The format is
// described, with an example, in the operator guide; state has the other file.
package config
