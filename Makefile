# Routebook: build, run, test, install. `make help` lists everything.

PREFIX ?= /usr/local
DESTDIR ?=
# A part of the tests, as in `make test-debug FILTER=NotebooksTests`.
FILTER ?=
# How long `make fuzz` takes for each of its targets, which are all unless some are named.
TIME ?= 60
TARGETS ?=
# What `make bench` measures: some sections, as ONLY="http programs"; how many rounds, and how long a load lasts. With
# WRITE=1 it also writes docs/performance.md; ROUTEBOOK=/path measures that program and builds none.
ONLY ?=
RUNS ?= 5
SECONDS ?= 2
WRITE ?=
ROUTEBOOK ?=
# Swift's runtime goes into the program: it starts faster, and runs where no Swift is installed. Exclusive access is
# checked in the tests alone (docs/decisions/0043). Generic types are not made from their names, since that looks for
# what they conform to among all that the program has: a tenth of its start. Each instruction of the machine ends with a
# jump of its own to the next (docs/decisions/0049).
RELEASE ?= -c release --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked \
  -Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors \
  -Xswiftc -Xllvm -Xswiftc -tail-dup-pred-size=4096 -Xswiftc -Xllvm -Xswiftc -tail-dup-succ-size=4096
RELEASE_FLAGS ?= $(RELEASE) --product routebook

program := .build/release/routebook
filter := $(if $(FILTER),--filter '$(FILTER)')

.DEFAULT_GOAL := build
.PHONY: build run test test-debug lint format install uninstall asan gc-stress bench bench-arguments bench-build \
  bench-check bench-test fuzz setup clean help

build: setup ## Build the program (release): .build/release/routebook
	swift build $(RELEASE_FLAGS)

run: build ## Build, then open the tutorial; without a terminal it is replayed
	$(program) cells/tutorial.cells

test: setup ## Everything that must hold: lint, release build, all tests
	scripts/setup browser
	scripts/setup jupyter
	scripts/setup peers
	$(MAKE) lint
	swift build $(RELEASE_FLAGS)
	$(MAKE) bench-test
	$(MAKE) bench-check
	$(MAKE) test-debug

# Tests that time themselves and tests that wait for sockets and programs share few threads: one part after the other.
texts = ^(LanguageTests|VMTests|GoldenTests|NotebooksTests|EditorsTests|FuzzingTests)\.
sockets = ^(WebTests|FetchTests|KernelCoreTests)\.

test-debug: ## The tests alone, debug build; FILTER=NotebooksTests runs a part
ifeq ($(filter),)
	swift build --build-tests
	swift test --skip-build --filter "$(texts)"
	swift test --skip-build --filter "$(sockets)"
	swift test --skip-build --skip "$(texts)" --skip "$(sockets)"
else
	swift test $(filter)
endif

lint: ## Check the style of all Swift files
	swift format lint --strict -r Sources Tests Benchmarks Package.swift

format: ## Bring all Swift files into that style
	swift format -i -r Sources Tests Benchmarks Package.swift

asan: setup ## The tests under AddressSanitizer, in .build-asan
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build-asan $(filter)

# The machine alone also with a collector that is always under way: it proves after each cycle that nothing was missed.
gc-stress: setup ## All tests with a collection at every safe point, the machine's with a small step at each too
	swift build --build-tests
	ROUTEBOOK_GC=steps swift test --skip-build --filter '$(or $(FILTER),^(VMTests|GoldenTests)\.)'
	ROUTEBOOK_GC=always swift test --skip-build $(filter)

bench: bench-arguments $(if $(ROUTEBOOK),,bench-build) ## Speed beside its peers; ONLY="http programs" RUNS=3 WRITE=1
	@scripts/setup bench
	@PYTHONPATH=Benchmarks exec python3 -m harness $(asked)

asked = --runs $(or $(RUNS),5) --seconds $(or $(SECONDS),2) $(if $(WRITE),--write) \
  $(if $(ROUTEBOOK),--program "$(ROUTEBOOK)") -- $(ONLY)

# Before anything is built for what cannot be measured.
bench-arguments:
	@if command -v python3 >/dev/null; then PYTHONPATH=Benchmarks python3 -m harness --check $(asked); fi

bench-build: build
	swift build $(RELEASE) --product EditorBenchmark
	swift build $(RELEASE) --product NIOBenchmark
	swift build $(RELEASE) --package-path Benchmarks/AsyncHTTPClient \
	  --scratch-path .build/bench/async-http-client || echo "make: async-http-client is left out of the benchmark" >&2

bench-check: $(if $(ROUTEBOOK),,build) ## Say which of a few paths takes more instructions than it did; WRITE=1 keeps them
	@if command -v python3 >/dev/null; then cd Benchmarks && python3 -m instructions $(if $(WRITE),--write) \
	  --program "$(or $(realpath $(ROUTEBOOK)),$(ROUTEBOOK),$(abspath $(program)))"; fi

# The harness of the benchmark: means, tables, what is read of wrk. Left out where there is no python3.
bench-test:
	@if command -v python3 >/dev/null; then cd Benchmarks && python3 -m unittest discover -q -s tests -t .; fi

fuzz: setup ## Search for inputs that break something, TIME seconds for each of TARGETS
	scripts/fuzz $(TIME) $(TARGETS)

install: ## Copy the built program to $(DESTDIR)$(PREFIX)/bin
	@test -x $(program) || { echo "make install: there is no $(program) yet; run \`make build\` first" >&2; exit 1; }
	install -D -m 755 -s $(program) "$(DESTDIR)$(PREFIX)/bin/routebook"

uninstall: ## Remove it from there
	rm -f "$(DESTDIR)$(PREFIX)/bin/routebook"

setup: ## Install the system packages that are missing
	@scripts/setup

clean: ## Remove everything that was built
	rm -rf .build .build-asan .build-fuzz

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
