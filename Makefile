# Inlay. `make run` starts the studio. `make test` runs every check and test. `make check` runs those that take minutes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One process more than there are cores, because many tests wait; at most nine. The tests of a file run in one process,
# because they share fixtures. Files run in the order in which tests/conftest.py puts them.
PROCESSES := $(shell $(PYTHON) -c 'import os; print(min(8, os.cpu_count() or 1) + 1)')
PYTEST := $(BIN)/pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
FRONTEND_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/.*' 2>/dev/null) \
	$(wildcard examples/*.json)
PACKAGES := backend inlay inlay_engine training worker
PYTHON_SOURCES := $(shell find $(PACKAGES) -name '*.py')

.PHONY: run test prepared gpu benchmarks-quick check static lint types imports frontend-check frontend-test unit lock screenshots clean

run: $(VENV)/.compiled frontend/dist/.built
	@$(BIN)/inlay run

# What does not need each other runs two at a time. The tests come last and alone, because some measure time.
test:
	@$(MAKE) --no-print-directory --jobs=2 prepared
	$(PYTEST) tests

# pip takes longest, so that it begins first.
prepared: $(VENV)/.test-installed $(VENV)/.compiled $(VENV)/.servers frontend/dist/.built static frontend-test

# The tests and benchmarks that need a CUDA device.
gpu: $(VENV)/.test-installed
	$(BIN)/pytest tests/gpu
	$(BIN)/python -m benchmarks.speed --device cuda --quick --json runs/speed-cuda.json
	$(BIN)/python -m benchmarks.gpu

# How fast Inlay is, on this machine's processor. docs/benchmarks.md says how its tables are made.
benchmarks-quick: $(VENV)/.test-installed
	$(BIN)/python -m benchmarks.speed --quick --json runs/speed-quick.json

check:
	@$(MAKE) --no-print-directory --jobs=2 static unit

static: lint types imports frontend-check

# The unit tests that are not marked slow.
unit: $(VENV)/.test-installed
	$(PYTEST) tests/unit -m "not slow"

# Photograph the studio in three sizes and two themes: into screenshots/, and some of them into docs/images/studio/.
screenshots: $(VENV)/.servers $(VENV)/.test-installed frontend/dist/.built
	$(BIN)/python -m scripts.screenshots

lint: $(VENV)/.test-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test-installed
	$(BIN)/pyright --pythonpath $(BIN)/python

imports: $(VENV)/.test-installed
	$(BIN)/lint-imports

frontend-check: frontend/node_modules/.installed
	$(BIN)/python -m inlay.node run check

frontend-test: frontend/node_modules/.installed
	$(BIN)/python -m inlay.node run test

# Write the lock files: the versions that pip installs for pyproject.toml's dependencies in an empty environment.
lock:
	$(PYTHON) -m scripts.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Inlay needs Python 3.11 or newer; set PYTHON=python3.11"'
	@$(PYTHON) -m venv $(VENV) || { rm -f $@; echo 'On Debian and Ubuntu: apt install python3-venv'; exit 1; }

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# pip compiles the packages that it copies, but not those of an editable installation. Without this, every process compiles
# them again where PYTHONDONTWRITEBYTECODE is set.
$(VENV)/.compiled: $(PYTHON_SOURCES) | $(VENV)/.installed
	$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

$(VENV)/.test-installed: requirements-test.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-test.lock
	@touch $@

$(VENV)/.servers: scripts/install_servers.sh | $(VENV)/bin/python
	sh scripts/install_servers.sh
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json frontend/package.json | $(VENV)/bin/python
	$(BIN)/python -m inlay.node ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/.built: frontend/node_modules/.installed $(FRONTEND_SOURCES)
	$(BIN)/python -m inlay.node run bundle
	@touch $@

clean:
	rm -rf $(VENV) frontend/node_modules frontend/dist
