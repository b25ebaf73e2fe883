# The first target that needs it builds .venv from the hashed lock; a changed lock rebuilds it.
# .venv-oracles is the same for the independent libraries that results are held against, .venv-audit for pip-audit.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
ORACLES := .venv-oracles/bin
AUDIT := .venv-audit/bin
# Solvers of integer programs that abcvoting would bring along: half of its size, and no oracle asks them.
SOLVERS := $(addprefix --no-emit-package ,cbcbox highspy pyscipopt swiglpk)
# Tests write thousands of small stores, each commit of which waits for the disk: in memory, where there is room.
IN_MEMORY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 2000000 { print "/dev/shm" }')
# A file of tests goes to one process, so that what they share is set up once and waited for by nobody.
TESTED := $(if $(IN_MEMORY),TMPDIR=$(IN_MEMORY) )$(BIN)/pytest -n auto --dist loadfile
# The seeds of one test are many, and none waits for another.
SOAKED := $(subst --dist loadfile,--dist worksteal --timeout 600,$(TESTED))
# What is seen of the store from the chat, on the other database.
IN_CHAT := $(addprefix tests/chat/,test_voting.py test_closing.py test_restarts.py)
# Where it is set, every test process would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check postgres soak oracles bench messages lock audit pictures clean

run: .venv/ready ## start the bot (with config.toml), else play the rehearsal and open it
	@if [ -f config.toml ]; then exec $(BIN)/rapporteur run --config config.toml; \
	else exec $(BIN)/rapporteur rehearse; fi

test: .venv/ready-dev ## run the tests, but for those that take long by themselves
	$(TESTED) -m "not thorough"

check: .venv/ready-dev ## lint, format, types, import contracts, all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TESTED)

postgres: .venv/ready-dev ## run the tests of storage and services on PostgreSQL too, which they start and stop
	STORE=postgres $(TESTED) tests/storage tests/services $(IN_CHAT)

soak: .venv/ready-dev ## hundreds of random seminars that break, over 300 kills, 100,000 fuzzed inputs: a quarter of an hour
	SOAK=1 STORE=postgres $(SOAKED) tests/faults/test_random_seminars.py tests/faults/test_kills.py
	SOAK=1 $(SOAKED) tests/faults tests/fuzzing tests/storage/test_killed_mid_burst.py

oracles: .venv-oracles/ready ## hold tallies and figures against independent libraries
	$(ORACLES)/pytest -n auto --all-oracles tests/oracles

bench: .venv/ready-dev ## measure speed, start-up and memory, beside peers where .venv-oracles is built
	$(BIN)/python -m benchmarks

messages: .venv/ready-dev ## collect the sentences of the program into locales/
	$(BIN)/python -m locales.extract

lock: .venv/ready-dev ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --upgrade --extra postgres --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --extra postgres --group build --constraint requirements-dev.lock \
	  pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --upgrade --group oracles $(SOLVERS) pyproject.toml -o requirements-oracles.lock
	$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header \
	  --python-version 3.11 --upgrade --group audit -o requirements-audit.lock

audit: .venv-audit/ready ## ask whether anything known is wrong with the packages of requirements.lock
	@$(AUDIT)/python .ci/audit.py requirements.lock

pictures: .venv/ready ## take the pictures of docs/ anew, with a browser that is installed
	$(BIN)/python -m rehearsal.pictures

clean: ## remove what was built; the store, the keys and config.toml stay
	rm -rf .venv .venv-oracles .venv-audit .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage *.egg-info
	rm -rf rehearsal-out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python .venv-oracles/bin/python .venv-audit/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Rapporteur needs Python 3.11 or later; say which with make PYTHON=/path/to/python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(@:/bin/python=)

.venv/ready: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Building .venv from requirements.lock; this takes a minute, once."
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-dev: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Building .venv from requirements-dev.lock; this takes a minute, once."
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ .venv/ready

.venv-oracles/ready: requirements-oracles.lock pyproject.toml | .venv-oracles/bin/python
	@echo "Building .venv-oracles from requirements-oracles.lock, 1.3 GB; this takes a minute, once."
	$(ORACLES)/python -m pip install --quiet --require-hashes --no-deps -r requirements-oracles.lock
	$(ORACLES)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv-audit/ready: requirements-audit.lock | .venv-audit/bin/python
	@echo "Building .venv-audit from requirements-audit.lock; this takes a minute, once."
	$(AUDIT)/python -m pip install --quiet --require-hashes --no-deps -r requirements-audit.lock
	@touch $@
