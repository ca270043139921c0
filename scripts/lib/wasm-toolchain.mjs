// Which compiler builds for WebAssembly on this machine. Three ways, best first:
//   1. the wasm32 standard library is installed for the Rust in use (rustup target, or a distribution's package);
//   2. `rustup target add` brings it, on an open network;
//   3. Debian's `rustc-web` compiles the standard library from Debian's `rust-web-src` and the crate registry.
// The decision is kept in the target folder, so that it costs nothing the next time.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { capture, PlainError, root, step, targetDir } from "./run.mjs";
import { aptInstall } from "./system.mjs";

const target = "wasm32-unknown-unknown";
const debianRustc = "/usr/bin/rustc";
const decisionFile = path.join(targetDir, "wasm-toolchain.json");

// On a closed network `rustup target add` hangs instead of failing; 20 s is ample for its 20 MB on an open one.
const RUSTUP_PATIENCE_MS = 20_000;

/** What makes cargo build for WebAssembly: `{ way, args, flags, env }`, arguments of cargo and flags of the compiler. */
export async function wasmToolchain() {
  return remembered() ?? (await step("find a compiler for WebAssembly", decide));
}

async function decide() {
  const forced = process.env.SCANSEAL_WASM_TOOLCHAIN;
  if (forced !== undefined && !["rustup", "debian"].includes(forced)) {
    throw new PlainError("SCANSEAL_WASM_TOOLCHAIN must be `rustup` or `debian`");
  }
  const decision =
    (forced !== "debian" && (installed() ?? added())) || (forced !== "rustup" && (await fromDebianSource()));
  if (!decision) throw new PlainError(howToGetIt());
  console.error(`    ${decision.way}`);
  mkdirSync(targetDir, { recursive: true });
  writeFileSync(decisionFile, JSON.stringify({ ...decision, madeFor: circumstances() }, undefined, 2));
  return decision;
}

function remembered() {
  if (!existsSync(decisionFile)) return undefined;
  const decision = JSON.parse(readFileSync(decisionFile, "utf8"));
  // One without flags is from an earlier version of this file.
  const standing = decision.flags && decision.needs.every((file) => existsSync(file));
  return standing && decision.madeFor === circumstances() ? decision : undefined;
}

// A decision holds for one pinned Rust and one wish of the user.
function circumstances() {
  const pinned = readFileSync(path.join(root, "rust-toolchain.toml"), "utf8");
  return `${process.env.SCANSEAL_WASM_TOOLCHAIN ?? "any"}\n${pinned}`;
}

function installed() {
  const libraries = capture("rustc", ["--print", "target-libdir", "--target", target]);
  const found = libraries && existsSync(libraries) && readdirSync(libraries).some((name) => name.startsWith("libstd-"));
  return found
    ? { way: `${target} of the installed Rust`, args: [], flags: [], env: {}, needs: [libraries] }
    : undefined;
}

function added() {
  if (capture("rustup", ["--version"]) === undefined) return undefined;
  console.error(`    rustup target add ${target} (at most ${RUSTUP_PATIENCE_MS / 1000} s)`);
  capture("rustup", ["target", "add", target], { timeout: RUSTUP_PATIENCE_MS });
  return installed();
}

async function fromDebianSource() {
  if (!hasDebianSource()) await aptInstall(["rustc-web", "rust-web-src"]);
  const linker = rustLld();
  if (!hasDebianSource() || !linker) return undefined;
  return {
    way: "Debian's rustc-web, which compiles the standard library from rust-web-src (about a minute, once)",
    // What is compiled here anyway can be made smaller: plain sorts, and panics that only stop (a page learns of a panic by
    // that alone). Without both, as with rustup's library, modules are a few per cent larger and do the same.
    args: ["-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"],
    flags: ["-Zunstable-options", "-Cpanic=immediate-abort"],
    // `RUSTC_BOOTSTRAP` permits `-Z build-std` on a stable compiler; it is set for these builds only.
    env: { RUSTC: debianRustc, RUSTC_BOOTSTRAP: "1", CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker },
    needs: [debianRustc, linker],
  };
}

function hasDebianSource() {
  const sysroot = existsSync(debianRustc) && capture(debianRustc, ["--print", "sysroot"]);
  return Boolean(sysroot) && existsSync(path.join(sysroot, "lib/rustlib/src/rust/library/std/Cargo.toml"));
}

// Debian packages no linker for WebAssembly with it; the one inside rustup's toolchain serves.
function rustLld() {
  const sysroot = capture("rustc", ["--print", "sysroot"]);
  const host = capture("rustc", ["--version", "--verbose"])?.match(/^host: (.+)$/m)?.[1];
  const linker = sysroot && host && path.join(sysroot, "lib/rustlib", host, "bin/rust-lld");
  return linker && existsSync(linker) ? linker : undefined;
}

function howToGetIt() {
  return [
    "no compiler for WebAssembly was found. One of these brings it:",
    `  rustup target add ${target}                 (any system with rustup: https://rustup.rs)`,
    "  apt-get install rustc-web rust-web-src                      (Debian 12, as root; needs rustup's Rust too)",
    "Then run the same recipe again.",
  ].join("\n");
}
