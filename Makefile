# No logic here: every verb is a function of portal/installation, which runs on the system's Python alone.
VERBS = run install status stop test test-all check fix messages migrations locks backup restore bundle bench
PYTHON ?= python3
MAKEFLAGS += --no-print-directory

help:
	@$(PYTHON) -m portal.installation help

$(VERBS):
	@$(PYTHON) -m portal.installation $@

.PHONY: help $(VERBS)
