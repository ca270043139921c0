// Runs the tests: `node scripts/test.mjs [PART ...]`, every part without a name.

import { readdirSync } from "node:fs";
import path from "node:path";
import { fuzz } from "./lib/fuzz.mjs";
import {
  buildPackages,
  buildPrograms,
  buildTool,
  buildWasm,
  hasScript,
  installExample,
  installPackages,
  wasmModules,
} from "./lib/parts.mjs";
import { pyhanko, schemathesis } from "./lib/python.mjs";
import { capture, main, PlainError, root, run, targetDir } from "./lib/run.mjs";
import { runAll } from "./lib/run-all.mjs";
import { useInstalledRust } from "./lib/rust.mjs";
import { chromium, ensurePrograms, forTesting, which } from "./lib/system.mjs";

const FUZZ_SECONDS_PER_TARGET = 10;

const pageModule = wasmModules.scan.crate;
const crates = ["--workspace", "--exclude", buildTool];

const parts = {
  rust: { title: "tests of the Rust crates", run: rustTests },
  doc: { title: "examples in the Rust documentation", run: docTests },
  npm: {
    title: "tests of the npm package (WebAssembly and test vectors in Node, PDF viewer in a browser)",
    run: packageTests,
  },
  pages: { title: "pages of the portal: their logic, and in a browser before a portal out of memory", run: pageTests },
  wasm: { title: "bindings of the phone's WebAssembly in Node", run: bindingTests },
  interop: { title: "sealed PDFs before pyHanko, pdfsig, qpdf and OpenSSL, and theirs before us", run: interopTests },
  e2e: { title: "whole system in real browsers", run: browserTests },
  abuse: { title: "abuse of the portal and of the Node example over HTTP", run: abuseTests },
  api: { title: "the portal against its OpenAPI description", run: apiTests },
  fuzz: {
    title: `fuzz targets, ${FUZZ_SECONDS_PER_TARGET} s each`,
    run: () => fuzz(FUZZ_SECONDS_PER_TARGET),
  },
};

await main(async (names) => {
  const wanted = names.length > 0 ? names : Object.keys(parts);
  const unknown = wanted.find((name) => !parts[name]);
  if (unknown) throw new PlainError(`no part \`${unknown}\`; there are: ${Object.keys(parts).join(", ")}`);

  useInstalledRust();
  await ensurePrograms(forTesting);
  await installPackages();
  await runAll(wanted.map((name) => parts[name]));
});

async function rustTests() {
  await cargoTest([...crates, "--exclude", pageModule]);
  // On its own: built with the others it would get their features, not the few of the page's module.
  await cargoTest(["-p", pageModule]);
  await textDocumentTests();
}

/** LibreOffice is large, and nothing else needs it: nobody is made to install it. */
function textDocumentTests() {
  if (!which("soffice")) {
    console.error(
      "    skipped: the tests with LibreOffice, which is not installed (`apt-get install libreoffice-writer-nogui`)",
    );
    return;
  }
  const portal = ["test", ...crates, "--exclude", pageModule, "--test", "portal"];
  return run("cargo", [...portal, "--", "--ignored", "libreoffice::"]);
}

function cargoTest(which) {
  // nextest stops a test that hangs; cargo's own runner is there on every machine.
  if (capture("cargo", ["nextest", "--version"]) !== undefined) {
    return run("cargo", ["nextest", "run", ...which, "--no-fail-fast"]);
  }
  return run("cargo", ["test", ...which, "--lib", "--bins", "--tests", "--no-fail-fast"]);
}

function docTests() {
  return run("cargo", ["test", ...crates, "--doc", "--no-fail-fast"]);
}

async function npmTests(folder) {
  if (!hasScript(folder, "test")) throw new PlainError(`${folder}/package.json has no script \`test\``);
  await buildWasm();
  await buildPackages();
  await run("npm", ["test", "--silent", "--workspace", folder], { env: { CHROMIUM: chromium() } });
}

async function packageTests() {
  await npmTests("npm");
  await run("npm", ["run", "test:browser", "--silent", "--workspace", "npm"], { env: { CHROMIUM: chromium() } });
  await run("npm", ["run", "test:packaging", "--silent", "--workspace", "npm"], { env: { CHROMIUM: chromium() } });
}

async function pageTests() {
  await npmTests("demo-portal/web");
  await run("npm", ["run", "test:browser", "--silent", "--workspace", "demo-portal/web"], {
    env: { CHROMIUM: chromium() },
  });
}

async function bindingTests() {
  await buildWasm(["phone"]);
  await run("node", ["--test", "sdk-wasm/phone/tests/bindings.test.mjs"]);
}

async function browserTests() {
  await buildPrograms();
  await run("cargo", ["build", "-p", "scanseal-cli", "--example", "sealing_stage"]);
  await npmTests("tests/e2e");
}

async function abuseTests() {
  await buildWasm();
  await buildPackages();
  await buildPrograms();
  await installExample();
  await run("npm", ["test", "--silent", "--workspace", "tests/abuse"]);
}

async function interopTests() {
  await buildWasm();
  await buildPackages();
  await buildPrograms();
  const program = (name) => path.join(targetDir, "debug", name);
  const env = {
    CHROMIUM: chromium(),
    SCANSEAL_CASES: program("scanseal-pdf-cases"),
    SCANSEAL_PROGRAM: program("scanseal"),
    SCANSEAL_PYTHON: await pyhanko(),
  };
  const folder = path.join(root, "tests/interop");
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.mjs"));
  await run("node", ["--test", ...files.map((name) => path.join(folder, name))], { env });
}

async function apiTests() {
  // Pages are described, too.
  await buildWasm();
  await buildPackages();
  await buildPrograms();
  await run("node", ["tests/openapi/run.mjs", await schemathesis()]);
}
