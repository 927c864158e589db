# Two commands do all: `make run` opens the station on the demo line, `make test` passes the tests.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MODULES := inspector training

.PHONY: run test torture bench check lint types contracts clean

run: $(VENV)/.station
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		exec $(BIN)/inspector; \
	else \
		echo "no display: inspecting 24 demo parts into results/demo"; \
		$(BIN)/inspector inspect demo --recipe demo --frames 24 --out results/demo; \
	fi

test: $(VENV)/.dev
	$(BIN)/pytest -n auto -q

# Hours of kills, full disks, lost servers and damaged files; `make test` has a short form of each.
torture: $(VENV)/.dev
	INSPECTOR_TORTURE_KILLS=200 INSPECTOR_TORTURE_FRAMES=50000 INSPECTOR_TORTURE_DISKS=20 INSPECTOR_TORTURE_SERVER=20 \
		$(BIN)/pytest -n0 -s -v tests/torture
	INSPECTOR_FUZZ_CASES=10000 $(BIN)/pytest -n auto -v tests/fuzz

bench: $(VENV)/.dev
	$(BIN)/python tests/benchmarks/bench.py

check: lint types contracts

lint: $(VENV)/.dev
	$(BIN)/ruff check $(MODULES) tests
	$(BIN)/ruff format --check $(MODULES) tests

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

# A stamp says that an installation is complete and newer than what it was made from, so that a second run starts at once.
$(VENV)/.station: pyproject.toml packaging/system-packages.sh
	@packaging/system-packages.sh window
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml packaging/system-packages.sh
	@packaging/system-packages.sh test
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/.station

clean:
	rm -rf $(VENV) results .mypy_cache .ruff_cache .pytest_cache .hypothesis
