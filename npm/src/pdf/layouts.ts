// Documents between their layout and the phone's signature, where the engine is: in a Web Worker, or in Node.

import { Sealing, sha256Blocks } from "../../wasm/pdf-seal/pdf-seal.js";
import type { DocumentLayout } from "../documents.js";
import { HostFile } from "./engine.js";
import type { Original } from "./source.js";

/** Hashed at once: whole blocks. */
const PIECE_BYTES = 4 << 20;
/** A block of SHA-256. */
const BLOCK_BYTES = 64;

/** A layout, and the bytes that are appended. */
export interface LaidOut extends Omit<DocumentLayout, "appended"> {
  readonly appended: Uint8Array;
}

/** How far a hash is (docs/protocol.md section 8.2). */
type HashState = Pick<DocumentLayout, "state" | "tail">;

/** The documents of one request. */
export class Layouts {
  private readonly hashes = new Map<number, HashState>();
  private readonly sealings = new Map<number, { readonly file: HostFile; readonly sealing: Sealing }>();

  constructor(private readonly originals: readonly Original[]) {}

  /** Hashes an original, which does not depend on who seals it; once for all layouts. */
  async hash(document: number, hashed: (bytes: number) => void): Promise<void> {
    const original = this.original(document);
    const file = new HostFile("seal", original);
    let state: Uint8Array = new Uint8Array();
    let tail = state;
    let next = original.piece(0, PIECE_BYTES);
    for (let at = 0; at < original.length; at += PIECE_BYTES) {
      const bytes = await next;
      // Brought in while this one is hashed.
      next = original.piece(at + PIECE_BYTES, PIECE_BYTES);
      next.catch(() => undefined);
      const whole = bytes.length - (bytes.length % BLOCK_BYTES);
      state = file.call(() => sha256Blocks(state, bytes.subarray(0, whole)));
      tail = bytes.slice(whole);
      hashed(bytes.length);
    }
    this.hashes.set(document, { state, tail });
  }

  /** Lays out a document that was hashed. An earlier layout of it is void. */
  layOut(document: number, input: object, seal: Uint8Array | undefined): LaidOut {
    const original = this.original(document);
    const hash = this.hashes.get(document);
    if (hash === undefined) throw new Error("the document was not hashed");
    this.free(document);
    const file = new HostFile("seal", original);
    try {
      const sealing = file.call(() => new Sealing(file, input, seal, true));
      this.sealings.set(document, { file, sealing });
      const { byteRange } = JSON.parse(file.call(() => sealing.description()));
      const digest = file.call(() => sealing.digestAfter(hash.state, hash.tail));
      const attributes = file.call(() => sealing.toBeSigned(digest));
      const gap = [byteRange[1] - original.length, byteRange[2] - original.length] as const;
      return { ...hash, gap, attributes, appended: file.call(() => sealing.appended()) };
    } catch (error) {
      this.free(document);
      throw error;
    } finally {
      original.release();
    }
  }

  /** Puts the signature into a layout: the bytes to append. It is gone then. */
  finish(document: number, signature: Uint8Array): Uint8Array {
    const found = this.sealings.get(document);
    if (found === undefined) throw new Error("the document was not laid out");
    const { file, sealing } = found;
    try {
      return file.call(() => sealing.finish(signature, undefined));
    } finally {
      this.free(document);
      this.original(document).release();
    }
  }

  /** Frees what is kept of a document besides its hash. */
  free(document: number): void {
    const found = this.sealings.get(document);
    this.sealings.delete(document);
    found?.file.free(found.sealing);
  }

  private original(document: number): Original {
    const original = this.originals[document];
    if (original === undefined) throw new Error("there is no such document");
    return original;
  }
}
