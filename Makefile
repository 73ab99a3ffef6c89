GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -X github.com/safemig/safemig/internal/cli.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help deps servers engines tools live-tools build install test purego oracle live race fuzz hostile bench bench-backfill lint fmt update clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install what building and testing needs (a C compiler, MariaDB for live tests), on Debian or Ubuntu
	.ci/deps

servers: ## Install the database servers that the live tests run on, into a cache folder
	.ci/servers

engines: ## Install the online schema change engines that the live tests run, as far as they can be had
	.ci/engines

tools: ## Install the migration tools that apply what fix wrote in the tests, as far as they can be had
	SAFEMIG_TOOLS=all .ci/tools

build: ## Build bin/safemig
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/safemig ./cmd/safemig

install: ## Install safemig into Go's bin folder
	$(GO) install -ldflags '$(LDFLAGS)' ./cmd/safemig

# Tests with servers wait for half of their time: two packages to a core, and those that
# take longest first.
LONGEST = ./internal/backfill ./internal/prove ./internal/trace ./internal/cli ./internal/catalog
PACKAGES ?= $(shell echo $$((2 * $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))))
test: ## Run every test
	$(GO) vet ./...
	$(GO) test -p $(PACKAGES) -timeout 60m $(LONGEST) ./...

# Where a test of these asks a server, it asks what the parser has no part in.
purego: ## Test what reads PostgreSQL with the parser that needs no C compiler
	CGO_ENABLED=0 $(GO) test -short -skip AsTheServer ./dialect/postgres/... ./rules ./rewrite

MUTANTS ?= 300000
oracle: ## Compare what both parsers make of the projects in CORPUS, a folder, and of MUTANTS (300000) statements
	SAFEMIG_CORPUS=$(abspath $(CORPUS)) SAFEMIG_MUTANTS=$(MUTANTS) $(GO) test -count=1 -timeout 240m -v ./internal/oracle

live: ## Measure every fact and prove every plan on every database server that is found, and say which ran
	@SAFEMIG_LIVE=require SAFEMIG_PROVE=all $(GO) test -count=1 -timeout 120m -v ./internal/livedb ./internal/trace ./internal/prove ./internal/engine ./internal/backfill ./internal/gate ./internal/throttle ./internal/compare ./internal/leftover ./internal/workload ./internal/catalog ./internal/cli 2>&1 | \
	  awk '!/^ *(=== |--- PASS)/ { print } /^(FAIL|--- FAIL|panic)/ { bad = 1 } END { exit bad }'

live-tools: ## Have every migration tool of make tools apply what fix wrote
	SAFEMIG_LIVE=require SAFEMIG_TOOLS=all $(GO) test -count=1 -timeout 20m ./internal/tooltest

race: ## Run every test under the race detector
	$(GO) test -race -p 2 -timeout 90m ./...

FUZZTIME ?= 30s
fuzz: ## Fuzz each target for FUZZTIME (30s)
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
	    echo "== $$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

# The other linter on the same files: https://www.npmjs.com/package/squawk-cli
SQUAWK ?= $(HOME)/.cache/safemig/squawk
hostile: ## Give every command input that was made to hurt it, and print what it took
	SAFEMIG_HOSTILE=1 $(GO) test -v -count=1 -timeout 60m -run 'TestHostileInput|TestTooManyStatements' ./internal/cli

bench: ## Measure lint of 1, 1,000 and 20,000 files: CPU, wall, memory, start-up; beside squawk where npm can install it
	test -d $(SQUAWK)/node_modules || npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(SQUAWK) squawk-cli@2.66.0 || true
	SAFEMIG_BENCH=lint SAFEMIG_SQUAWK=$(SQUAWK) $(GO) test -count=1 -timeout 60m -run TestLint -v ./internal/benchmark
	$(GO) test -run '^$$' -bench . -benchmem ./dialect/...

ROWS ?= 5000000
bench-backfill: ## Measure safemig backfill on ROWS rows (5000000): beside one UPDATE, what others notice, its memory
	SAFEMIG_BENCH=$(ROWS) $(GO) test -count=1 -timeout 240m -v -run 'TestBench|TestLatency|TestMemory' ./internal/backfill

# Nothing need be installed: Go builds the linters, once.
GOLANGCI_LINT ?= $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   ?= $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.8.0
lint: ## Run golangci-lint, staticcheck in it, and look for known vulnerabilities
	$(GOLANGCI_LINT) run
	$(GOVULNCHECK) ./...

fmt: ## Format the code
	gofmt -w cmd dialect internal rewrite rules

update: ## Write the golden files of the tests anew; look at the diff
	$(GO) test ./dialect/postgres ./dialect/mysql ./dialect/schema ./rules ./internal/layout ./internal/report ./internal/trace ./internal/engine ./internal/cli -update

clean: ## Remove what was built
	rm -rf bin
