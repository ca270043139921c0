// Fuzzing with libFuzzer, built by plain cargo: no cargo-fuzz and no nightly compiler to install.

import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { capture, PlainError, root, run, step, targetDir } from "./run.mjs";

const manifest = path.join(root, "tests/fuzz/Cargo.toml");

// What libFuzzer steers by: counters on every edge and the operands of comparisons. No address sanitizer: the
// crates forbid unsafe code, and it would need another compiler.
const COVERAGE_FLAGS = [
  "--cfg=fuzzing",
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

// An input that takes longer than this is a finding as well.
const SECONDS_PER_INPUT = 5;
const MEGABYTES_OF_MEMORY = 1024;

/** Runs each fuzz target (or the named ones) for so many seconds. */
export async function fuzz(seconds, names = []) {
  const host = capture("rustc", ["--version", "--verbose"])?.match(/^host: (.+)$/m)?.[1];
  if (!host) throw new PlainError("`rustc --version --verbose` does not answer");
  const targets = names.length > 0 ? names : fuzzTargets();
  if (targets.length === 0) throw new PlainError("tests/fuzz/Cargo.toml names no target");

  const fuzzTargetDir = path.join(targetDir, "fuzz");
  await step("compile the fuzz targets", () =>
    // With `--target`, the flags do not reach build scripts and macros, which would not link with them.
    run("cargo", ["build", "--release", "--manifest-path", manifest, "--target", host], {
      env: { CARGO_ENCODED_RUSTFLAGS: COVERAGE_FLAGS.join("\x1f"), CARGO_TARGET_DIR: fuzzTargetDir },
    }),
  );
  for (const name of targets) {
    const program = path.join(fuzzTargetDir, host, "release", name);
    await step(`fuzz ${name} for ${seconds} s`, () => runTarget(name, program, seconds));
  }
}

function fuzzTargets() {
  const metadata = capture("cargo", ["metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest]);
  if (metadata === undefined) throw new PlainError("`cargo metadata` cannot read tests/fuzz/Cargo.toml");
  const [fuzzPackage] = JSON.parse(metadata).packages;
  return fuzzPackage.targets.filter(({ kind }) => kind.includes("bin")).map(({ name }) => name);
}

async function runTarget(name, program, seconds) {
  const corpus = path.join(root, "tests/fuzz/corpus", name);
  const seeds = path.join(root, "tests/fuzz/seeds", name);
  const findings = path.join(root, "tests/fuzz/findings", name);
  for (const folder of [corpus, findings]) mkdirSync(folder, { recursive: true });
  await run(program, [
    `-max_total_time=${seconds}`,
    `-timeout=${SECONDS_PER_INPUT}`,
    `-rss_limit_mb=${MEGABYTES_OF_MEMORY}`,
    `-artifact_prefix=${findings}${path.sep}`,
    "-print_final_stats=1",
    "-verbosity=0",
    corpus,
    ...(existsSync(seeds) ? [seeds] : []),
  ]);
}
