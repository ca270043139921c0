// Measures what the README promises: sizes, times and memory.

import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { buildPackages, buildPrograms, buildWasm, installPackages, wasmModules } from "./lib/parts.mjs";
import { main, root, run, step } from "./lib/run.mjs";
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
  await step("join to logged in", () => run("npm", ["run", "bench", "--silent", "--workspace", "tests/e2e"], { env }));
  await step("relay memory", () =>
    run("cargo", ["test", "-p", "scanseal-relay", "--test", "memory", "--", "--ignored", "--nocapture"]),
  );
});

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
