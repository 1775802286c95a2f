//go:build unix

package delivery

import "syscall"

// isQuiet says whether a socket is open with nothing to read: an idle
// connection that has something to say has been closed, or talks out of turn.
func isQuiet(fd uintptr) bool {
	var b [1]byte
	_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	return err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
}
