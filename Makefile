# Rounds. `make up` runs the product, `make test` runs every test; both set up what they need.
.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
WORKERS ?= 2

.PHONY: help up install test check format lint types imports unit bench chaos docs pictures lock clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

up: $(VENV)/.run web/static/vendor/.done ## set everything up and run Rounds here
	@$(BIN)/rounds up

install: $(VENV)/.run web/static/vendor/.done ## set everything up without starting

test: $(VENV)/.dev web/static/vendor/.done ## set everything up and run every test
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

check: $(VENV)/.dev web/static/vendor/.done ## what to run before each commit
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup

format: $(VENV)/.dev ## put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(VENV)/.dev ## style and smells
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

types: $(VENV)/.dev ## the strict type checker
	@$(BIN)/mypy

imports: $(VENV)/.dev ## the drawing of the house, executed
	@$(BIN)/lint-imports

bench: $(VENV)/.dev ## measure the engine; ARGS="burst --n 10000 --peers"
	@$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.dev ## write the feature matrix and the commands, and build the documentation into site/
	@$(BIN)/python docs/matrix.py
	@$(BIN)/python docs/commands.py
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs site

pictures: $(VENV)/.dev web/static/vendor/.done ## take the pictures of the documentation anew
	@$(BIN)/python docs/pictures.py

lock: $(UV) ## renew the lock files from pyproject.toml
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--group build pyproject.toml -o requirements.lock $(LOCKARGS)
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		-c requirements.lock --group build --group dev pyproject.toml -o requirements-dev.lock $(LOCKARGS)

$(UV):
	@echo "Bringing uv into .uv (it is not installed here)"
	@python3 -m venv .uv && .uv/bin/python -m pip install -q uv

$(BIN)/python: | $(UV)
	@$(UV) venv -q --allow-existing $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

web/static/vendor/.done: web/frontend/package-lock.json web/frontend/build.py | $(BIN)/python
	@$(BIN)/python web/frontend/build.py --uv $(UV)

clean: ## forget everything that was installed here
	@rm -rf $(VENV) .uv web/static/vendor web/frontend/node_modules .mypy_cache .ruff_cache .pytest_cache
