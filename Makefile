# `make demo` and `make test` need Python 3.10-3.12, make and a package index,
# and nothing else: the first run makes its own virtual environment in .venv.
#
#   make demo     train and evaluate on the embedded data set
#   make test     every test
#   make fuzz     a minute of damaged files for every reader
#   make test-portable    the numeric ones, as a processor of 2008 counts
#   make resume-check   kill and resume every stage, compare all bits
#   make lint     ruff, mypy, interrogate
#   make docs     the documentation site, in build/docs
#   make clean    remove .venv, builds and caches (never work_dirs)
#   make PYTHON=/path/to/python3.11 test     with a Python of your choice

SHELL := /bin/bash
VENV := .venv
PY := $(abspath $(VENV))/bin/python
STAMP := $(VENV)/.installed
CONSTRAINTS := requirements/constraints-cpu.txt
# Two workers of one thread each: what a small machine has.
TEST_WORKERS ?= 2
# `make test SEED=7` shuffles the tests by a seed (pytest-randomly).
SEED ?=
PYTEST = $(PY) -m pytest -n $(TEST_WORKERS) \
    $(if $(SEED),-p randomly --randomly-seed=$(SEED)) $(PYTEST_ARGS)
# Where last digits decide. The three libraries below PyTorch that sum choose
# their instructions each by its own variable.
NUMERIC := $(addprefix tests/,calibration classification engine evaluation \
    models semantics utils)
OLD_CPU := ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 \
    MKL_ENABLE_INSTRUCTIONS=SSE4_2

# An active environment or a PYTHONPATH must not leak into ours.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV __PYVENV_LAUNCHER__
unexport PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV PIP_CONSTRAINT
export PYTHONNOUSERSITE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-portable fuzz resume-check lint docs clean install
.DEFAULT_GOAL := test

demo: $(STAMP)
	$(PY) tools/demo.py

test: $(STAMP)
	OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 $(PYTEST)

test-portable: $(STAMP)
	$(OLD_CPU) OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 $(PYTEST) $(NUMERIC)

fuzz: $(STAMP)
	OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 $(PY) -m tests.fuzz --seconds 60
	$(PY) -m pytest tests/fuzz -k any --hypothesis-profile fuzz

resume-check: $(STAMP)
	OMP_NUM_THREADS=1 MKL_NUM_THREADS=1 $(PY) -m tests.resume_matrix

lint: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m interrogate mmseg_zeroshot tools

docs: $(STAMP)
	$(PY) -m sphinx -W --keep-going -q -b html docs build/docs

install: $(STAMP)

$(PY):
	bash requirements/make_venv.sh "$(VENV)" "$(PYTHON)"

# Installed again when a requirement changes, not when the code does.
$(STAMP): setup.py $(CONSTRAINTS) | $(PY)
	$(PY) -m pip install --quiet --upgrade pip
	$(PY) -m pip install --quiet -e '.[onedl,demo,tests,docs]' -c $(CONSTRAINTS)
	$(PY) -c 'import mmseg_zeroshot.registered'
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache \
	    .ruff_cache docs/api/generated
	find mmseg_zeroshot tools tests configs -name __pycache__ -type d \
	    -prune -exec rm -rf {} +
