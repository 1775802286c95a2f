# `make` lists what there is to do. Go does the rest.

GO       ?= go
TOOL      = $(GO) tool -modfile=tools/go.mod
GOTEST    = $(GO) test
PACKAGES ?= ./...
FUZZTIME ?= 30s

# The race detector watches all Go that people wrote, and what it waits on. The
# C of SQLite alone, translated by a program, is left out: its memory is not
# Go's, and watching it takes most of the time of a test run. (Its C library is
# watched: it has atomics that order what others do.)
RACE = -race -gcflags='modernc.org/sqlite/lib=-race=false'

.DEFAULT_GOAL := help
.PHONY: help run build test check vet format lint tidy fmt generate bench torture fuzz ci install clean

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## a whole throw-away instance, with the simulator as carrier; prints what to try
	$(GO) run ./cmd/wirechief demo

build: ## the program, as ./wirechief
	$(GO) build -o wirechief ./cmd/wirechief

test: ## every test (or those of PACKAGES=./gsm); what needs more than Go is skipped, with a line that says so
	$(GOTEST) $(TESTFLAGS) $(PACKAGES)

check: format vet lint tidy ## what a change has to pass: form, vet, staticcheck, tests with the race detector
	$(GO) build ./...
	$(MAKE) --no-print-directory test TESTFLAGS="$(RACE) $(TESTFLAGS)"

format:
	@files=$$($(TOOL) gofumpt -l .) && if [ -n "$$files" ]; then echo "not in the form of gofumpt (make fmt):"; echo "$$files"; exit 1; fi

vet:
	$(GO) vet ./...

lint:
	$(TOOL) staticcheck ./...

tidy:
	$(GO) mod tidy -diff

fmt: ## brings all code into its form
	$(TOOL) gofumpt -w .

generate: ## writes anew what is made from something else: docs/dialects
	$(GO) generate ./...

bench: ## measures: the hot functions, then the whole program beside others (bench/run)
	$(GO) test -run '^$$' -bench . -benchtime 1s $$(git grep -l '^func Benchmark' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|')
	@if [ -x bench/run ]; then bench/run; fi

torture: ## the long loops: kill -9 again and again, on a disk that fills up (WIRECHIEF_TORTURE=1)
	WIRECHIEF_TORTURE=1 $(GO) test -count=1 -timeout 60m -v ./test/torture

fuzz: ## every fuzz target, FUZZTIME=30s each
	@set -e; for package in $$($(GO) list $(PACKAGES)); do \
		for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) $$package; \
		done; \
	done

ci: install ## what decides: installs what the tests need, then check, with nothing skipped
	$(MAKE) --no-print-directory check GOTEST=.ci/test TESTFLAGS=-count=1

install:
	.ci/install

clean: ## removes what a build leaves
	rm -f wirechief
