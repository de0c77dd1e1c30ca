# Two commands do all on a fresh Debian with Go, Node and root: `make run` and `make test`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
DATA ?= data/demo
LISTEN ?= 127.0.0.1:8080
LINT_VERSION := v2.15.0
GOBIN := $(shell go env GOPATH)/bin
export CGO_ENABLED ?= 0
UI_SOURCES := $(shell find web/ui -path '*/node_modules' -prune -o -type f -print 2>/dev/null)

help: ## this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 8

run: build ## build everything and serve the demo workspace on http://127.0.0.1:8080
	bin/wend demo --data $(DATA) --listen $(LISTEN)

build: web/dist/index.html ## the static binary bin/wend with the UI inside
	go build -trimpath -tags ui -ldflags '-s -w' -o bin/wend ./cmd/wend

ui: web/dist/index.html ## the UI alone, into web/dist

web/ui/node_modules/.package-lock.json: web/ui/package-lock.json
	cd web/ui && npm ci --no-audit --no-fund

web/ui/openapi.json: $(wildcard httpapi/*.go engine/seq/*.go insight/*.go journey/*.go engine/*.go)
	go run ./cmd/wend openapi > $@.tmp && mv $@.tmp $@

web/dist/index.html: web/ui/node_modules/.package-lock.json web/ui/openapi.json $(UI_SOURCES)
	cd web/ui && npm run build

dev: web/ui/node_modules/.package-lock.json web/ui/openapi.json ## the UI with hot reload, against a running wend
	cd web/ui && npm run dev

test: ## every test, installing what it needs
	bash .ci/install
	bash .ci/test

lint: ## go vet, golangci-lint, eslint, tsc
	@test "$$($(GOBIN)/golangci-lint version --short 2>/dev/null)" = "$(LINT_VERSION:v%=%)" || \
		GOFLAGS= go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	go vet ./... && $(GOBIN)/golangci-lint run ./...
	cd web/ui && npm run lint && npm run typecheck

fmt: ## format the Go and the UI sources
	gofmt -w $$(git ls-files '*.go') && cd web/ui && npm run format

race: ## the tests of everything that runs concurrently, under the race detector
	CGO_ENABLED=1 go test -race -short ./app/... ./collect ./collect/dedup ./engine/exec ./httpapi ./identity ./store/...

fuzz: ## every fuzz target for a minute each
	bash test/fuzz.sh 60s

sim: ## the long simulations: kill −9, full disk, fifty rounds
	WEND_SIM_ROUNDS=50 go test -count=1 -timeout 60m -v ./test/sim/...

bench: ## the benchmarks against peers; prints the tables of docs/benchmarks.md
	bash test/bench/run.sh

e2e: build ## the browser tests
	bash .ci/install && cd test/e2e && npx playwright test

.PHONY: help run build ui dev test lint fmt race fuzz sim bench e2e
