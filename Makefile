# Two commands are all one needs: `make run` and `make test`. Everything is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
PYTEST_WORKERS ?= 2
# Containers like to forbid Python to keep compiled modules: every process would then compile all it imports anew, 2 s
# of processor time for each of the hundreds that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check torture install servers static kafka lock clean

run: install ## Leitstand with a simulated contact centre; says where to look and how to log in
	@exec $(BIN)/leitstand up --demo

test: install servers static ## everything: format, lint, types, import arrows, all tests with real servers
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadgroup -m "not torture"

check: install static ## the quick proof, without servers
	$(BIN)/pytest -q -n $(PYTEST_WORKERS) -m "not server and not browser and not long and not torture"

torture: install servers ## the long proofs: full kill counts, full random histories
	$(BIN)/pytest -m torture -s

static: install
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Leitstand needs Python 3.11 or newer, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@# What a start imports is compiled now: a service may not write to where it is installed, and would do so every time.
	$(BIN)/python -c 'import commands, dashboard.desk, importlib, pkgutil; [importlib.import_module(f"commands.{found.name}") for found in pkgutil.iter_modules(commands.__path__)]'
	@touch $@

servers: ## what the tests need from Debian: Redis, MariaDB, a browser, Java and Maven for a Kafka broker
	@sh tests/install_servers.sh

kafka: ## a real Kafka broker for development in build/kafka-data, until Ctrl-C: KAFKA_BROKERS=127.0.0.1:9092
	@exec sh tests/kafka/broker.sh run build/kafka-data 9092

lock: ## renews requirements.lock from pyproject.toml (needs uv on the path)
	uv pip compile --universal --python-version 3.11 --extra dev --generate-hashes --no-annotate --no-header \
		--no-emit-index-url pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) data build
