// The one WebAssembly instance of the page: loading it, and noticing when it has died.
//
// A Rust panic reaches us as a bare `WebAssembly.RuntimeError`, and the instance would go on answering from whatever
// state the panic left. So the first unexpected error marks the engine dead: scans that use it fail with `internal`,
// and the next `init` makes a fresh instance.

import instantiateGlue, { __wbg_reset_state } from "../wasm/scan/scan.js";
import { ScanSealError } from "./errors.js";
import { moduleOrBytes, type WasmSource } from "./wasm-source.js";

export type { WasmSource };

/** Options of `init`. */
export interface InitOptions {
  /** The module, if it is not to be taken from beside the package's own files (`scanseal/sdk.wasm`). */
  readonly wasm?: WasmSource | Promise<WasmSource>;
}

/** A live WebAssembly instance. */
export class Engine {
  private alive = true;

  /** Runs a call into WebAssembly. Throws only {@link ScanSealError}. */
  call<Value>(work: () => Value): Value {
    if (!this.alive) throw new ScanSealError("internal", { detail: "the WebAssembly instance has died" });
    try {
      return work();
    } catch (error) {
      const refusal = ScanSealError.fromMessage(error);
      if (refusal) throw refusal;
      // All else is a bug, and the state is not to be trusted.
      this.alive = false;
      if (current?.engine === this) current = undefined;
      throw ScanSealError.from(error);
    }
  }
}

interface Loading {
  readonly promise: Promise<Engine>;
  engine?: Engine;
}

/** What is being loaded or is loaded; nothing before the first call and after a failure. */
let current: Loading | undefined;
/** The glue keeps the compiled module, so an instance after the first needs no bytes. */
let compiled = false;

/** The engine: loaded by the first call, shared by all others, loaded again after a failure. */
export function loadEngine(source: () => WasmSource | Promise<WasmSource>): Promise<Engine> {
  if (current !== undefined) return current.promise;
  const loading: Loading = { promise: instantiate(source) };
  current = loading;
  loading.promise.then(
    (engine) => {
      loading.engine = engine;
    },
    () => {
      if (current === loading) current = undefined;
    },
  );
  return loading.promise;
}

async function instantiate(source: () => WasmSource | Promise<WasmSource>): Promise<Engine> {
  try {
    if (compiled) {
      __wbg_reset_state();
    } else {
      await instantiateGlue({ module_or_path: await moduleOrBytes(await source()) });
      compiled = true;
    }
    return new Engine();
  } catch (error) {
    throw ScanSealError.from(error);
  }
}
