// Builds what is published: generated sources, dist/, custom-elements.json. The WebAssembly modules come first
// (`npx rust-just wasm`).

import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

if (!existsSync(new URL("../wasm/scan/scan_bg.wasm", import.meta.url))) {
  console.error("the WebAssembly module is missing: run `npx rust-just wasm` first");
  process.exit(1);
}
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await import("./generate.mjs");
run("tsc", "-p", "tsconfig.build.json");
run("cem", "analyze", "--litelement", "--globs", "src/element/scan-qr-element.ts", "--outdir", ".", "--quiet");

function run(program, ...args) {
  execFileSync("npx", ["--no-install", program, ...args], { cwd: root, stdio: "inherit" });
}
