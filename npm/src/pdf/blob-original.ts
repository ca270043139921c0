// A file of the user, read from where it is: memory does not grow with it. In workers only, where reading may wait.

import type { Original } from "./source.js";
import { unreadable } from "./unreadable.js";

declare class FileReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}

/** Read at once: every reading takes a millisecond, however little is read. */
const PAGE_BYTES = 4 << 20;
/** Pages that are kept: what the engine wants of a document is mostly near each other, or goes on from front to back. */
const KEPT_PAGES = 8;

/** A document that stays where it is. */
export class BlobOriginal implements Original {
  private readonly pages = new Map<number, Uint8Array>();

  constructor(private readonly blob: Blob) {}

  get length(): number {
    return this.blob.size;
  }

  read(offset: number, length: number): Uint8Array {
    const page = Math.floor(offset / PAGE_BYTES);
    const start = page * PAGE_BYTES;
    if (offset + length > start + PAGE_BYTES) return this.load(offset, length);
    let bytes = this.pages.get(page);
    if (bytes === undefined) {
      const [oldest] = this.pages.keys();
      if (oldest !== undefined && this.pages.size >= KEPT_PAGES) this.pages.delete(oldest);
      bytes = this.load(start, PAGE_BYTES);
      this.pages.set(page, bytes);
    }
    return bytes.subarray(offset - start, offset - start + length);
  }

  async piece(from: number, length: number): Promise<Uint8Array> {
    try {
      return new Uint8Array(await this.blob.slice(from, from + length).arrayBuffer());
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  release(): void {
    this.pages.clear();
  }

  private load(offset: number, length: number): Uint8Array {
    try {
      return new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.blob.slice(offset, offset + length)));
    } catch (cause) {
      throw unreadable(cause);
    }
  }
}
