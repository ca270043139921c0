// `npm run bench -w npm`: sizes of the modules, and time to the first code. Fails beyond the budgets.
// `--size` leaves the browser out.

import { existsSync } from "node:fs";
import { firstCodeTimes } from "./first-code.mjs";
import { elementSize, pdfModuleSize, placerSize, reportSize, scanModuleSize } from "./size.mjs";

const SIZE_BUDGET = 100_000;
/** What pdf-lib and pkijs take together, which do less. */
const PDF_SIZE_BUDGET = 250_000;
const TIME_BUDGET = 100;

const { wasm, script, total } = await scanModuleSize();
report(
  "scan module, brotli",
  `${total} bytes (WebAssembly ${wasm}, script ${script})`,
  total <= SIZE_BUDGET,
  `${SIZE_BUDGET} bytes`,
);
console.log(`script of a page with <scanseal-qr>, brotli: ${await elementSize()} bytes, lit included`);
for (const [name, what] of [
  ["verify", "verifying PDFs"],
  ["seal", "sealing PDFs"],
]) {
  const { wasm, worker, script, total } = await pdfModuleSize(name);
  report(
    `${what}, brotli`,
    `${total} bytes (WebAssembly ${wasm}, worker ${worker}, script ${script})`,
    total <= PDF_SIZE_BUDGET,
    `${PDF_SIZE_BUDGET} bytes`,
  );
}
const placer = await placerSize();
console.log(`script of a page with <scanseal-placer>, brotli: ${placer.script} bytes, lit included`);
console.log(`script of a page with <scanseal-report>, brotli: ${await reportSize()} bytes, lit included`);
console.log(`  once a PDF is opened: ${placer.viewer} in the page, ${placer.worker} in the worker`);

const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!process.argv.includes("--size")) {
  if (!existsSync(chromium)) throw new Error(`no browser at ${chromium}: name one with CHROMIUM=...`);
  const times = await firstCodeTimes(chromium);
  const median = times[Math.floor(times.length / 2)];
  const range = `${times[0].toFixed(0)} to ${times[times.length - 1].toFixed(0)} ms over ${times.length} loads`;
  report(
    "script start to first code painted, warm",
    `median ${median.toFixed(0)} ms (${range})`,
    median <= TIME_BUDGET,
    `${TIME_BUDGET} ms`,
  );
}

function report(what, figure, withinBudget, budget) {
  console.log(`${what}: ${figure}; budget ${budget}: ${withinBudget ? "kept" : "EXCEEDED"}`);
  if (!withinBudget) process.exitCode = 1;
}
