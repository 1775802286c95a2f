//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreSignals lets a file size limit (ulimit -f) be an error of the write,
// which the store answers as it does a full disk, and not the end of the
// process.
func ignoreSignals() { signal.Ignore(syscall.SIGXFSZ) }
