# Two commands from nothing but Python 3.11:  make demo   |   make test
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8000
# two processes; a file's tests stay together, since they share what they build
SHARED := -n 2 --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# a start compiles nothing twice, whatever the shell says: many tests start the command anew
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo serve test lint types layers migrations unit postgres browser journeys lock clean

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info[:2] >= (3, 11) else "需要 Python 3.11 或更新版本，请先安装后再运行 make。")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "安装依赖（首次约两分钟）……"
	@$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

demo: $(READY)
	@$(BIN)/gonghui demo --port $(PORT)

serve: $(READY)
	@$(BIN)/gonghui serve --port $(PORT)

test: lint types layers migrations unit postgres browser
	@echo "全部通过。"

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy gonghui

layers: $(READY)
	$(BIN)/lint-imports

migrations: $(READY)
	GONGHUI_TESTING=1 GONGHUI_DATA_DIR=$(VENV)/migrations-check $(BIN)/python manage.py makemigrations --check --dry-run

unit: $(READY)
	$(BIN)/pytest $(SHARED) -m "not browser"

postgres: $(READY)
	GONGHUI_TEST_ENGINE=postgresql $(BIN)/pytest $(SHARED) -m "not browser and not engine_free"

browser: $(READY)
	@sh tools/browser.sh
	$(BIN)/pytest $(SHARED) -m browser

lock:
	uv pip compile pyproject.toml --group dev --generate-hashes --no-header --no-annotate --universal --python-version 3.11 -o requirements.lock

clean:
	rm -rf $(VENV) var
