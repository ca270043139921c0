// What the functions on PDFs take and give.

import type { WasmSource } from "../wasm-source.js";
import type { PdfRect } from "./report.js";

/** A PDF in memory, or a file that the user chose. */
export type PdfInput = Blob | ArrayBuffer | Uint8Array;

/** Certificates or revocation lists: PEM as text (any number), or DER. */
export type PemOrDer = string | Uint8Array;

/** How far the work is: `done / total` never goes back and ends at 1. */
export interface PdfProgress {
  /** What was gone on with last: bringing the bytes in, hashing them, going through them. Some browsers overlap these. */
  readonly phase: "reading" | "hashing" | "checking";
  /** Of `total`; both count each byte once for each phase. */
  readonly done: number;
  readonly total: number;
}

/** The WebAssembly modules: one verifies; the other seals, and finds words. */
export type PdfModule = "verify" | "seal";

/** Options of `initPdf`. */
export interface InitPdfOptions {
  /** Which module to load now: the one for what will be done. Both if absent. */
  readonly for?: PdfModule;
  /**
   * The modules, if they are not to be taken from beside the package's own files (`scanseal/pdf-verify.wasm`,
   * `scanseal/pdf-seal.wasm`).
   */
  readonly wasm?: { readonly [module in PdfModule]?: WasmSource };
  /** The worker's script, if it is not to be taken from beside the package's own files (`scanseal/pdf-worker.js`). */
  readonly worker?: URL;
}

/** What every function takes. */
export interface PdfOptions {
  /** Password of an encrypted PDF. */
  readonly password?: string;
  /** Ends the work at once; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how far the work is. What it throws ends the work. */
  readonly onProgress?: (progress: PdfProgress) => void;
}

export interface VerifyPdfOptions extends PdfOptions {
  /** Whom to trust: the roots of the authorities. Without any, a signature is at best `indeterminate`. */
  readonly trust?: readonly PemOrDer[];
  /** Revocation lists, besides those in the file. */
  readonly crls?: readonly PemOrDer[];
  /** As of when to check; now if absent. */
  readonly time?: Date;
  /** Whether the report has the SHA-256 of the whole file. It decides nothing, and hashes a large file once more. */
  readonly fileDigest?: boolean;
}

/** Pages from 1, such as `1-3,5,-1`; -1 is the last. */
export type PageRange = string;

/** A place for a seal; lengths in points (1/72 inch), from the bottom left of the page as it is shown. */
export type SealPlace =
  | {
      readonly type: "at";
      readonly pages: PageRange;
      readonly x: number;
      readonly y: number;
      readonly width?: number;
      readonly height?: number;
    }
  | {
      readonly type: "keyword";
      readonly word: string;
      /** From 1, or all of them; the first if absent. */
      readonly occurrence?: number | "all";
      /** Where to look; on all pages if absent. */
      readonly pages?: PageRange;
      /** How far the seal's middle is moved off the word's. */
      readonly dx?: number;
      readonly dy?: number;
      readonly width?: number;
      readonly height?: number;
    }
  | {
      /** Across the edges of the pages: 骑缝章. */
      readonly type: "cross-page";
      readonly side: "left" | "right" | "top" | "bottom";
      /** Along the edge, 0 to 1; the middle if absent. */
      readonly offset?: number;
      /** All pages if absent. */
      readonly pages?: PageRange;
      /** How many pages share one seal; all of them if absent. */
      readonly group?: number;
    };

export interface PrepareSealOptions extends PdfOptions {
  /** Certificate of the key that will sign (P-256). */
  readonly certificate: PemOrDer;
  /** Certificates of the authorities above it. */
  readonly chain?: readonly PemOrDer[];
  /** An empty field of the document to fill, or the name of a new one. */
  readonly field?: string;
  /** Where the seal shows; nowhere without any. */
  readonly places?: readonly SealPlace[];
  /** PNG (transparency is kept) or JPEG, at its physical size. */
  readonly picture?: Blob | Uint8Array;
  /** Width of the picture in millimetres; what the picture says, else 42, if absent. */
  readonly pictureWidth?: number;
  /** A line of Latin text below the picture. */
  readonly text?: string;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
  /** The signer's own clock, as viewers show it; now if absent. */
  readonly time?: Date;
  /** Certify as the author, and permit so much afterwards. */
  readonly certify?: "none" | "fill" | "annotate";
  /** Fields that the signature locks. */
  readonly lock?: "all" | readonly string[];
  /** Whether room is left for a time stamp. */
  readonly timestamp?: boolean;
}

/** Where and how a document is sealed by scan; certificate and picture are the phone's to choose. */
export type SealOptions = Omit<
  PrepareSealOptions,
  "certificate" | "chain" | "picture" | "pictureWidth" | "password" | "signal" | "onProgress"
>;

/** A document of a request to seal. */
export interface DocumentToSeal {
  readonly pdf: PdfInput;
  /** Nowhere to be seen without any. Room is left for a time stamp unless `timestamp` is false. */
  readonly options?: SealOptions;
}

/** Options of `sealDocuments`. */
export interface SealDocumentsOptions {
  /** Gives the documents up, as `dispose` does. */
  readonly signal?: AbortSignal;
  /** Is told how far the hashing of all documents is, which begins at once. What it throws ends the work. */
  readonly onProgress?: (progress: PdfProgress) => void;
}

/** A sealing that waits for its signature. */
export interface PreparedSeal {
  /** Full name of the signature field. */
  readonly field: string;
  /** What the key has to sign: the DER of the signed attributes (RFC 5652 section 5.4), with ECDSA and SHA-256. */
  readonly toBeSigned: Uint8Array;
  /** SHA-256 over the byte range, lower-case hexadecimal. */
  readonly digest: string;
  readonly byteRange: readonly [number, number, number, number];
  readonly impressions: readonly { readonly page: number; readonly rect: PdfRect }[];
  /** Frees the memory. A `finishSeal` that succeeds or is aborted does it by itself. */
  dispose(): void;
}

export interface FinishSealOptions {
  /** ECDSA over {@link PreparedSeal.toBeSigned}: DER, or r and s of 32 bytes each. */
  readonly signature: Uint8Array;
  /** Asks a time-stamp authority (RFC 3161): takes the DER of a request, gives that of the response. */
  readonly timestamp?: (request: Uint8Array) => Promise<Uint8Array>;
  readonly signal?: AbortSignal;
}

export interface FindKeywordOptions extends PdfOptions {
  /** All pages if absent. */
  readonly pages?: PageRange;
}

/** A place where a keyword stands. */
export interface KeywordHit {
  /** From 1. */
  readonly page: number;
  readonly rect: PdfRect;
  /** From 1, in reading order. */
  readonly occurrence: number;
}
