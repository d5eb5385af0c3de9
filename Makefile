# The build for people; CMake and Ninja do the work (CMakePresets.json).
#
#   make            builds the program: build/release/ordo
#   make run        the same, then opens it with a demo company on http://127.0.0.1:8080
#   make test       builds with sanitizers and runs every test (under 20 minutes on two cores)
#   make test-long  every test in full, and fuzzing; hours
#   make lint       layout and clang-tidy for the files that changed
#   make clean      removes build/; data/ stays
#
# What is missing of packages.txt is installed first (apt-get, with sudo when you are not root).

JOBS ?= $(shell nproc 2>/dev/null || echo 2)
export JOBS

.PHONY: program run test test-long lint clean
.NOTPARALLEL:

program:
	@tools/packages.sh run
	@cmake --preset release >/dev/null
	@cmake --build build/release -j$(JOBS) --target ordo

run: program
	build/release/ordo demo retail

test:
	@tools/packages.sh test
	@tools/test.sh

test-long:
	@tools/packages.sh long
	@tools/test.sh long

lint:
	@tools/packages.sh long
	@tools/lint.sh

clean:
	rm -rf build
