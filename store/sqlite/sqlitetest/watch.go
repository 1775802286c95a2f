package sqlitetest

import (
	"sync"
	"testing"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
	"zombiezen.com/go/sqlite"
)

// Files is what a test wants to do with what reaches the files. A nil function
// lets everything pass. They are called by whichever goroutine writes, also for
// several files at once.
type Files struct {
	// Sync stands in for a flush; flush does it. What it returns is what SQLite gets.
	Sync func(path string, flush func() sqlite.ResultCode) sqlite.ResultCode
	// Write stands in for the writing of n octets at an offset; write does it.
	Write func(path string, offset int64, n int, write func() sqlite.ResultCode) sqlite.ResultCode
}

// Watch lets f see what reaches the files of every database that is opened
// until the test ends. They have to be closed before that. Tests that watch
// cannot run in parallel.
func Watch(t testing.TB, f Files) {
	t.Helper()
	if err := watching.begin(f); err != "" {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if left := watching.end(); left > 0 {
			t.Errorf("%d files of SQLite are still open", left)
		}
	})
}

// watching is the table in front of the real one. The callbacks of C bring no
// context along, so there is one for the process.
var watching layer

type layer struct {
	mu    sync.RWMutex
	files Files
	vfs   *lib.Tsqlite3_vfs // ours; nil while nobody watches
	base  uintptr           // the real one
	name  []byte
	open  map[uintptr]*file // by the address of the sqlite3_file
}

// file is an open file of SQLite.
type file struct {
	path string
	base *lib.Tsqlite3_io_methods // the real functions
	own  *lib.Tsqlite3_io_methods // ours, which SQLite calls
}

// The functions of the VFS and of its files that are replaced.
type (
	openFunc  = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, out uintptr) int32
	closeFunc = func(tls *libc.TLS, file uintptr) int32
	writeFunc = func(tls *libc.TLS, file, from uintptr, n int32, offset int64) int32
	syncFunc  = func(tls *libc.TLS, file uintptr, flags int32) int32
)

// begin registers our VFS as the one that SQLite opens files with.
func (l *layer) begin(f Files) (problem string) {
	tls := libc.NewTLS()
	defer tls.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.vfs != nil {
		return "another test watches the files of SQLite"
	}
	l.base = lib.Xsqlite3_vfs_find(tls, 0)
	if l.base == 0 {
		return "SQLite has no VFS"
	}
	l.files, l.open, l.name = f, make(map[uintptr]*file), []byte("watched\x00")
	l.vfs = new(lib.Tsqlite3_vfs)
	*l.vfs = *at[lib.Tsqlite3_vfs](l.base)
	l.vfs.FpNext = 0
	l.vfs.FzName = address(&l.name[0])
	l.vfs.FxOpen = function(openFile)
	if rc := lib.Xsqlite3_vfs_register(tls, address(l.vfs), 1); rc != lib.SQLITE_OK {
		l.vfs = nil
		return "the VFS cannot be registered: " + sqlite.ResultCode(rc).Message()
	}
	return ""
}

// end gives SQLite its own VFS back and says how many files are still open.
func (l *layer) end() int {
	tls := libc.NewTLS()
	defer tls.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	lib.Xsqlite3_vfs_register(tls, l.base, 1)
	lib.Xsqlite3_vfs_unregister(tls, address(l.vfs))
	l.vfs = nil
	return len(l.open)
}

func (l *layer) file(id uintptr) (*file, Files) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.open[id], l.files
}

// openFile opens a file with the real VFS and puts our functions before those
// of the file.
func openFile(tls *libc.TLS, vfs, name, id uintptr, flags int32, out uintptr) int32 {
	l := &watching
	open := call[openFunc](at[lib.Tsqlite3_vfs](l.base).FxOpen)
	rc := open(tls, vfs, name, id, flags, out)
	opened := at[lib.Tsqlite3_file](id)
	if rc != lib.SQLITE_OK || opened.FpMethods == 0 {
		return rc
	}
	f := &file{base: at[lib.Tsqlite3_io_methods](opened.FpMethods), own: new(lib.Tsqlite3_io_methods)}
	if name != 0 {
		f.path = libc.GoString(name)
	}
	*f.own = *f.base
	f.own.FxClose, f.own.FxWrite, f.own.FxSync = function(closeFile), function(writeFile), function(syncFile)
	opened.FpMethods = address(f.own)
	l.mu.Lock()
	l.open[id] = f
	l.mu.Unlock()
	return rc
}

func closeFile(tls *libc.TLS, id uintptr) int32 {
	f, _ := watching.file(id)
	rc := call[closeFunc](f.base.FxClose)(tls, id)
	watching.mu.Lock()
	delete(watching.open, id)
	watching.mu.Unlock()
	return rc
}

func writeFile(tls *libc.TLS, id, from uintptr, n int32, offset int64) int32 {
	f, files := watching.file(id)
	write := func() sqlite.ResultCode {
		return sqlite.ResultCode(call[writeFunc](f.base.FxWrite)(tls, id, from, n, offset))
	}
	if files.Write == nil {
		return int32(write())
	}
	return int32(files.Write(f.path, offset, int(n), write))
}

func syncFile(tls *libc.TLS, id uintptr, flags int32) int32 {
	f, files := watching.file(id)
	flush := func() sqlite.ResultCode { return sqlite.ResultCode(call[syncFunc](f.base.FxSync)(tls, id, flags)) }
	if files.Sync == nil {
		return int32(flush())
	}
	return int32(files.Sync(f.path, flush))
}

// at gives what is at an address that C knows.
func at[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// address is where something of ours is, for C. The layer holds on to it.
func address[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

// function is the form in which the translated C keeps a function.
func function[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f})) }

// call is the function in that form.
func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ p uintptr }{p})) }
