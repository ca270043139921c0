// The parts that a build is made of, in the order of their dependencies. Each does nothing if nothing changed.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { npmProgram, PlainError, root, run, step, targetDir } from "./run.mjs";
import { stepIfChanged } from "./stamp.mjs";
import { wasmToolchain } from "./wasm-toolchain.mjs";

/** Each WebAssembly module: its crate in `sdk-wasm/`, the folder that its bindings are written to, and what it shares. */
export const wasmModules = {
  scan: { crate: "scanseal-scan-wasm", out: "npm/wasm/scan" },
  server: { crate: "scanseal-server-wasm", out: "npm/wasm/server" },
  "pdf-verify": { crate: "scanseal-pdf-verify-wasm", out: "npm/wasm/pdf-verify", shared: ["sdk-wasm/pdf"] },
  "pdf-seal": { crate: "scanseal-pdf-seal-wasm", out: "npm/wasm/pdf-seal", shared: ["sdk-wasm/pdf"] },
  phone: { crate: "scanseal-phone-wasm", out: "demo-portal/web/wasm/phone" },
};

/** The npm workspaces, in the order in which they need each other. */
export const packages = ["npm", "demo-portal/web", "tests/e2e", "tests/abuse"];

/** The crate that writes the bindings; it has a profile of its own, and no part in what is shipped. */
export const buildTool = "scanseal-build-wasm";

// What Chromium 96, Firefox 90 and Safari 15 all run. wasm-opt refuses a module that needs more.
const WASM_FEATURES = [
  "--mvp-features",
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-call-indirect-overlong",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
];

// The compiler has joined functions where that pays. When wasm-opt joins more of them, a module compresses by 1 % worse.
const OPTIMISER_OPTIONS = ["--one-caller-inline-max-function-size=1"];

