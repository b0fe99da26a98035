# Two commands do everything on a fresh Debian machine with Swift and a CPython:
#   make demo    install what is missing, build, run the example flow
#   make test    the same, and every test
# and `make wheel` builds what people install. See CONTRIBUTING.md for the others.

PYTHON ?= python3
SWIFT  ?= swift
ENGINE := .build/release/penstock
VENV   := .venv

# Distribution packages that building needs. The built engine needs none of them.
DEBIAN_PACKAGES := libbz2-dev libdeflate-dev libsqlite3-dev libzstd-dev zlib1g-dev python3-venv

# What the tests with a Slurm cluster need; the last two are for its accounts.
SLURM_PACKAGES := slurm-wlm slurm-client munge slurmdbd mariadb-server

# What runs the pods of the tests' Kubernetes: podman with runc, or bubblewrap alone.
POD_PACKAGES := podman runc bubblewrap busybox-static

# What `make test-ceph` needs.
CEPH_PACKAGES := ceph-mon ceph-osd radosgw

# The terms of what is linked into the engine; they go into its wheel.
LICENSES = $(wildcard .build/checkouts/*/LICENSE* .build/checkouts/*/NOTICE*) \
  $(wildcard $(foreach package,$(filter-out python%,$(DEBIAN_PACKAGES)),/usr/share/doc/$(package)/copyright)) \
  $(wildcard $(dir $(realpath $(shell command -v $(SWIFT))))../share/swift/LICENSE*)

SOURCES := Package.swift $(shell find Sources -type f)
TESTS   := $(shell find Tests -type f)

.PHONY: demo test test-ceph test-slurm build dev wheel bench soak fuzz clean system-packages ceph-packages slurm-packages pod-packages

demo: $(ENGINE) $(VENV)/.ready
	@$(VENV)/bin/python examples/digits/flow.py --environment=pypi run

test: .build/.tests-built $(VENV)/.ready $(VENV)/.test-ready $(VENV)/.moto-ready $(VENV)/.rattler-ready | slurm-packages pod-packages
	$(SWIFT) test -c release --skip-build
	$(VENV)/bin/python -m pytest python/tests Tests/EndToEnd

# Against Ceph's S3 gateway, which checks signatures; the tests start and end it.
test-ceph: $(ENGINE) $(VENV)/.ready $(VENV)/.test-ready $(VENV)/.moto-ready | ceph-packages
	CI=true $(VENV)/bin/python -m pytest Tests/Ceph

# On a Slurm cluster of this machine's own, which the tests start and end; the slow ones, too.
test-slurm: .build/.tests-built $(VENV)/.ready $(VENV)/.test-ready | slurm-packages
	CI=true PENSTOCK_SLOW_TESTS=1 $(VENV)/bin/python -m pytest Tests/EndToEnd/test_slurm*.py

build: $(ENGINE)

dev: $(ENGINE) $(VENV)/.ready

# What people install: a wheel with the engine and the SDK for this platform, and one with the module `metaflow`.
wheel: $(ENGINE)
	@rm -rf dist
	@$(PYTHON) python/_build/penstock_build.py --engine $(ENGINE) --into dist --explain --licenses $(LICENSES)

bench: $(ENGINE) $(VENV)/.ready
	$(PYTHON) Benchmarks/bench.py

soak: $(ENGINE) $(VENV)/.ready
	$(VENV)/bin/python Tests/Soak/soak.py
	$(VENV)/bin/python Tests/Soak/environment_faults.py

# make fuzz [TARGET=zip] [SECONDS=60]: every parser, or one, with inputs that nobody would think of. Built with the address
# sanitizer and libFuzzer of the Swift toolchain, in a folder of its own.
fuzz: | system-packages
	PENSTOCK_FUZZING=1 $(SWIFT) build -c release --scratch-path .build-fuzz --sanitize=address --sanitize=fuzzer \
	  --disable-dead-strip -Xswiftc -enable-testing --product fuzz
	$(PYTHON) Tests/Fuzzing/fuzz.py --seconds $(or $(SECONDS),60) $(TARGET)

clean:
	rm -rf .build .build-fuzz $(VENV) dist

# One configuration for the engine and its tests: what is tested is what is shipped.
$(ENGINE): $(SOURCES) | system-packages
	$(SWIFT) build -c release --product penstock
	@touch $@

.build/.tests-built: $(SOURCES) $(TESTS) | system-packages
	$(SWIFT) build -c release --product penstock
	$(SWIFT) build -c release --product penstockPackageTests
	@touch $(ENGINE) $@

# The SDK and the `metaflow` module, editable, with the engine on the PATH of the environment.
$(VENV)/.ready: python/pyproject.toml | system-packages
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable python
	ln -sf ../../$(ENGINE) $(VENV)/bin/penstock
	@touch $@

$(VENV)/.test-ready: $(VENV)/.ready
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check pytest numpy
	@touch $@

# An S3 server for the tests; it keeps everything in memory.
$(VENV)/.moto-ready: $(VENV)/.ready
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check 'moto[s3]' flask flask-cors
	@touch $@

# py-rattler reads what is installed of conda packages. Where there is no wheel of it, that test is skipped.
$(VENV)/.rattler-ready: $(VENV)/.ready
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: py-rattler || true
	@touch $@

# Order-only and cheap: asks dpkg, and calls apt only when something is missing.
ceph-packages: wanted = $(CEPH_PACKAGES)
slurm-packages: wanted = $(SLURM_PACKAGES)
pod-packages: wanted = $(POD_PACKAGES)
system-packages: wanted = $(DEBIAN_PACKAGES)
system-packages ceph-packages slurm-packages pod-packages:
	@missing=; \
	if command -v dpkg-query >/dev/null; then \
	  for package in $(wanted); do \
	    dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; \
	  done; \
	fi; \
	if [ -n "$$missing" ]; then \
	  echo "Installing$$missing"; \
	  if [ "$$(id -u)" = 0 ]; then as=; else as=sudo; fi; \
	  $$as apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$as apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
