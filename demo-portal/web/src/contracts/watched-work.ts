/** The documents of a scan, watched: what the phone has chosen, and how far everything is. */
import { ScanSealError } from "scanseal";
import type { DocumentLayout, DocumentWork, SealChoice } from "scanseal/pdf";

/** What happens to the documents between scan and signature. */
export type WorkEvent =
  /** The phone has chosen certificate and seal; the documents are laid out with it. */
  | { readonly what: "chosen" }
  /** So many of them are. */
  | { readonly what: "prepared"; readonly count: number }
  /** The phone fetches the documents to look at them: so much of all has gone out, from 0 to 1. */
  | { readonly what: "fetched"; readonly share: number }
  | { readonly what: "finished"; readonly count: number };

/** Passes everything on, and tells of it. `sizes` are those of the originals. Contracts want a seal: without one it refuses before the PIN. */
export class WatchedWork implements DocumentWork {
  /** The seal that the phone has chosen (DER): the platform asks for it. */
  seal: Uint8Array | null = null;
  #prepared = 0;
  #finished = 0;
  /** How far each original has been fetched: a piece may be asked for twice. */
  readonly #fetched: number[];

  constructor(
    private readonly work: DocumentWork,
    private readonly sizes: readonly number[],
    private readonly tell: (event: WorkEvent) => void,
  ) {
    this.#fetched = sizes.map(() => 0);
  }

  get count(): number {
    return this.work.count;
  }

  async prepare(document: number, choice: SealChoice, signal: AbortSignal): Promise<DocumentLayout> {
    if (document === 0) {
      // Another phone, after “not me”, begins anew.
      this.#prepared = 0;
      this.#fetched.fill(0);
      this.seal = choice.seal;
      this.tell({ what: "chosen" });
    }
    try {
      if (choice.seal.length === 0) throw new ScanSealError("seal-not-yours", { detail: "no seal was chosen" });
      return await this.work.prepare(document, choice, signal);
    } finally {
      this.#prepared += 1;
      this.tell({ what: "prepared", count: this.#prepared });
    }
  }

  async read(document: number, part: "original" | "appended", from: number, length: number): Promise<Uint8Array> {
    const bytes = await this.work.read(document, part, from, length);
    if (part === "original") {
      this.#fetched[document] = Math.max(this.#fetched[document] ?? 0, from + bytes.length);
      const sum = (all: readonly number[]): number => all.reduce((one, other) => one + other, 0);
      this.tell({ what: "fetched", share: sum(this.#fetched) / Math.max(1, sum(this.sizes)) });
    }
    return bytes;
  }

  async finish(document: number, signature: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const appended = await this.work.finish(document, signature, signal);
    this.#finished += 1;
    this.tell({ what: "finished", count: this.#finished });
    return appended;
  }

  dispose(): void {
    this.work.dispose();
  }
}
