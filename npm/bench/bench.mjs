// `npm run bench -w npm`: size of the scan module, and time to the first code. Fails beyond the budgets.
// `--size` leaves the browser out.

import { existsSync } from "node:fs";
import { firstCodeTimes } from "./first-code.mjs";
import { elementSize, pdfModuleSize, placerSize, scanModuleSize } from "./size.mjs";

const SIZE_BUDGET = 100_000;
const TIME_BUDGET = 100;

const { wasm, script, total } = await scanModuleSize();
report(
  "scan module, brotli",
  `${total} bytes (WebAssembly ${wasm}, script ${script})`,
  total <= SIZE_BUDGET,
  `${SIZE_BUDGET} bytes`,
);
console.log(`script of a page with <scanseal-qr>, brotli: ${await elementSize()} bytes, lit included`);
const placer = await placerSize();
console.log(`script of a page with <scanseal-placer>, brotli: ${placer.script} bytes, lit included`);
console.log(`  once a PDF is opened: ${placer.viewer} in the page, ${placer.worker} in the worker`);
const pdf = await pdfModuleSize();
console.log(
  `PDF module, brotli: ${pdf.total} bytes (WebAssembly ${pdf.wasm}, worker ${pdf.worker}, script ${pdf.script}); goal 250000 bytes`,
);

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
