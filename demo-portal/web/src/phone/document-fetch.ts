/** Fetches the documents of one request through the channel: what is asked for next, and what has come. Pure. */

/** Which bytes of a document. */
export type Part = "original" | "appended";

/** Some bytes that are asked for. */
export interface Fetch {
  readonly document: number;
  readonly part: Part;
  readonly from: number;
  readonly length: number;
}

/** How many fetches may be unanswered (docs/protocol.md section 11). */
export const OPEN_FETCHES = 8;
/** The most bytes of one fetch (docs/protocol.md section 11). */
export const FETCH_BYTES = 196_608;
/**
 * How many bytes of originals are fetched in one scan. A session carries 64 MiB; what is appended, frames that are sent again
 * and acknowledgements need the rest.
 */
export const LOOK_BYTES = 40 * 1024 * 1024;

/** A document as far as it has come. */
export interface FetchedDocument {
  /** Bytes of the original. */
  readonly size: number;
  /** Whether the original is wanted as well. */
  readonly look: boolean;
  /** Whether it was wanted, but one scan cannot carry it. */
  readonly tooLarge: boolean;
  /** `null` until the page has prepared the document. */
  readonly appended: number | null;
  /** Why the page cannot prepare it. */
  readonly code: string | null;
  /** Bytes that have come. */
  readonly got: number;
  /** Bytes that are wanted, as far as that is known. */
  readonly wanted: number;
  /** Whether all that is wanted is here, or nothing will come. */
  readonly complete: boolean;
}

interface Entry {
  readonly size: number;
  look: boolean;
  readonly tooLarge: boolean;
  appended: number | null;
  code: string | null;
  original: Uint8Array | null;
  tail: Uint8Array | null;
  got: Record<Part, number>;
}

/** All documents of one request. */
export class DocumentFetch {
  readonly #entries: Entry[];
  readonly #queue: Fetch[] = [];
  #open = 0;

  /** `sizes` of the originals; `look` says whether they shall be fetched, as many as one scan can carry. */
  constructor(sizes: readonly number[], look: boolean) {
    let room = LOOK_BYTES;
    this.#entries = sizes.map((size) => {
      const fits = look && size <= room;
      if (fits) room -= size;
      return {
        size,
        look: fits,
        tooLarge: look && !fits,
        appended: null,
        code: null,
        original: fits ? new Uint8Array(size) : null,
        tail: null,
        got: { original: 0, appended: 0 },
      };
    });
    this.#entries.forEach((entry, document) => {
      if (entry.look) this.#queue.push(...pieces(document, "original", entry.size));
    });
  }

  /** How it stands with each document. */
  get documents(): FetchedDocument[] {
    return this.#entries.map((entry) => {
      const { size, look, tooLarge, appended, code, got } = entry;
      const wanted = (look ? size : 0) + (appended ?? 0);
      const here = look ? got.original + got.appended : got.appended;
      const complete = code !== null || (appended !== null && here === wanted);
      return { size, look, tooLarge, appended, code, got: here, wanted, complete };
    });
  }

  /** The page has prepared a document, or says why it cannot. What is appended is fetched before any more of an original. */
  prepared(document: number, appended: number, code: string | null): void {
    const entry = this.#entries[document];
    if (!entry) return;
    entry.code = code;
    if (code !== null) {
      this.#drop(document, "original");
      return;
    }
    entry.appended = appended;
    entry.tail = new Uint8Array(appended);
    this.#queue.unshift(...pieces(document, "appended", appended));
  }

  /** What to ask for now. */
  next(): Fetch[] {
    const now = this.#queue.splice(0, OPEN_FETCHES - this.#open);
    this.#open += now.length;
    return now;
  }

  /** Bytes have come. */
  piece(document: number, part: Part, from: number, bytes: Uint8Array): void {
    this.#open -= 1;
    const entry = this.#entries[document];
    const into = part === "original" ? entry?.original : entry?.tail;
    if (!entry || !into) return;
    into.set(bytes, from);
    entry.got[part] += bytes.length;
  }

  /** The holder does not want to look at what is not here yet. */
  skip(): void {
    this.#entries.forEach((entry, document) => {
      if (!entry.look || entry.got.original === entry.size) return;
      entry.look = false;
      entry.original = null;
      this.#drop(document, "original");
    });
  }

  /** What is appended, once it is here. */
  appended(document: number): Uint8Array | null {
    const entry = this.#entries[document];
    return entry?.tail && entry.got.appended === entry.appended ? entry.tail : null;
  }

  /** The original with what is appended, once both are here. */
  whole(document: number): Uint8Array<ArrayBuffer> | null {
    const entry = this.#entries[document];
    const tail = this.appended(document);
    if (!entry?.original || !tail || entry.got.original !== entry.size) return null;
    const whole = new Uint8Array(entry.size + tail.length);
    whole.set(entry.original);
    whole.set(tail, entry.size);
    return whole;
  }

  /** Forgets the bytes of a document that has been judged. */
  forget(document: number): void {
    const entry = this.#entries[document];
    if (entry) entry.original = null;
  }

  #drop(document: number, part: Part): void {
    const rest = this.#queue.filter((one) => one.document !== document || one.part !== part);
    this.#queue.splice(0, this.#queue.length, ...rest);
  }
}

function pieces(document: number, part: Part, length: number): Fetch[] {
  return Array.from({ length: Math.ceil(length / FETCH_BYTES) }, (_, index) => {
    const from = index * FETCH_BYTES;
    return { document, part, from, length: Math.min(FETCH_BYTES, length - from) };
  });
}
