# The front door: `make run` to see derrick work, `make test` to see that it does.
# What is missing on the machine is installed by tools/setup; see `make help`.
WORKSPACE    ?= workspace
PREFIX       ?= /usr/local
FUZZ_SECONDS ?= 60

# $(call build,PRESET): configures build/PRESET where that is due, then builds it. In CI a warning is
# an error; a user's newer compiler may find new ones.
build = { test build/$(1)/build.ninja -nt CMakePresets.json || \
          cmake --preset $(1) --log-level=NOTICE $(if $(CI),-DDERRICK_WERROR=ON); } && \
        cmake --build build/$(1)

# With DERRICK_TEST_ALL=1 also what needs PyPI, linters or a chroot, and a quick set under
# ThreadSanitizer.
ALL = $(filter 1,$(DERRICK_TEST_ALL))

.PHONY: build run test test-heavy bench lint format check-asan check-tsan check-aarch64 check-oldest coverage fuzz \
        package install uninstall clean help

build: ## the release program, as build/derrick
	tools/setup build
	@$(call build,release)
	@ln -sf release/derrick build/derrick

run: build ## the pipeline over sample data, in WORKSPACE=workspace
	@tools/demo build/derrick "$(WORKSPACE)"

test: ## tests, also with AddressSanitizer: closes on "N passed, N failed"; all with DERRICK_TEST_ALL=1
	tools/setup $(if $(ALL),all,test)
	@$(call build,test)
	@$(call build,asan-ubsan)
	@$(if $(ALL),$(call build,tsan))
	@tests/run build/test=unit,cli,real,live,release build/asan-ubsan=unit,fuzz \
	    $(if $(ALL),build/tsan=threads)

test-heavy: ## what takes hours: radosgw, Spark, thousands of oracle cases, more kills, power cuts and fuzzing
	tools/setup heavy
	@$(call build,test)
	@$(call build,fuzz)
	@tests/run build/test=heavy

check-asan: ## unit tests, corpus and command line under AddressSanitizer and UBSan
	tools/setup test
	@$(call build,asan-ubsan)
	@tests/run build/asan-ubsan=unit,fuzz,cli

check-tsan: ## unit tests and command line under ThreadSanitizer
	tools/setup test
	@$(call build,tsan)
	@tests/run build/tsan=unit,cli

check-aarch64: ## unit tests and command line on 64-bit ARM: cross-compiled, under qemu
	tools/setup aarch64
	tools/sysroot build/sysroot/arm64 bookworm arm64 libc6-dev libcmocka-dev \
	    $$(tools/setup --print-libraries)
	@$(call build,aarch64)
	@tests/run build/aarch64=unit,fuzz,cli

check-oldest: ## unit tests and command line with the oldest libraries that are promised
	tools/setup oldest
	tools/oldest_libraries build/sysroot/oldest
	@$(call build,oldest)
	@tests/run build/oldest=unit,fuzz,cli

coverage: ## which lines the tests reach, as build/coverage/report.txt
	tools/setup test
	@$(call build,coverage)
	@tools/coverage build/coverage

fuzz: ## each fuzz target for FUZZ_SECONDS=60
	tools/setup fuzz
	@$(call build,fuzz)
	@tools/fuzz build/fuzz $(FUZZ_SECONDS)

bench: build ## speed and memory, side by side with others
	tools/setup bench
	@tools/bench/run

lint: ## clang-tidy, cppcheck, format, house rules
	tools/setup lint
	@cmake --preset test --log-level=NOTICE
	@tools/lint build/test

format: ## clang-format over the tree
	tools/setup lint
	@git ls-files -z '*.[ch]' | xargs -0 clang-format -i

package: ## a Debian package, as build/package/derrick_*.deb
	tools/setup package
	@$(call build,package)
	@cd build/package && cpack -G DEB

install: build ## into PREFIX=/usr/local, under DESTDIR
	@cmake --install build/release --prefix "$(PREFIX)"

uninstall: ## what install put there
	@test -f build/release/install_manifest.txt
	@sed 's|^|$(DESTDIR)|' build/release/install_manifest.txt | tr '\n' '\0' | xargs -0 rm -fv

clean: ## the build folder
	rm -rf build

help:
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12
