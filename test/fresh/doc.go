// Package fresh gives tests folders with an empty store of the newest form.
//
// A test that opens a store in an empty folder has all migrations run, which
// takes half a second under the race detector, and there are hundreds of such
// tests. Here they run once in a process, and the file that they leave is
// copied into the folder of each test before it opens its store.
//
// That the migrations work, also from old data, is shown where the store is
// tested (store/sqlite); those tests do not use this package.
//
// Look next at test/world, which starts a whole core over such a store.
package fresh
