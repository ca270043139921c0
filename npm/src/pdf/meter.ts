// How far the work on a file is, over all phases.

import type { PdfProgress } from "./options.js";

/** How often progress is told, at most: each so many bytes. */
const STEP_BYTES = 4 << 20;

/** Adds up what is done in each phase. */
export class Meter {
  private readonly done = { reading: 0, hashing: 0, checking: 0 };
  private readonly total: number;
  private told = 0;

  constructor(
    /** Bytes of the file. */
    private readonly size: number,
    private readonly tell: (progress: PdfProgress) => void,
  ) {
    this.total = 3 * Math.max(size, 1);
  }

  /** So many bytes more. A phase counts each byte once at most. */
  add(phase: PdfProgress["phase"], bytes: number): void {
    this.done[phase] = Math.min(this.size, this.done[phase] + bytes);
    const done = Math.floor(this.done.reading + this.done.hashing + this.done.checking);
    // The last step is told by `end`.
    if (done - this.told >= STEP_BYTES && done < this.total) this.report(phase, done);
  }

  /** All is done, also what was not needed. */
  end(): void {
    this.report("checking", this.total);
  }

  private report(phase: PdfProgress["phase"], done: number): void {
    this.told = done;
    this.tell({ phase, done, total: this.total });
  }
}
