//go:build !unix

package delivery

// isQuiet cannot look into a socket here: what was closed shows when it is used.
func isQuiet(uintptr) bool { return true }
