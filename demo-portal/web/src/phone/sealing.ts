/** Documents to seal in one scan: fetched, judged by the phone's own checks, signed under one PIN. */
import type { DocumentState } from "./core-types";
import { DocumentFetch, type Fetch } from "./document-fetch";

/** What a sealing needs of its surroundings. */
export interface SealingHost {
  /** Asks the page for bytes. */
  fetch(fetch: Fetch): void;
  /** Checks what was prepared, and with the original what it draws. Throws with a code. */
  judge(document: number, appended: Uint8Array, whole: Uint8Array | null): Judged;
  /** The stable code of what `judge` has thrown. */
  codeOf(error: unknown): string;
  /** Something has changed. */
  changed(documents: DocumentState[], failure: string | null): void;
}

/** A document that may be signed. */
export interface Judged {
  /** SHA-256 over what is signed, computed by this phone. */
  readonly digest: string;
  /** Pages that show the seal, from 1, in their order; `null` if the phone has not looked. */
  readonly pages: readonly number[] | null;
}

/** Why a document is left out, and whether this phone found that itself. */
interface Fault {
  readonly code: string;
  readonly found: boolean;
}

/** From the choice of the seal until the PIN. */
export class Sealing {
  readonly #fetch: DocumentFetch;
  readonly #host: SealingHost;
  readonly #judged: (Judged | Fault | null)[];
  readonly #blobs: (Blob | null)[];

  constructor(sizes: readonly number[], look: boolean, host: SealingHost) {
    this.#fetch = new DocumentFetch(sizes, look);
    this.#host = host;
    this.#judged = sizes.map(() => null);
    this.#blobs = sizes.map(() => null);
  }

  /** Begins to fetch. */
  start(): void {
    this.#go();
  }

  /** How it stands with each document. */
  get documents(): DocumentState[] {
    return this.#fetch.documents.map(({ look, tooLarge, appended, got, wanted }, index) => {
      const judged = this.#judged[index] ?? null;
      const fault = judged && "code" in judged ? judged : null;
      const ready = judged && "digest" in judged ? judged : null;
      return {
        at: fault ? "failed" : ready ? "ready" : appended === null && got === 0 ? "waiting" : "fetching",
        got,
        wanted,
        tooLarge,
        looked: ready ? ready.pages !== null : look,
        pages: ready?.pages ?? null,
        digest: ready?.digest ?? null,
        code: fault?.code ?? null,
        found: fault?.found ?? false,
        sealed: this.#blobs[index] ?? null,
      };
    });
  }

  prepared(document: number, appended: number, code: string | null): void {
    this.#fetch.prepared(document, appended, code);
    if (code !== null) this.#judged[document] = { code, found: false };
    this.#go();
  }

  piece(...piece: Parameters<DocumentFetch["piece"]>): void {
    this.#fetch.piece(...piece);
    this.#go();
  }

  /** The holder signs what is not here yet without having looked at it. */
  skip(): void {
    this.#fetch.skip();
    this.#go();
  }

  /** The documents that may be signed, each with what is appended to it. */
  get signable(): { document: number; appended: Uint8Array }[] {
    return this.#judged.flatMap((judged, document) => {
      const appended = judged && "digest" in judged ? this.#fetch.appended(document) : null;
      return appended ? [{ document, appended }] : [];
    });
  }

  /** If every document has failed: the code of the first. */
  get failure(): string | null {
    const [first] = this.#judged;
    const failed = this.#judged.every((judged) => judged !== null && "code" in judged);
    return failed && first && "code" in first ? first.code : null;
  }

  #go(): void {
    this.#fetch.documents.forEach(({ complete, look }, document) => {
      if (complete && this.#judged[document] === null) this.#judge(document, look);
    });
    for (const fetch of this.#fetch.next()) this.#host.fetch(fetch);
    this.#host.changed(this.documents, this.failure);
  }

  #judge(document: number, look: boolean): void {
    const appended = this.#fetch.appended(document);
    if (!appended) return;
    const whole = look ? this.#fetch.whole(document) : null;
    try {
      this.#judged[document] = this.#host.judge(document, appended, whole);
      if (whole) this.#blobs[document] = new Blob([whole], { type: "application/pdf" });
    } catch (error) {
      this.#judged[document] = { code: this.#host.codeOf(error), found: true };
    }
    this.#fetch.forget(document);
  }
}
