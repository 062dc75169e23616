# One command for everything; `make` alone lists the commands.
# The recipes are plain POSIX shell, for GNU make 3.81 or newer.

PYTHON ?= python3
CONFIG ?= config/config.yaml
CORES ?= all
SNAKEMAKE_ARGS ?=
PYTEST_ARGS ?=

PARALLEL ?= --numprocesses auto --maxprocesses 4

VENV := .venv
# Each file is written last, so that an interrupted build is never taken for a complete one.
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
# Commands, and programs that they start, find the environment's programs first.
IN_VENV := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help env figures report test test-long test-continuation test-faults test-slurm lint bench lock clean clean-results clean-env
.PHONY: docs archive
# Module search paths of the calling shell must not take precedence over the locked environment, and
# without bytecode every job would compile this package's modules again.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

help:  ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "Settings: PYTHON=python3.12 (to build the environment), CONFIG=config/quick.yaml, CORES=8,"
	@echo "          SNAKEMAKE_ARGS='--dry-run', PYTEST_ARGS='-k fold -x',"
	@echo "          PARALLEL= (run the tests in one process)"

env: $(READY)  ## Build the environment .venv: the locked packages and this package

# With arguments of Snakemake's, such as a dry run or single targets, there may be nothing to report.
figures: env  ## Run the whole workflow: figures, claims, the explorer, and a report of all
	@$(IN_VENV) ikmeanfield check $(CONFIG)
	$(IN_VENV) snakemake --configfile $(CONFIG) --cores $(CORES) $(SNAKEMAKE_ARGS)
	$(if $(SNAKEMAKE_ARGS),,@$(MAKE) --no-print-directory report)

report: env  ## Write results/report.html when everything is done
	$(IN_VENV) snakemake --cores 1 --configfile $(CONFIG) --report results/report.html

# Kernels are compiled first, by two processes that share none: every process that tests run in
# would compile its own otherwise.
test: env  ## Run the tests
	@$(IN_VENV) sh -c '{ for engine in exact euler exact_single; do \
		ikmeanfield compile --engine $$engine || exit; done; } & \
		ikmeanfield compile --engine theories && ikmeanfield compile --engine stationary; wait'
	$(IN_VENV) pytest $(PARALLEL) --dist loadfile --no-loadscope-reorder --durations 20 $(PYTEST_ARGS)

test-long: env  ## Run the tests that take minutes each
	$(IN_VENV) pytest -m long $(PARALLEL) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-continuation: env  ## Compare 2,000 random curves with themselves from other starts (minutes)
	$(IN_VENV) pytest tests/continuation_nightly $(PARALLEL) --dist load $(PYTEST_ARGS)

test-faults: env  ## Run the fault tests: kills, damage, full disks, wrong and hostile input
	$(IN_VENV) pytest tests/faults $(PARALLEL) --dist load -vv $(PYTEST_ARGS)

test-slurm: env  ## Run the workflow on a SLURM cluster on this machine (as root)
	$(IN_VENV) pytest -m slurm -rs tests/slurm $(PYTEST_ARGS)

lint: env  ## Check style, types and the workflow
	$(IN_VENV) ruff check .
	$(IN_VENV) ruff format --check .
	$(IN_VENV) mypy
	$(IN_VENV) snakefmt --check Snakefile workflow
	$(IN_VENV) snakemake --lint

docs: env  ## Build the site of the documentation: build/site/index.html
	$(IN_VENV) sphinx-build --quiet --fail-on-warning --keep-going -c docs -b html . build/site
	@echo "build/site/index.html is ready"

archive: env  ## Pack the results of CONFIG with lock and versions as an RO-Crate: archive.zip
	$(IN_VENV) ikmeanfield archive $(CONFIG)

bench: env  ## Run every benchmark in benchmarks/
	@for script in benchmarks/*.py; do \
	  [ -e "$$script" ] || continue; \
	  echo "== $$script"; \
	  $(IN_VENV) python "$$script" || exit 1; \
	done

# Versions stay as they are unless they must change or UPGRADE=1 is given. Unchanged files are not
# written, so that the environment is not built again.
lock:  ## Write the lock and the conda pins (UPGRADE=1: newest versions)
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; trap 'exit 1' HUP INT TERM; \
	uv=$$(command -v uv) || { \
	  $(PYTHON) -m venv "$$tmp/venv"; \
	  "$$tmp/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv; \
	  uv="$$tmp/venv/bin/uv"; \
	}; \
	[ ! -e envs/requirements.txt ] || cp envs/requirements.txt "$$tmp/requirements.txt"; \
	"$$uv" pip compile --no-config --quiet pyproject.toml \
	  --group workflow --group dev --group docs --group build --constraint envs/constraints.txt \
	  --universal --python-version 3.11 --fork-strategy fewest \
	  --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	  $(if $(UPGRADE),--upgrade) --output-file "$$tmp/requirements.txt" > "$$tmp/log"; \
	awk -f envs/pins.awk "$$tmp/requirements.txt" envs/environment.yaml > "$$tmp/environment.yaml"; \
	for file in requirements.txt environment.yaml; do \
	  cmp -s "$$tmp/$$file" "envs/$$file" || mv "$$tmp/$$file" "envs/$$file"; \
	done

clean:  ## Remove caches; keep results and the environment
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist src/*.egg-info
	find src tests benchmarks workflow -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

clean-results:  ## Remove all results and logs
	[ ! -d results ] || find results/ -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +
	rm -rf logs

clean-env:  ## Remove the environment
	rm -rf $(VENV)

# An environment contains absolute paths and a link to its interpreter. If the checkout was moved or
# copied, or the interpreter is gone, it is built again, whatever the dates of the files.
ifneq ($(shell $(VENV)/bin/python -c '' 2>/dev/null && cat $(LOCKED) 2>/dev/null),$(CURDIR))
.PHONY: $(LOCKED)
endif

$(LOCKED): envs/requirements.txt envs/install-lock.sh
	@found=$$($(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) || found=missing; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "ikmeanfield needs Python 3.11 or newer; $(PYTHON) is $$found. Name another: make env PYTHON=python3.12" >&2; \
	  exit 1; \
	}; \
	echo "Building $(VENV) with Python $$found (takes a minute or two)"
	@rm -f $(LOCKED) $(READY)
	@$(PYTHON) -m venv --clear $(VENV)
	@sh envs/install-lock.sh $(VENV)/bin/python
	@printf '%s\n' "$(CURDIR)" > $@

$(READY): $(LOCKED) pyproject.toml
	@$(VENV)/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
	  --no-index --no-deps --no-build-isolation -e .
	@touch $@
	@echo "$(VENV) is ready; to use it in a shell: . $(VENV)/bin/activate"
