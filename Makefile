# Two commands do everything: `make demo` shows what kpispec makes, `make test` checks it.
# Both set up what they need (Python 3.11 or newer must be there) and are quick the second time.

VENV := .venv
BIN := $(VENV)/bin
DEMO := build/demo
ROWS := 1000000

export UV_PROJECT_ENVIRONMENT := $(VENV)
unexport VIRTUAL_ENV PYTHONPATH

.DEFAULT_GOAL := help
.PHONY: help demo test setup browser check lint types layers unit format bench clean

help:
	@echo "make demo     write the example project into $(DEMO), compute it and render its scorecard"
	@echo "make test     lint, types, layers and all tests"
	@echo "make unit     the quick tests only"
	@echo "make bench    compare with hand-written SQL (ROWS=$(ROWS))"
	@echo "make format   put the code into its canonical layout"
	@echo "make clean    remove what the others made"

demo: setup
	@rm -rf $(DEMO) && mkdir -p $(dir $(DEMO))
	@$(BIN)/kpispec demo $(DEMO)
	@echo && echo "kpispec itself is $(CURDIR)/$(BIN)/kpispec"

test: setup browser check
	@$(BIN)/pytest -n 2

check: lint types layers

lint: setup
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup
	@$(BIN)/mypy

layers: setup
	@$(BIN)/lint-imports

unit: setup
	@$(BIN)/pytest -n 2 -m "not slow and not browser"

format: setup
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

bench: setup
	@$(BIN)/python bench/run.py --rows $(ROWS)

clean:
	rm -rf build dist .tools $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

setup: $(VENV)/.synced

# uv where it is installed, else one of our own from the package index. `UV_PYTHON` chooses another interpreter.
$(VENV)/.synced: pyproject.toml uv.lock
	@python="$${UV_PYTHON:-}"; \
	for name in python3.13 python3.12 python3.11 python3.14 python3 python; do \
	  [ -n "$$python" ] && break; \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$(command -v $$name); fi; \
	done; \
	uv=$$(command -v uv || true); \
	if [ -z "$$python" ] && [ -z "$$uv" ]; then echo "kpispec needs Python 3.11 or newer; none is on the PATH" >&2; exit 1; fi; \
	if [ -z "$$uv" ]; then \
	  echo "setting up: a uv of our own in .tools"; \
	  "$$python" -m venv .tools || { echo "this Python cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }; \
	  .tools/bin/python -m pip install --quiet --disable-pip-version-check uv || exit 1; \
	  uv=.tools/bin/uv; \
	fi; \
	echo "setting up: the locked dependencies in $(VENV)"; \
	"$$uv" sync --frozen --quiet --all-extras --python "$${python:->=3.11}" || exit 1
	@touch $@

# Browser tests skip themselves where no Chromium is found; this says why, and installs one where it may.
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null 2>&1 && exit 0; done; \
	if ! command -v apt-get >/dev/null 2>&1; then \
	  echo "browser tests will be skipped: no chromium on the PATH, and no apt-get to install it with"; \
	elif [ "$$(id -u)" != 0 ]; then \
	  echo "browser tests will be skipped: no chromium on the PATH; as root: apt-get install chromium"; \
	else \
	  echo "setting up: Chromium for the browser tests"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } \
	    >/dev/null 2>&1 </dev/null || echo "browser tests will be skipped: apt-get could not install chromium"; \
	fi
