// Package acceptance runs whole programs in one process and tells what they do
// as a story: who sends what, and what everybody gets to see of it.
package acceptance
