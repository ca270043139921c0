// `scanseal` under the Node condition: the WebAssembly module is read from disk.

import { readFile } from "node:fs/promises";
import { type InitOptions, loadEngine, type WasmSource } from "./engine.js";
import { type Scan, type ScanOptions, startScanWith } from "./scan.js";

export * from "./public.js";

/**
 * Loads the WebAssembly module. Optional: {@link startScan} does it when needed; calling it early saves the user the
 * wait. May be called any number of times, and again after a failure.
 *
 * @throws ScanSealError `wasm-not-served` if the module cannot be had.
 */
export async function init(options: InitOptions = {}): Promise<void> {
  await loadEngine(() => options.wasm ?? ownModule());
}

/** Starts a scan: shows a code, waits for a phone, brings its signed answer to the platform. */
export function startScan<Result>(options: ScanOptions<Result>): Scan<Result> {
  return startScanWith(options, () => loadEngine(ownModule));
}

async function ownModule(): Promise<WasmSource> {
  // The copy sits in memory of its own: a pooled Buffer is a view of more than the file.
  return new Uint8Array(await readFile(new URL("../wasm/scan/scan_bg.wasm", import.meta.url)));
}
