# `make demo` and `make test` are all that is needed on a fresh machine; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8400
VENV ?= .venv
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip --disable-pip-version-check --quiet --quiet --no-input
SOURCES := platform renderers

.PHONY: help
help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- environment ---------------------------------------------------------------------------------

# An environment that somebody else made is never touched; one of our own that was left half made is made anew.
$(VENV)/made:
	@if [ -e $(VENV) ] && [ ! -e $(VENV)/begun ]; then \
		echo "$(VENV) exists and was not made by make: remove it, or name another folder with VENV=…" >&2; exit 1; \
	fi
	@rm -rf $(VENV); mkdir -p $(VENV); touch $(VENV)/begun
	@python=$$(tools/find-python); echo "environment: $(VENV), $$($$python --version)"; $$python -m venv $(VENV)
	@touch $@

# Run-time packages, each with its hash, then the project itself as an editable install.
$(VENV)/base: $(VENV)/made requirements/base.lock requirements/build.lock pyproject.toml
	@echo "packages: run time"
	@$(PIP) install --require-hashes -r requirements/base.lock -r requirements/build.lock
	@DOUGONG_SKIP_FRONTEND=1 $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev: $(VENV)/base requirements/dev.lock
	@echo "packages: development and tests"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

# Node comes from the machine, else from the package index.
$(VENV)/node: $(VENV)/base requirements/node.lock
	@if ! $(RUN)/python hatch_build.py node >/dev/null 2>&1; then \
		echo "packages: Node"; $(PIP) install --require-hashes -r requirements/node.lock; \
	fi
	@touch $@

.PHONY: assets
assets: $(VENV)/node ## build scripts, styles and icons
	@$(RUN)/python hatch_build.py build

# --- work ----------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/base assets ## serve the CRM with demo data on a new database (PORT=8400)
	@$(RUN)/dougong demo --port $(PORT)

.PHONY: test
test: $(VENV)/dev assets ## run the whole test suite on SQLite, PostgreSQL and a real browser
	@$(RUN)/python -m tests.needs
	@$(RUN)/python -m pytest -q -n $(WORKERS) --dist loadscope

.PHONY: nightly
nightly: $(VENV)/dev assets ## run what is too long for every change (about two hours on two cores)
	@$(RUN)/python -m tests.needs
	@$(RUN)/python -m pytest -q -m nightly -n $(WORKERS) --dist worksteal -o faulthandler_timeout=3600
	@$(MAKE) races

EXAMPLES ?= 2000
RIGHTS := tests/rights tests/policy tests/records/test_rights.py tests/api/test_rights.py tests/web/test_guards.py

.PHONY: agree
agree: $(VENV)/dev assets ## let Python, SQLite, PostgreSQL and the browser agree on cases and generated expressions (EXAMPLES=2000)
	@DOUGONG_AGREE_EXAMPLES=$(EXAMPLES) $(RUN)/python -m pytest -q --no-header tests/expressions

.PHONY: mutants
mutants: $(VENV)/dev assets ## break the back ends of expressions on purpose and see that the suite notices (BACK_ENDS="Python SQLite PostgreSQL browser")
	@$(RUN)/python -m tests.needs
	@$(RUN)/python tools/mutants.py $(BACK_ENDS)

.PHONY: rights
rights: $(VENV)/dev assets ## compare two databases that differ in what a role may not see, and try every door as who may not, on both
	@$(RUN)/python -m tests.needs
	@DOUGONG_RIGHTS=whole $(RUN)/python -m pytest -q --no-header $(RIGHTS)

.PHONY: sqlmap
sqlmap: $(VENV)/dev assets ## let sqlmap (Debian's package, or from the package index) try every parameter that names something; only this machine is asked
	@PYTHONPATH=platform:renderers:. $(RUN)/python -m tests.security.sqlmap

OPERATIONS ?= 10000

.PHONY: races
races: $(VENV)/dev ## let writers in several processes, and approvals, race behind a barrier (OPERATIONS=10000)
	@$(RUN)/python -m tests.needs
	@$(RUN)/python -m pytest -q --no-header tests/workflow/test_races.py
	@DOUGONG_RACES=$(OPERATIONS) $(RUN)/python -m pytest -q --no-header -s tests/races

.PHONY: figures
figures: $(VENV)/dev ## compare reports with an independent computation
	@$(RUN)/python -m pytest -q --no-header tests/reports

.PHONY: bench
bench: $(VENV)/dev assets ## measure dougong beside a bare application of hand-written SQL, on both databases (ROWS=100000)
	@$(RUN)/python -m tests.needs
	@PYTHONPATH=platform:renderers:. $(RUN)/python -m tests.performance.bench --rows $(or $(ROWS),100000)

.PHONY: scale
scale: $(VENV)/dev assets ## measure large apps: 500 entities of 200 fields, 500 fields, 1000 rows
	@PYTHONPATH=platform:renderers:. $(RUN)/python -m tests.performance.scale

.PHONY: real-data
real-data: $(VENV)/dev ## import a company's real sales pipeline on both databases and prove that it is all there (DATA=folder)
	@$(RUN)/python -m tests.needs
	@$(RUN)/python tools/real_data.py $(DATA)

LINTS := lint-style lint-types lint-layers lint-security lint-rules lint-client

.PHONY: lint $(LINTS)
lint: $(VENV)/dev $(VENV)/node ## check style, types, layers, security, own rules and TypeScript
	@$(MAKE) --keep-going $(LINTS)

lint-style:
	$(RUN)/ruff check --quiet .
	$(RUN)/ruff format --quiet --check .
lint-types:
	$(RUN)/mypy --no-error-summary
lint-layers:
	PYTHONPATH=platform:renderers $(RUN)/lint-imports --no-logo
lint-security:
	$(RUN)/bandit --quiet --recursive --configfile pyproject.toml $(SOURCES)
lint-rules:
	$(RUN)/python tools/lint/one_of_each.py $(SOURCES)
	$(RUN)/python tools/lint/pages.py $(SOURCES)
lint-client:
	$(RUN)/python hatch_build.py check

.PHONY: screenshots
screenshots: $(VENV)/dev assets ## photograph the main screens of a fresh demo (OUT=folder)
	@if [ -z "$(OUT)" ]; then echo "name the folder for the pictures: make screenshots OUT=folder" >&2; exit 2; fi
	@PYTHONPATH=platform:renderers:. $(RUN)/python -m tests.browser.screenshots "$(OUT)"

.PHONY: docs
docs: $(VENV)/base ## write the reference anew from the registries
	@PYTHONPATH=platform:renderers $(RUN)/python -m dougong.reference reference

.PHONY: format
format: $(VENV)/dev ## put the code into the common shape
	$(RUN)/ruff check --fix-only .
	$(RUN)/ruff format .

.PHONY: clean
clean: ## remove everything that was built or installed here
	@if [ -e $(VENV)/begun ]; then rm -rf $(VENV); fi
	rm -rf dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	rm -rf renderers/dougong_renderers/html/static/dist* renderers/dougong_renderers/html/client/node_modules
