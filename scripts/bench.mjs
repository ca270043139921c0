// Measures what the README promises: sizes, times and memory.

import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { buildPackages, buildPrograms, buildWasm, installPackages, wasmModules } from "./lib/parts.mjs";
import { pyhanko } from "./lib/python.mjs";
import { capture, main, PlainError, root, run, step, targetDir } from "./lib/run.mjs";
import { useInstalledRust } from "./lib/rust.mjs";
import { chromium, ensurePrograms, forTesting } from "./lib/system.mjs";

await main(async () => {
  useInstalledRust();
  await ensurePrograms(forTesting);
  await installPackages();
  await buildWasm();
  await buildPackages();
  await buildPrograms();
  printSizes();
  const env = { CHROMIUM: chromium() };
  await step("size of the scan module, time to the first code", () =>
    run("npm", ["run", "bench", "--silent", "--workspace", "npm"], { env }),
  );
  await step("join to logged in, scan to sealed, large contracts", () =>
    run("npm", ["run", "bench", "--silent", "--workspace", "tests/e2e"], { env }),
  );
  await step("logins that the portal checks", portalThroughput);
  await step("sealing and verifying PDFs", pdfs);
  await step("relay memory", () =>
    run("cargo", ["test", "-p", "scanseal-relay", "--test", "memory", "--", "--ignored", "--nocapture"]),
  );
});

/** Sealing and verifying, beside other people's programs. Compiled as it would be run. */
async function pdfs() {
  await run("cargo", ["build", "--release", "-p", "scanseal-cli"]);
  const env = {
    SCANSEAL_PYTHON: await pyhanko(),
    SCANSEAL_PROGRAM: path.join(targetDir, "release", "scanseal"),
    CHROMIUM: chromium(),
  };
  await run("node", ["tests/interop/bench.mjs"], { env });
}

/** What a login costs the portal, and how much of that is cryptography. Compiled as it would be run. */
async function portalThroughput() {
  if (process.platform !== "linux") return console.log("skipped: only Linux tells a process's time in /proc");
  await run("cargo", ["build", "--release", "-p", "scanseal-portal", "--bin", "scanseal-portal"]);
  await run("cargo", ["build", "--release", "-p", "scanseal-platform", "--example", "cost"]);
  const release = path.join(targetDir, "release");
  const printed = (command, args) => {
    const text = capture(command, args);
    if (text === undefined) throw new PlainError(`${path.basename(command)} failed`);
    return JSON.parse(text.trim().split("\n").at(-1));
  };
  const cost = printed(path.join(release, "examples", "cost"), []);
  const { login, request, logins } = printed("node", [
    path.join(root, "tests/abuse/bench.mjs"),
    path.join(release, "scanseal-portal"),
  ]);
  const share = (part) => `${part} us (${Math.round((100 * part) / login)} %)`;
  console.log(`portal, ${logins} logins: ${Math.round(1e6 / login)} a second and core; ${login} us each, of which`);
  console.log(`  all checks of the submission ${share(cost.all)}`);
  console.log(`  its signature ${share(cost.signature)}, path and revocation, once ${share(cost.pathAndRevocation)}`);
  console.log(`  the request before it: ${request} us`);
}

function printSizes() {
  console.log("WebAssembly module       raw      brotli   (with its bindings)");
  for (const [name, { out }] of Object.entries(wasmModules)) {
    const files = [`${name}_bg.wasm`, `${name}.js`].map((file) => readFileSync(path.join(root, out, file)));
    const raw = files.reduce((sum, file) => sum + file.length, 0);
    const packed = files.reduce((sum, file) => sum + brotliCompressSync(file).length, 0);
    console.log(`${name.padEnd(18)} ${kilobytes(raw)} ${kilobytes(packed)}`);
  }
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} KB`.padStart(11);
}
