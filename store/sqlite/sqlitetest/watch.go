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
	vfs   uintptr           // ours, in C's memory; 0 while nobody watches
	base  uintptr           // the real one
	open  map[uintptr]*file // by the address of the sqlite3_file
}

// file is an open file of SQLite.
type file struct {
	path string
	base *lib.Tsqlite3_io_methods // the real functions
	own  uintptr                  // ours, which SQLite calls, in C's memory
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
	if l.vfs != 0 {
		return "another test watches the files of SQLite"
	}
	l.base = lib.Xsqlite3_vfs_find(tls, 0)
	if l.base == 0 {
		return "SQLite has no VFS"
	}
	l.files, l.open = f, make(map[uintptr]*file)
	l.vfs = copied(tls, at[lib.Tsqlite3_vfs](l.base))
	v := at[lib.Tsqlite3_vfs](l.vfs)
	v.FpNext, v.FxOpen = 0, function(openFile)
	if rc := lib.Xsqlite3_vfs_register(tls, l.vfs, 1); rc != lib.SQLITE_OK {
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
	lib.Xsqlite3_vfs_unregister(tls, l.vfs)
	lib.Xsqlite3_vfs_register(tls, l.base, 1)
	lib.Xsqlite3_free(tls, l.vfs)
	l.vfs = 0
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
	f := &file{base: at[lib.Tsqlite3_io_methods](opened.FpMethods)}
	f.own = copied(tls, f.base)
	if name != 0 {
		f.path = libc.GoString(name)
	}
	own := at[lib.Tsqlite3_io_methods](f.own)
	own.FxClose, own.FxWrite, own.FxSync = function(closeFile), function(writeFile), function(syncFile)
	opened.FpMethods = f.own
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
	lib.Xsqlite3_free(tls, f.own)
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

// copied is a copy of something in C's memory.
func copied[T any](tls *libc.TLS, v *T) uintptr {
	p := lib.Xsqlite3_malloc(tls, int32(unsafe.Sizeof(*v)))
	if p == 0 {
		panic("sqlitetest: SQLite has no memory")
	}
	*at[T](p) = *v
	return p
}

// function is the form in which the translated C keeps a function.
func function[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&struct{ f F }{f})) }

// call is the function in that form.
func call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ p uintptr }{p})) }