/** Installs the npm packages of the workspace, in the versions of the lock file. */
export async function installPackages() {
  const manifests = ["package.json", ...packages.map((folder) => `${folder}/package.json`)];
  await stepIfChanged(
    "npm packages",
    { inputs: [...manifests, "package-lock.json"], outputs: ["node_modules/.package-lock.json"] },
    // Not `npm ci`: it fails where a registry does not carry the tools' builds for other systems, and it empties
    // node_modules under whoever is at work. `just lint` checks that the lock file is complete.
    () => run("npm", ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"]),
  );
}

/** The platform in Node, which is no workspace: integrators copy it as it is. */
export const example = "demo-portal/examples/express";

/** Installs what the example in Node needs. */
export function installExample() {
  return stepIfChanged(
    "npm packages of the Express example",
    {
      inputs: [`${example}/package.json`, `${example}/package-lock.json`],
      outputs: [`${example}/node_modules/.package-lock.json`],
    },
    () =>
      run("npm", ["install", "--no-save", "--no-fund", "--no-audit", "--loglevel=error"], {
        cwd: path.join(root, example),
      }),
  );
}

/** Builds the named WebAssembly modules, or all of them. */
export async function buildWasm(names = []) {
  for (const name of names) {
    if (!wasmModules[name]) {
      throw new PlainError(`no module \`${name}\`; there are: ${Object.keys(wasmModules).join(", ")}`);
    }
  }
  const toolchain = await wasmToolchain();
  const all = Object.keys(wasmModules).filter((name) => existsSync(path.join(root, "sdk-wasm", name)));
  for (const name of names.length > 0 ? names : all) await buildModule(name, toolchain);
}

/** Builds the npm package and the pages of the portal. */
export async function buildPackages() {
  for (const folder of packages.filter((folder) => hasScript(folder, "build"))) {
    const builtBefore = packages.slice(0, packages.indexOf(folder)).map((other) => `${other}/dist`);
    await stepIfChanged(
      `npm run build in ${folder}`,
      { inputs: [folder, "package-lock.json", ...builtBefore], outputs: [`${folder}/dist`] },
      () => run("npm", ["run", "build", "--silent", "--workspace", folder]),
    );
  }
}

/** Builds the native programs: portal, relay and command. Cargo itself knows what changed. */
export function buildPrograms() {
  return step("compile the programs", () => run("cargo", ["build", "--workspace", "--exclude", buildTool, "--bins"]));
}

/** Where the native programs are. */
export const programDir = path.join(targetDir, "debug");

/** Whether the package in `folder` has the npm script `name`. */
export function hasScript(folder, name) {
  const manifest = JSON.parse(readFileSync(path.join(root, folder, "package.json"), "utf8"));
  return manifest.scripts?.[name] !== undefined;
}

async function buildModule(name, toolchain) {
  const { crate, out, shared = [] } = wasmModules[name];
  const outputs = [`${out}/${name}.js`, `${out}/${name}.d.ts`, `${out}/${name}_bg.wasm`];
  const sources = ["Cargo.lock", "Cargo.toml", "crates", "rust-toolchain.toml", `sdk-wasm/${name}`, ...shared];
  const recipe = ["scripts/lib/parts.mjs", "sdk-wasm/build"];
  await stepIfChanged(
    `WebAssembly module ${name}`,
    { inputs: [...sources, ...recipe], outputs, settings: JSON.stringify(toolchain) },
    async () => {
      const compiled = await compileModule(crate, toolchain);
      // Most changes of a crate reach only some of the modules; optimising takes longer than finding out.
      const inputs = [compiled, ...recipe];
      await stepIfChanged(`bindings of ${name}`, { inputs, outputs }, () => bindModule(name, compiled, out));
    },
  );
}

async function compileModule(crate, toolchain) {
  // A target folder of its own: another compiler must not make cargo forget the native artefacts.
  const wasmTargetDir = path.join(targetDir, "wasm");
  await run(
    "cargo",
    ["build", "-p", crate, "--target", "wasm32-unknown-unknown", "--profile", "wasm", ...toolchain.args],
    { env: { ...toolchain.env, ...smallAndAnonymous(toolchain.flags), CARGO_TARGET_DIR: wasmTargetDir } },
  );
  return path.join(wasmTargetDir, "wasm32-unknown-unknown", "wasm", `${crate.replaceAll("-", "_")}.wasm`);
}

// Panic messages name source files; what is published must not tell the folders of the machine that built it. Nor does a
// page need the places of panics and the debug forms of values: without them a module is 4 % smaller, and with the small
// form of SHA-256 it loses another 1 %. AES serves those who open encrypted PDFs, and is small as well. The `-Z` flags
// need RUSTC_BOOTSTRAP, which is set for these builds only.
function smallAndAnonymous(toolchainFlags) {
  const flags = [
    ...toolchainFlags,
    "-Zlocation-detail=none",
    "-Zfmt-debug=none",
    '--cfg=sha2_backend="soft"',
    '--cfg=sha2_backend_soft="compact"',
    '--cfg=aes_backend_soft="compact"',
    `--remap-path-prefix=${root}=`,
    `--remap-path-prefix=${process.env.CARGO_HOME ?? path.join(homedir(), ".cargo")}/registry/src=`,
  ];
  return { RUSTC_BOOTSTRAP: "1", CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: flags.join(" ") };
}

async function bindModule(name, compiled, out) {
  const fresh = path.join(targetDir, "wasm-bindings", name);
  rmSync(fresh, { recursive: true, force: true });
  await run("cargo", ["run", "--profile", "tool", "-p", buildTool, "--", compiled, fresh, name]);
  const wasm = path.join(fresh, `${name}_bg.wasm`);
  const before = readFileSync(wasm).length;
  await run(npmProgram("wasm-opt"), [
    wasm,
    "-o",
    wasm,
    "-Oz",
    ...OPTIMISER_OPTIONS,
    ...WASM_FEATURES,
    "--strip-target-features",
  ]);
  console.error(`    ${name}_bg.wasm: ${before} bytes, optimised ${readFileSync(wasm).length}`);
  // The finished folder appears in one move, so that a dev server never sees half of it.
  const place = path.join(root, out);
  mkdirSync(path.dirname(place), { recursive: true });
  rmSync(place, { recursive: true, force: true });
  renameSync(fresh, place);
}
