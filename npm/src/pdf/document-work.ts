// Documents to seal, as a scan wants them: laid out for the phone's seal, read for the phone, finished with its signature.

import { untilAborted } from "../abort.js";
import type { DocumentLayout, DocumentWork, SealChoice } from "../documents.js";
import { ScanSealError } from "../errors.js";
import { checkSize, sealInput } from "./input.js";
import type { LaidOut } from "./layouts.js";
import type { DocumentToSeal } from "./options.js";
import { unreadable } from "./unreadable.js";

/** Documents that one request may have. */
export const MAX_DOCUMENTS = 50;
/** Bytes that a phone takes as appended to one document. */
export const MAX_APPENDED_BYTES = 8 << 20;

/** A file of the user, or bytes in memory. */
type Bytes = Blob | Uint8Array;

/** Where the engine is. It is asked for one thing at a time. */
export interface LayoutHost {
  hash(document: number): Promise<unknown>;
  layOut(
    document: number,
    input: object,
    seal: Uint8Array | undefined,
    signal: AbortSignal,
  ): Promise<Omit<LaidOut, "appended"> & { readonly appended: Bytes }>;
  finish(document: number, signature: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  end(): void;
}

/** Refuses what no request can have. Throws `seal-request-invalid` or `document-too-large`. */
export function checkDocuments(documents: readonly DocumentToSeal[]): void {
  if (documents.length < 1 || documents.length > MAX_DOCUMENTS) {
    const detail = `${documents.length} documents; one request has 1 to ${MAX_DOCUMENTS}`;
    throw new ScanSealError("seal-request-invalid", { detail });
  }
  for (const { pdf } of documents) checkSize(pdf);
}

/** What `sealDocuments` gives. */
export class SealingWork implements DocumentWork {
  private turn: Promise<unknown> = Promise.resolve();
  private readonly hashes: Promise<unknown>[] = [];
  private readonly appended: (Bytes | undefined)[] = [];
  private disposed = false;

  constructor(
    private readonly originals: readonly Bytes[],
    private readonly documents: readonly DocumentToSeal[],
    private readonly host: LayoutHost,
    private readonly signal: AbortSignal | undefined,
  ) {
    signal?.addEventListener("abort", this.onAbort);
    void this.hashAll();
  }

  get count(): number {
    return this.originals.length;
  }

  async prepare(document: number, choice: SealChoice, signal: AbortSignal): Promise<DocumentLayout> {
    await untilAborted(this.hash(document), signal);
    const { seal, input } = this.choose(document, choice);
    const { appended, ...layout } = await this.inTurn(() => this.host.layOut(document, input, seal, signal));
    const length = appended instanceof Uint8Array ? appended.length : appended.size;
    if (length > MAX_APPENDED_BYTES) {
      const detail = `sealing appends ${length} bytes; at most ${MAX_APPENDED_BYTES}`;
      throw new ScanSealError("document-too-large", { detail });
    }
    this.appended[document] = appended;
    return { ...layout, appended: length };
  }

  async read(document: number, part: "original" | "appended", from: number, length: number): Promise<Uint8Array> {
    const bytes = (part === "original" ? this.originals : this.appended)[document];
    if (bytes === undefined) throw over();
    const piece = bytes.slice(from, from + length);
    return piece instanceof Uint8Array ? piece : readPiece(piece);
  }

  async finish(document: number, signature: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    if (this.appended[document] === undefined) throw over();
    this.appended[document] = undefined;
    return this.inTurn(() => this.host.finish(document, signature, signal));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.signal?.removeEventListener("abort", this.onAbort);
    this.appended.length = 0;
    this.host.end();
  }

  private readonly onAbort = (): void => this.dispose();

  /** While the person takes out the phone. */
  private async hashAll(): Promise<void> {
    for (let document = 0; document < this.count && !this.disposed; document += 1) {
      // Whoever prepares this document hears of a failure.
      await this.hash(document).catch(() => undefined);
    }
  }

  private hash(document: number): Promise<unknown> {
    this.hashes[document] ??= this.inTurn(() => this.host.hash(document));
    return this.hashes[document];
  }

  private choose(document: number, choice: SealChoice): { seal: Uint8Array | undefined; input: object } {
    const { options = {} } = this.documents[document] ?? {};
    const { field, places = [], text } = options;
    // A seal needs a place, and a place something to be seen there. A field that the document has may be its own place.
    const seal = choice.seal.length > 0 && (places.length > 0 || field !== undefined) ? choice.seal : undefined;
    const shown = seal !== undefined || text !== undefined;
    const certificate = choice.certificates;
    const input = sealInput({ timestamp: true, ...options, places: shown ? places : [], certificate });
    return { seal, input };
  }

  private inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const result = this.turn.then(() => {
      if (this.disposed) throw over();
      return work();
    });
    this.turn = result.catch(() => undefined);
    return result;
  }
}

async function readPiece(piece: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await piece.arrayBuffer());
  } catch (cause) {
    throw unreadable(cause);
  }
}

function over(): ScanSealError {
  return new ScanSealError("cancelled", { detail: "these documents were disposed of, or not prepared" });
}
