# Copyright (c) 2026, livestream.relay contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Needs Python 3.11 or later, git and make. Everything else is put into .venv, .nox and .build in this folder.

BUILD := $(CURDIR)/.build
VENV := .venv
LINK := .build/collections/ansible_collections/livestream/relay
PIP_LOG := .build/pip.log
NOX := $(VENV)/bin/nox
LINTERS := antsibull-nox-config codeqa format-check yamllint typing ansible-lint license-check extra-checks changelog docs-check \
	build-import-check

# The first python3 that an ansible-core of today runs on: make PYTHON=/path/to/python3 names another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then command -v $$p; break; fi; done)

# What a person wants to read of the demo, and none of what the user's own ansible.cfg says.
DEMO_ENV := ANSIBLE_CONFIG=$(BUILD)/ansible.cfg ANSIBLE_HOME=$(BUILD)/ansible \
	ANSIBLE_COLLECTIONS_PATH=$(BUILD)/collections ANSIBLE_LOCALHOST_WARNING=false \
	ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOWS=1 ANSIBLE_DISPLAY_SKIPPED_HOSTS=false

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit integration sanity conformance cores bench proof clean

help:
	@echo "make demo         start an emulator of the three clouds, list its tasks, stop it"
	@echo "make test         all checks: linters, sanity, unit, integration and conformance tests"
	@echo "make lint         only the linters, the docs and the licence checks"
	@echo "make unit         only the unit tests"
	@echo "make sanity       only ansible-test sanity"
	@echo "make integration  only ansible-test integration"
	@echo "make conformance  only the tests against the clouds' own SDKs"
	@echo "make cores        only the tests on the oldest and the newest ansible-core that are supported"
	@echo "make bench        how quick the modules are beside what a user would do instead; results in .build/benchmark"
	@echo "make proof        hostile clouds of every kind against the modules, as a table"
	@echo "make clean        remove all that the others made"

demo: $(VENV)/demo.stamp $(LINK)
	@: > $(BUILD)/ansible.cfg
	@$(DEMO_ENV) $(VENV)/bin/ansible-playbook livestream.relay.demo

# nox goes on after a failure, so one run tells all. The tally says how many tests that were.
test: $(VENV)/test.stamp $(LINK)
	@rm -rf .build/results && mkdir -p .build/results
	@code=0; $(NOX) --report .build/results/nox.json || code=1; \
	$(VENV)/bin/python tests/tally.py .build/results || code=1; exit $$code

lint: $(VENV)/test.stamp $(LINK)
	@$(NOX) -s $(LINTERS)

unit: $(VENV)/test.stamp $(LINK)
	@$(NOX) -s unit unit-3.9

sanity integration conformance: $(VENV)/test.stamp $(LINK)
	@$(NOX) -s $@

cores: $(VENV)/test.stamp $(LINK)
	@$(NOX) -t cores

bench proof: $(VENV)/test.stamp $(LINK)
	@$(NOX) -s $@

clean:
	@rm -rf $(VENV) .nox .build .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; python3 here is: $$(python3 --version 2>&1)." \
		"Install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/demo.stamp: tests/requirements-demo.txt tests/constraints.txt | $(VENV)/bin/python
	@echo "Installing ansible-core and requests into .venv"
	@$(call pip_install,tests/requirements-demo.txt)

$(VENV)/test.stamp: tests/requirements-nox.txt tests/constraints.txt | $(VENV)/bin/python
	@echo "Installing nox and antsibull-nox into .venv"
	@$(call pip_install,tests/requirements-nox.txt)

define pip_install
mkdir -p .build; \
if $(VENV)/bin/python -m pip install -r $(1) > $(PIP_LOG) 2>&1; then touch $@; else \
	grep -i error $(PIP_LOG) | tail -n 3 >&2; \
	echo "pip could not install $(1). Is there a network, or an index that pip is told of? All it said: $(PIP_LOG)" >&2; \
	exit 1; fi
endef

# Python and Ansible find a collection by its folder: ansible_collections/NAMESPACE/NAME.
$(LINK):
	@mkdir -p $(dir $@) && ln -sfn ../../../.. $@
