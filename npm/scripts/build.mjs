// Builds what is published: generated sources, dist/, custom-elements.json. The WebAssembly modules come first
// (`npx rust-just wasm`).

import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildViewer } from "./viewer.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

for (const name of ["scan", "server", "pdf-verify", "pdf-seal"]) {
  if (existsSync(new URL(`../wasm/${name}/${name}_bg.wasm`, import.meta.url))) continue;
  console.error(`the WebAssembly module \`${name}\` is missing: run \`npx rust-just wasm\` first`);
  process.exit(1);
}
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await import("./generate.mjs");
run("tsc", "-p", "tsconfig.build.json");
// One classic script without imports: what `new Worker(url)` takes in every browser, whatever bundles the page.
await build({
  absWorkingDir: root,
  entryPoints: ["src/pdf/worker.ts"],
  outfile: "dist/pdf-worker.js",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  legalComments: "none",
});
await buildViewer(root);
const elements = ["src/element/scan-qr-element.ts", "src/placer/placer-element.ts", "src/report/report-element.ts"];
run("cem", "analyze", "--litelement", "--globs", ...elements, "--outdir", ".", "--quiet");

function run(program, ...args) {
  execFileSync("npx", ["--no-install", program, ...args], { cwd: root, stdio: "inherit" });
}
