// Two modules, so that nobody loads what is not used: one verifies, the other seals.

import { ScanSealError } from "../errors.js";
import type { WasmSource } from "../wasm-source.js";
import type { InitPdfOptions, PdfModule } from "./options.js";

/** The modules, each loaded when it is first wanted, and again after a failure. */
export class Modules<Loaded> {
  private readonly loaded: { [name in PdfModule]?: Promise<Loaded> } = {};
  private readonly sources: { [name in PdfModule]?: WasmSource } = {};

  constructor(private readonly load: (name: PdfModule, source: WasmSource | undefined) => Promise<Loaded>) {}

  /** Loads what is wanted now, and remembers where the other one is. */
  async init({ for: wanted, wasm }: InitPdfOptions): Promise<void> {
    Object.assign(this.sources, wasm);
    const names: readonly PdfModule[] = wanted === undefined ? ["verify", "seal"] : [wanted];
    await Promise.all(names.map((name) => this.get(name)));
  }

  get(name: PdfModule): Promise<Loaded> {
    const found = this.loaded[name];
    if (found !== undefined) return found;
    const source = this.sources[name];
    const loading = this.attempt(name, source);
    this.loaded[name] = loading;
    loading.catch(() => {
      if (this.loaded[name] === loading) delete this.loaded[name];
      // An address may answer the next time; what was read once, or is no module, will not become one.
      if (this.sources[name] === source && !(source instanceof URL)) delete this.sources[name];
    });
    return loading;
  }

  private async attempt(name: PdfModule, source: WasmSource | undefined): Promise<Loaded> {
    try {
      return await this.load(name, source);
    } catch (error) {
      throw ScanSealError.from(error);
    }
  }
}
