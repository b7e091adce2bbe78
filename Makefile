# Casework: `make run` serves it, `make test` proves it. Needs make and Python 3.11 or newer; fetches everything else.
# Paths are relative and programs are called as `python -m`, so that any folder will do: spaces, long paths, closed parents.

SHELL := /bin/sh
PY := .venv/bin/python
TESTS ?=

# the first Python on the path that is new enough
FIND_PYTHON = for name in "$$PYTHON" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if [ -n "$$name" ] && "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$name; break; fi; done; \
	if [ -z "$$found" ]; then echo "Casework needs Python 3.11 or newer, and none is on the PATH. Set PYTHON to one." >&2; exit 1; fi

.PHONY: help run test check format bench demo sbom clean setup
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

run: setup ## serve everything on PORT (8000), data under CASEWORK_HOME (instance); Ctrl-C ends it
	@exec $(PY) -m casework up --with-parent

test: check ## every check, then the whole suite (TESTS=path for a part of it)
	@exec $(PY) -m pytest -n 2 --dist loadgroup $(TESTS)

check: setup ## style, types, insecure code, import contracts, workflow tables: under a minute
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --check --quiet . || { echo "Run make format." >&2; exit 1; }
	@$(PY) -m mypy
	@$(PY) -m bandit --quiet --configfile pyproject.toml --recursive casework workers migrations requirements config.py wsgi.py
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
	@$(PY) -m casework workflows check

format: setup ## put the code into its form
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .

bench: setup ## rates, times, CPU per action and memory, beside their yardsticks
	@exec $(PY) -m tests.bench

demo: setup ## fill an empty database with made-up cases
	@exec $(PY) -m casework demo

sbom: setup ## print what it runs on, as CycloneDX JSON, from the lock files
	@exec $(PY) -m casework sbom

clean: ## remove what make installed and cached; the data under CASEWORK_HOME stays
	@rm -rf .venv node_modules .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@$(FIND_PYTHON); exec "$$found" requirements/install.py
