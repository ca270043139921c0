// The WebAssembly module behind the checks, and the clock they go by.

import { readFileSync } from "node:fs";
import { __wbg_reset_state, initSync } from "../wasm/server/server.js";
import { ScanSealError } from "./errors.js";

let loaded = false;

/** Calls into WebAssembly, which the first call loads and a call after a panic makes anew. */
export function callModule<Value>(work: () => Value): Value {
  if (!loaded) {
    initSync({ module: readFileSync(new URL("../wasm/server/server_bg.wasm", import.meta.url)) });
    loaded = true;
  }
  try {
    return work();
  } catch (error) {
    const refusal = ScanSealError.fromMessage(error);
    if (refusal) throw refusal;
    __wbg_reset_state();
    throw ScanSealError.from(error);
  }
}

/** Seconds since 1970. */
export function currentTime(): number {
  return Math.floor(Date.now() / 1000);
}
