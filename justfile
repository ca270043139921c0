# Every task of the project. Without `just`: `npx rust-just RECIPE`.

set positional-arguments := true
set windows-shell := ["bash", "-cu"]

[private]
default:
    @"{{ just_executable() }}" --list --unsorted --justfile "{{ justfile() }}"

# Builds everything and starts portal, authority and relay in one process (arguments are the portal's)
demo *arguments: build
    @exec node scripts/demo.mjs "$@"

# Runs every test, or only the parts named: rust doc npm pages wasm interop e2e abuse api fuzz
test *parts:
    @node scripts/test.mjs "$@"

# Brings what the other recipes need, or says what is missing and how to get it
setup:
    @node scripts/setup.mjs

# Builds everything: WebAssembly, npm package, pages, programs
build:
    @node scripts/build.mjs

# Builds the WebAssembly modules, all or those named: scan server pdf-verify pdf-seal phone
wasm *modules:
    @node scripts/wasm.mjs "$@"

# Formats all code
fmt:
    @node scripts/fmt.mjs

# Checks format, lints and types
lint:
    @node scripts/lint.mjs

# Prints sizes, times and memory
bench:
    @node scripts/bench.mjs

# Runs each fuzz target for so many seconds, or only the targets named
fuzz seconds *targets:
    @node scripts/fuzz.mjs "$@"

# Kills the portal at so many random moments under load and while so many contracts are sealed; nothing acknowledged may be lost
crash rounds:
    SCANSEAL_CRASH_ROUNDS="$1" SCANSEAL_CRASH_SEALINGS="$1" cargo test -p scanseal-portal --test portal -- crash --nocapture

# Does what CI does: all checks, then all tests
ci: lint test

# Removes everything that was built
clean:
    @node scripts/clean.mjs
