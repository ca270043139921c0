// Calls into the WebAssembly instances, and the files that it reads.

import * as seal from "../../wasm/pdf-seal/pdf-seal.js";
import * as verify from "../../wasm/pdf-verify/pdf-verify.js";
import { ScanSealError } from "../errors.js";
import type { PdfModule } from "./options.js";
import type { ByteSource } from "./source.js";

const glues = { verify, seal };

/** Counts the instances: what an earlier one held is gone with it, and freeing it in a later one would harm that. */
const instances = { verify: 0, seal: 0 };

/** Loads a module. */
export function loadModule(name: PdfModule, module: verify.SyncInitInput): void {
  glues[name].initSync({ module });
}

/** A file as the engine reads it: piece by piece, so its own memory does not grow with the file. */
export class HostFile {
  private failure: { readonly error: unknown } | undefined;
  private readonly instance: number;

  constructor(
    private readonly module: PdfModule,
    private readonly source: ByteSource,
    /** Is told of every read. What it throws ends the work. */
    private readonly onRead: (bytes: number) => void = () => undefined,
  ) {
    this.instance = instances[module];
  }

  get length(): number {
    return this.source.length;
  }

  /** Called by the engine. */
  read(offset: number, length: number): Uint8Array {
    try {
      this.onRead(length);
      return this.source.read(offset, length);
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  /** Runs a call into WebAssembly that may read this file. */
  call<Value>(work: () => Value): Value {
    if (this.instance !== instances[this.module]) {
      throw new ScanSealError("internal", { detail: "the WebAssembly instance has died" });
    }
    try {
      const value = work();
      if (this.failure === undefined) return value;
    } catch (error) {
      if (this.failure === undefined) throw refusalOrDeath(this.module, error);
    }
    // The engine takes it for a file that cannot be read, and may have judged it so.
    throw this.failure.error;
  }

  /** Frees what the engine holds for this file. */
  free(held: { free(): void }): void {
    if (this.instance === instances[this.module]) held.free();
  }
}

function refusalOrDeath(module: PdfModule, error: unknown): ScanSealError {
  const refusal = ScanSealError.fromMessage(error);
  if (refusal !== undefined) return refusal;
  // All else is a bug, and the instance's state is not to be trusted.
  instances[module] += 1;
  glues[module].__wbg_reset_state();
  return ScanSealError.from(error);
}
