// What page and worker say to each other.

import type { ScanSealErrorCode } from "../generated/error-codes.js";
import type { PdfModule, PdfProgress } from "./options.js";
import type { FindInput, SealDescription, VerifyInput } from "./work.js";

/** The first message to a worker. A worker does one task and is then ended: that is how work is stopped at once. */
export type Task = { readonly module: WebAssembly.Module } & (
  | { readonly pdf: Blob; readonly work: FileWork }
  | { readonly documents: readonly Blob[] }
);

/** What is done with one file. */
export type FileWork =
  | { readonly kind: "verify"; readonly input: VerifyInput }
  | { readonly kind: "find"; readonly input: FindInput }
  | { readonly kind: "prepare"; readonly input: object; readonly picture: Uint8Array | undefined };

/** The module that a task needs. */
export function moduleFor(kind: FileWork["kind"] | undefined): PdfModule {
  return kind === "verify" ? "verify" : "seal";
}

/** Later messages, after `prepare`. */
export type Step =
  | { readonly kind: "timestamp-request"; readonly signature: Uint8Array }
  | { readonly kind: "finish"; readonly signature: Uint8Array; readonly timestamp: Uint8Array | undefined };

/** Later messages about one of several documents. */
export type DocumentStep = { readonly document: number } & (
  | { readonly kind: "hash" }
  | { readonly kind: "lay-out"; readonly input: object; readonly seal: Uint8Array | undefined }
  | { readonly kind: "finish"; readonly signature: Uint8Array }
);

/** What `prepare` answers. */
export interface Prepared extends SealDescription {
  readonly toBeSigned: Uint8Array;
}

/** What a worker says: how far it is, and one `done` or `failed` for each message to it. */
export type Report =
  | { readonly kind: "progress"; readonly progress: PdfProgress }
  | { readonly kind: "done"; readonly result: unknown }
  | { readonly kind: "failed"; readonly code: ScanSealErrorCode; readonly detail: string | undefined };
