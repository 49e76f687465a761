# Two targets do all the set-up: `make demo` shows what the library does, `make test` proves it.
# Needs python3 (3.11 or newer) and the package registries; everything else is installed below.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2

.PHONY: demo test lint docs maps licences sbom audit lowest clean help

help:
	@echo "make demo   install the library and plan a day south of Hanoi into demo/"
	@echo "make test   install what tests need (browser included) and run every check"
	@echo "make lint   formatting, style, types, layers and the build of the docs only"
	@echo "make docs   the documentation into docs/_build/html, notebooks executed"
	@echo "make maps   the four corridor maps and the river map into demo/"
	@echo "make licences  docs/licences.md anew, from the metadata of what is installed"
	@echo "make sbom   dist/sbom.json, a bill of materials (CycloneDX)"
	@echo "make audit  the pinned versions against the database of known vulnerabilities (network)"
	@echo "make lowest the library on the lowest versions that it declares, in an environment of its own"
	@echo "make clean  remove the virtual environment and what was built"

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; set PYTHON=python3.x")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.library: $(BIN)/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.tests: $(VENV)/.library
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	@touch $@

demo: $(VENV)/.library
	@mkdir -p demo
	$(BIN)/routeplanner plan --corridor south --start ho-hoan-kiem --date 2027-03-13 --days 1 \
	  --theme handicraft=1 --map demo/south.html --json demo/south.json
	@echo "Open demo/south.html in a browser; it needs no network."

maps: $(VENV)/.library
	@mkdir -p demo
	for corridor in south southwest west northwest; do \
	  $(BIN)/routeplanner plan --corridor $$corridor --date 2027-03-13 --map demo/$$corridor.html --json demo/$$corridor.json || exit 1; \
	done
	$(BIN)/routeplanner plan --corridor river --mode river --date 2027-03-13 --map demo/river.html --json demo/river.json

test: $(VENV)/.tests
	tools/need-chromium
	tools/need-postgis
	$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest --nbmake --nbmake-timeout=300 -n $(JOBS) notebooks
	$(BIN)/python -m pytest --doctest-modules -n $(JOBS) --dist loadfile src tests

docs: $(VENV)/.tests
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python tools/check_links.py docs/_build/html
	@echo "Open docs/_build/html/index.html."

lint: $(VENV)/.tests
	$(BIN)/ruff format --check src tests benchmarks tools docs/conf.py
	$(BIN)/ruff check src tests benchmarks tools docs/conf.py
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	ROUTEPLANNER_DOCS_EXECUTE=off $(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python tools/check_links.py docs/_build/html

licences: $(VENV)/.tests
	$(BIN)/python tools/licences.py

# The tools of a release live in an environment of their own: what they need must not change what is examined.
$(VENV)-release/.made: $(BIN)/python
	$(PYTHON) -m venv $(VENV)-release
	$(VENV)-release/bin/python -m pip install --quiet --disable-pip-version-check cyclonedx-bom pip-audit uv
	@touch $@

sbom: $(VENV)/.library $(VENV)-release/.made
	@mkdir -p dist
	$(VENV)-release/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --spec-version 1.6 --output-reproducible \
	  --output-file dist/sbom.json $(BIN)/python
	$(BIN)/python tools/complete_sbom.py dist/sbom.json

# Fails where the package index does not answer about vulnerabilities ("not found on PyPI"): a silent index proves nothing.
audit: $(VENV)-release/.made
	$(VENV)-release/bin/pip-audit --requirement constraints.txt --no-deps --disable-pip --strict --progress-spinner off --timeout 15

lowest: $(VENV)-release/.made
	tools/lowest $(VENV)-release/bin/uv $(VENV)-lowest

clean:
	rm -rf $(VENV) $(VENV)-release $(VENV)-lowest build dist demo docs/_build docs/generated docs/notebooks .mypy_cache .pytest_cache .ruff_cache .hypothesis
