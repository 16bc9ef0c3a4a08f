# make run    build and start with the sample zone on http://127.0.0.1:8080
# make test   every test, installing what it needs
# make bench  the figures of BENCHMARKS.md
# make lint   format, lints, documentation, dependencies

LISTEN ?= 127.0.0.1:8080
DATA   ?= data/sample

.PHONY: run test bench lint

run:
	cargo run --release --locked -p xianshou -- demo --listen $(LISTEN) --data $(DATA)

test:
	tools/test

bench:
	tools/bench

lint:
	tools/lint
