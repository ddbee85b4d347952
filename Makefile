# `make` lists what there is. Everything below sets itself up; nothing needs to be installed by hand but Python and make.

RAPPORT_PORT ?= 8501
RAPPORT_DEMO ?= 1
PY := .venv/bin/python
# A test that fails is run once more, and both are shown; beyond ten of them none is: then it is the code. `make fuzz` runs none again.
AGAIN := --reruns 1 --max-suite-reruns 10 --rerun-show-tracebacks

.DEFAULT_GOAL := help
.PHONY: help run test test-faults fuzz dialects lint test-spark soak bench coverage audit clean

help: ## list these commands
	@echo "Rapport: loyalty numbers from order, member and survey exports"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: ## install, build the demo data on the first start, and serve http://127.0.0.1:8501
	@scripts/venv.sh .venv requirements.txt
	@test "$(RAPPORT_DEMO)" = 0 || test -e "$${RAPPORT_DB:-data/rapport.duckdb}" || $(PY) -m data.demo
	@echo "Rapport listens on 127.0.0.1 only: other machines cannot reach it. Ctrl-C stops it."
	@STREAMLIT_SERVER_PORT=$(RAPPORT_PORT) $(PY) -m streamlit run asgi.py

test: ## install what is needed, Chromium too, and run every test but those of faults and of Spark
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	@scripts/chromium.sh $(PY)
	$(PY) -m pytest -m "not spark and not faults" $(AGAIN) -n auto --maxprocesses 4 --dist loadscope

test-faults: ## break it on purpose: kills, a full disk, loss of power, damaged files, a wrong clock (Linux, strace; ALIKE=4: at fewer like points)
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	@scripts/strace.sh
	FAULTS_ALIKE=$(ALIKE) $(PY) -m pytest -m faults tests/faults $(AGAIN) -n auto --maxprocesses 4 --dist worksteal

dialects: ## write orders in COUNT random dialects (10,000) from a known truth and read them back
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	POLARS_MAX_THREADS=1 .venv/bin/python -m tests.data.imports.dialects $${COUNT:-10000}

fuzz: ## search anew for examples that break a law, ten times longer (TIMES=100 for more, SEED=N for the same search again)
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	@seed=$${SEED:-$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}; again="the same search again: make fuzz SEED=$$seed TIMES=$${TIMES:-10}"; \
	echo "$$again"; FUZZ_TIMES=$${TIMES:-10} $(PY) -m pytest -m "hypothesis and not spark" -n auto --maxprocesses 4 --dist load \
		--hypothesis-profile fuzz --hypothesis-seed $$seed || { echo "$$again"; exit 1; }

lint: ## ruff, mypy and the import rules
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

test-spark: ## the same metric definitions on Spark (Java 17)
	@scripts/venv.sh .venv-spark requirements.txt requirements-dev.txt requirements-spark.txt
	@scripts/java.sh
	.venv-spark/bin/python -m pytest -m spark $(AGAIN)

soak: ## 40 people browse and data change on a busy machine, 3 × 5 minutes (SECONDS=60 TIMES=1: the short form)
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	@scripts/chromium.sh $(PY)
	@$(PY) -m tests.soak

bench: ## time the usual questions on 10 M orders (ORDERS=100000 for a small set)
	@scripts/venv.sh .venv-bench requirements.txt requirements-dev.txt requirements-bench.txt
	@scripts/chromium.sh .venv-bench/bin/python
	@.venv-bench/bin/python -m tests.benchmarks

coverage: ## how often intervals hold the truth and changes are claimed by chance; writes docs/coverage.md (REPLICATES=2000 for more)
	@scripts/venv.sh .venv requirements.txt requirements-dev.txt
	@$(PY) -m tests.coverage

audit: ## look the pinned requirements up in the database of known holes (needs the network)
	@scripts/venv.sh .venv-audit requirements-audit.txt
	.venv-audit/bin/pip-audit --disable-pip --no-deps --requirement requirements.txt

clean: ## remove the environments and caches; data stay
	rm -rf .venv .venv-spark .venv-bench .venv-audit .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
