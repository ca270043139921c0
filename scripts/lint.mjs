// Checks format, lints and types of all languages; nothing is changed (`just fmt` does that).

import { existsSync } from "node:fs";
import path from "node:path";
import { checkLockFiles } from "./lib/lock-files.mjs";
import { buildPackages, buildWasm, example, installExample, installPackages, packages } from "./lib/parts.mjs";
import { capture, main, npmProgram, root, run } from "./lib/run.mjs";
import { runAll } from "./lib/run-all.mjs";
import { useInstalledRust } from "./lib/rust.mjs";
import { ensurePrograms, forBuilding } from "./lib/system.mjs";

const checks = [
  { title: "lock files", run: async () => checkLockFiles() },
  { title: "format of the Rust code", run: rustFormat },
  { title: "lints of the Rust code", run: rustLints },
  {
    title: "format and lints of the TypeScript code",
    run: () => run(npmProgram("biome"), ["ci", "--error-on-warnings"]),
  },
  { title: "types of the TypeScript code", run: types },
  { title: "licences and sources of the dependencies", run: dependencies },
];

await main(async () => {
  useInstalledRust();
  await ensurePrograms(forBuilding);
  await installPackages();
  await runAll(checks);
});

async function rustFormat() {
  await run("cargo", ["fmt", "--all", "--check"]);
  await run("cargo", ["fmt", "--check", "--manifest-path", "tests/fuzz/Cargo.toml"]);
}

function rustLints() {
  return run("cargo", ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
}

async function types() {
  // The types of the WebAssembly modules and of the npm package are generated.
  await buildWasm();
  await buildPackages();
  for (const folder of packages.filter((folder) => existsSync(path.join(root, folder, "tsconfig.json")))) {
    await run(npmProgram("tsc"), ["--noEmit", "--project", folder]);
  }
  await installExample();
  await run(npmProgram("tsc"), ["--noEmit", "--project", example]);
}

async function dependencies() {
  if (capture("cargo", ["deny", "--version"]) === undefined) {
    console.error("    skipped: cargo-deny is not installed (`cargo install cargo-deny --locked`)");
    return;
  }
  await run("cargo", ["deny", "--all-features", "check", "bans", "licenses", "sources"]);
}
