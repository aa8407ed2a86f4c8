# Everything starts here; the work is done by the scripts in .ci/.

.DEFAULT_GOAL := help
.PHONY: help setup serve release watch test test-long lint house test-rust test-stories test-tokens test-chatkit test-chatkit-relay test-mail test-operations test-files test-faults test-attack test-crash crash test-cluster cluster test-auth test-model end2end-attached bench weight fuzz grammars

CI := .ci
RUN := $(CI)/with-tools
RELEASE := $(abspath $(or $(CARGO_TARGET_DIR),target))/release/colloquy

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what serving, testing and `cargo leptos watch` need; each does it by itself
	@$(CI)/setup all

serve: ## Build soon and serve at http://localhost:3000
	@$(CI)/build serve
	@$(RUN) --server

release: ## Build the binary to deploy: target/release/colloquy
	@$(CI)/build release

watch: ## Serve, and build again on each change of a file
	@$(CI)/setup watch
	@LEPTOS_HASH_FILES=false $(RUN) cargo leptos watch --hot-reload

test: ## Run everything that CI runs
	@$(CI)/test

test-long: ## Run what takes longer: the pages' files beside cargo-leptos's, the same suites on the release binary, its weight, 100 crashes, a minute of anything for each reader
	@$(CI)/test-long

lint: ## Run the checks that need no tests: format, Clippy on both sides, the house's rules
	@$(CI)/setup test
	@$(RUN) cargo fmt --all --check
	@$(CI)/house
	@$(RUN) cargo clippy --locked --workspace --features ssr --all-targets -- -D warnings
	@$(RUN) cargo clippy --locked --lib --features hydrate --target wasm32-unknown-unknown -- -D warnings
	@npm --prefix end2end run --silent check

test-rust: ## Run the Rust tests on both engines
	@$(CI)/setup test
	@$(CI)/with-postgres cargo test --locked --features ssr

test-stories: ## Run the stories in the browser, on the binary that was built last (ARGS: Playwright's)
	@$(CI)/setup test
	@cd end2end && ../$(RUN) npx playwright test $(ARGS)

test-tokens: ## Verify tokens with other people's packages, on the binary that was built last
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/tokens $(ARGS)

test-chatkit: ## Judge streams and objects by ChatKit's own models, and compare with its server, on the binary that was built last
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/conformance/chatkit $(ARGS)

test-chatkit-relay: ## Put a FastAPI server with ChatKit's SDK behind the binary that was built last (ARGS: pytest's)
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/chatkit-relay $(ARGS)

test-files: ## Keep files in an S3 server, with the binary that was built last
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/files $(ARGS)

test-faults: ## Let models and servers behind fail in every way, on the binary that was built last (ARGS: pytest's)
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/faults $(ARGS)

test-attack: ## Attack the binary that was built last while others use it (ARGS: pytest's)
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/attack $(ARGS)

test-operations: ## Check the metrics and alerts of the binary that was built last by Prometheus's promtool
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/operations $(ARGS)

test-mail: ## Send mails through a real SMTP server, from the binary that was built last
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/mail $(ARGS)

test-crash: ## Kill the server 20 times while it answers, half of them on PostgreSQL, and stop it, on the binary that was built last (ARGS: pytest's)
	@$(CI)/setup test
	@$(RUN) $(CI)/with-postgres .tools/python/bin/python -m pytest end2end/crash $(ARGS)

crash: ## Kill the server 100 times while it answers
	@KILLS=100 $(MAKE) --no-print-directory test-crash

test-cluster: ## Run three servers behind haproxy while they and PostgreSQL fail, on the binary that was built last (SEED, ARGS: pytest's)
	@$(CI)/setup test
	@$(RUN) .tools/python/bin/python -m pytest end2end/cluster $(ARGS)

# Deadlines are those of the assertions, and faults last their full time.
cluster: export FACTOR ?= 1
cluster: export SCALE ?= 1
cluster: export MINUTES ?= 60
cluster: ## Do the same with faults at random for an hour (SEED, MINUTES)
	@$(MAKE) --no-print-directory test-cluster ARGS="-s -k at_random $(ARGS)"

test-auth: ## Compare with Better Auth, by its own client, on the binary that was built last (ARGS: --target better-auth)
	@$(CI)/setup test
	@$(RUN) $(CI)/with-postgres node end2end/conformance/better-auth/run.mjs $(ARGS)

test-model: ## Run a story with a real language model on this processor (slow)
	@$(CI)/build serve
	@$(CI)/setup model
	@cd end2end && ../$(RUN) npx playwright test --config playwright.model.config.ts

# What `RATE_LIMIT=off cargo leptos end-to-end` calls, once it has started the server.
end2end-attached:
	@$(CI)/attached $(ARGS)

bench: export COLLOQUY_BIN = $(RELEASE)
bench: release ## Measure what Colloquy adds to a model's first token, start-up, memory, long threads and Lighthouse, and the originals beside it
	@$(CI)/setup test
	@$(RUN) node end2end/bench/bench.mjs
	@$(RUN) node end2end/bench/long.mjs
	@$(RUN) node end2end/bench/scroll.mjs
	@$(RUN) $(CI)/with-postgres node end2end/bench/auth.mjs
	@$(RUN) node end2end/bench/chat.mjs
	@$(RUN) $(CI)/with-postgres node end2end/bench/elsewhere.mjs
	@$(RUN) $(CI)/with-postgres node end2end/bench/carried.mjs
	@$(RUN) node end2end/bench/lighthouse.mjs
	@$(RUN) .tools/python/bin/python -m pytest --quiet end2end/attack

weight: ## Weigh what the binary that was built last sends to browsers against the budgets
	@$(CI)/setup serve
	@$(RUN) node end2end/bench/weight.mjs

fuzz: ## Feed what reads foreign bytes with anything (FOR=20 seconds each)
	@$(CI)/fuzz $(or $(FOR),20)

grammars: ## Measure the longest that a line of code takes to be coloured, per language (LANGUAGE=Rust: only that one)
	@$(RUN) cargo run --locked --release --features ssr --example grammars -- $(LANGUAGE)

.PHONY: screenshots
screenshots: ## Take the README's pictures of the binary that was built last
	@$(CI)/setup test
	@$(RUN) node end2end/docs/screenshots.mjs
