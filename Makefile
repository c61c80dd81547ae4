# The whole of trackkit in a few words. `make` alone lists them.

PYTHON ?= $(if $(shell python3.11 --version 2>/dev/null),python3.11,python3)
UV      = 0.13.9
CASE   ?= data/syrian-air-9218
OUT    ?= build

# The same bytes on every run: no display, no hash order, no clock (2024-12-08T00:00:00Z) inside figures and archives.
export MPLBACKEND = Agg
export PYTHONHASHSEED = 0
export SOURCE_DATE_EPOCH = 1733616000

BIN   = .venv/bin
READY = .venv/.ready
# pip shows its progress to a person, and says nothing to a log.
PIP   = $(BIN)/python -m pip --disable-pip-version-check $(if $(MAKE_TERMOUT),,-qq)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help report test test-slow lint docs lock clean

help: ## list these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

report: $(READY) ## the main job: read the case, reconstruct, judge, draw -> build/report.html
	@$(BIN)/tk report $(CASE) --out $(OUT)

test: lint ## ruff, mypy and the quick tests
	@$(BIN)/pytest -q -m "not slow"

test-slow: $(READY) ## the tests that take longer, the notebooks among them
	@$(BIN)/pytest -q -m slow || [ $$? -eq 5 ] # 5: no test is slow

lint: $(READY) ## ruff and mypy alone
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary

docs: $(READY) ## the reference and the tutorial as pages -> build/docs/index.html
	@rm -rf docs/reference docs/notebooks
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs build/docs

lock: ## remake requirements.lock from pyproject.toml (needs the network)
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV)
	@build/lock/bin/uv pip compile pyproject.toml --group dev --all-extras --quiet --no-config --upgrade \
	  --universal --python-version 3.11 --fork-strategy fewest \
	  --generate-hashes --custom-compile-command "make lock" --output-file requirements.lock

clean: ## remove all that make made, .venv too
	@rm -rf .venv build dist docs/reference docs/notebooks .mypy_cache .pytest_cache .ruff_cache .hypothesis
	@find trackkit tests -name __pycache__ -prune -exec rm -rf {} +

# One environment, made once: packages only when the lock has changed, trackkit itself when pyproject.toml has.
.venv/.locked: requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("trackkit needs Python 3.11 or later")'
	@echo "Setting up .venv from requirements.lock (once, a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(READY): .venv/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
