// Documents to seal: what a scan needs of them, whoever lays them out.

import type { ScanSealErrorCode } from "./generated/error-codes.js";

/** With what the phone will seal. Nothing of it is verified here; the platform's server does that. */
export interface SealChoice {
  /** The holder's certificates as PEM, their own first. */
  readonly certificates: string;
  /** The electronic seal as its authority signed it (DER); empty for a signature without a picture. */
  readonly seal: Uint8Array;
}

/** How a document will look with the seal in it (docs/protocol.md section 8.2). */
export interface DocumentLayout {
  /** SHA-256 after the original's last whole block: 32 bytes. */
  readonly state: Uint8Array;
  /** The original's bytes after that block. */
  readonly tail: Uint8Array;
  /** How many bytes are appended. */
  readonly appended: number;
  /** Where in them the gap for the signature begins and ends. */
  readonly gap: readonly [number, number];
  /** What the key signs. */
  readonly attributes: Uint8Array;
}

/** The documents of one request, in its order. */
export interface DocumentWork {
  /** How many there are. */
  readonly count: number;
  /**
   * Lays out a document with the phone's seal. What it throws is told to the phone, and the document is left out.
   */
  prepare(document: number, choice: SealChoice, signal: AbortSignal): Promise<DocumentLayout>;
  /** Bytes of the original, or of what is appended to it. */
  read(document: number, part: "original" | "appended", from: number, length: number): Promise<Uint8Array>;
  /** Puts the phone's signature (r and s, 64 bytes) into a document: what is to be appended to the original. */
  finish(document: number, signature: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  /** Frees what is kept. */
  dispose(): void;
}

/** A document as it goes to the platform's server. */
export type SealedDocument =
  /** What is to be appended to the original. */
  | { readonly appended: Uint8Array }
  /** It was left out, or could not be finished. */
  | { readonly code: ScanSealErrorCode };
