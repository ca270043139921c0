// Documents to seal: what a request says of them, and the check of what comes back.

import { createHash } from "node:crypto";
import { checkSealed as runCheckSealed, documentPages as runDocumentPages } from "../wasm/server/server.js";
import { ScanSealError } from "./errors.js";
import type { ScanSealErrorCode } from "./generated/error-codes.js";
import type { PdfReport } from "./pdf/report.js";
import { MemorySource } from "./pdf/source.js";
import { callModule, currentTime } from "./server-module.js";
import type { RequestDocument } from "./server-request.js";
import type { TrustListInput } from "./server-verify.js";

/** Input of {@link checkSealed}. */
export interface SealedInput extends TrustListInput {
  /** The document that the request named: from this server's own store, not from the page. */
  readonly original: Uint8Array;
  /** What the page says was appended to it. */
  readonly appended: Uint8Array;
  /** What the phone signed for this document: its item in `documents` of {@link VerifiedAssertion}, where it is not null. */
  readonly digest: string;
  /** The certificate of the assertion, DER: `der` of {@link HolderCertificate} is it in base64. */
  readonly certificate: Uint8Array;
  /** The electronic seal that the phone chose, DER: `seal` of the page's `ScanAnswer`. Without one, no picture may show. */
  readonly seal?: Uint8Array;
  /**
   * Revocation lists of the authorities, DER. A certificate about which they say nothing passes: whether the signer's may
   * be used, {@link verifyAssertion} has decided.
   */
  readonly crls?: readonly Uint8Array[];
  /**
   * The authorities' current lists of revoked seals (JWS, `docs/electronic-seals.md`). A seal whose authority has no list
   * here passes; `seal.authority` of the result says which it is.
   */
  readonly revokedSeals?: readonly string[];
}

/** A document that was sealed as it should be, and nothing else. */
export interface SealedAsAsked {
  readonly verified: true;
  /** Full name of the signature's field. */
  readonly field: string;
  /** Where the seal shows, in units of the page: left, bottom, right, top. None if the signature is invisible. */
  readonly places: readonly { readonly page: number; readonly rect: readonly [number, number, number, number] }[];
  /** The electronic seal, with the id of its authority in the trust list; null without one. */
  readonly seal: { readonly id: string; readonly name: string; readonly authority: string } | null;
  /** On the whole file; the new signature is the last of `signatures`. */
  readonly report: PdfReport;
}

/** A document that is not to be taken. */
export interface SealedRefusal {
  readonly verified: false;
  /**
   * `document-changed` if something else was appended than one seal, if the signature is another one than the phone's, or
   * if a signature of the file does not pass; `seal-not-yours`, `seal-expired` and `seal-revoked` for the electronic seal
   * and its picture; a code of the trust list.
   */
  readonly code: ScanSealErrorCode;
  /** What exactly, for the log. */
  readonly detail: string;
}

/**
 * Checks a document that comes back from a scan: that one seal was appended to the original and nothing else, that its
 * signature is the assertion's certificate's over the digest that the assertion names, with nothing unknown around it, that
 * the electronic seal is one of this certificate, not revoked, and drawn as its authority made it, and that every
 * signature of the file passes. The trust list is checked before.
 *
 * Not checked, since it takes the server's own data: that the certificate is bound to the account, as with every assertion.
 *
 * @throws ScanSealError `malformed` for input that the server itself got wrong, such as a certificate that is none, or a
 * list of revoked seals that has expired.
 */
export function checkSealed(input: SealedInput): SealedAsAsked | SealedRefusal {
  const { trustList, listKeys, lastVersion, digest, crls = [], revokedSeals = [], now = currentTime() } = input;
  const [original, appended] = [source(input.original, "original"), bytes(input.appended, "appended")];
  const certificate = base64(input.certificate, "certificate");
  const seal = input.seal && base64(input.seal, "seal");
  const evidence = { crls: crls.map((crl) => base64(crl, "crls")), revokedSeals };
  const signed = { digest, certificate, seal, ...evidence };
  const json = JSON.stringify({ trustList, listKeys, lastVersion, now, ...signed });
  return JSON.parse(callModule(() => runCheckSealed(json, original, appended))) as SealedAsAsked | SealedRefusal;
}

/**
 * What a request to seal says of a document: its name as the phone shows it, and size, pages and SHA-256 of the file.
 *
 * @throws ScanSealError `document-damaged` or another reason why it is no PDF that can be read, `document-encrypted`.
 */
export function describeDocument(name: string, document: Uint8Array): RequestDocument {
  const reader = source(document, "document");
  const pages = callModule(() => runDocumentPages(reader));
  return { name, size: document.length, pages, sha256: createHash("sha256").update(document).digest("hex") };
}

function source(value: Uint8Array, member: string): MemorySource {
  return new MemorySource(bytes(value, member));
}

function base64(value: Uint8Array, member: string): string {
  const { buffer, byteOffset, byteLength } = bytes(value, member);
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

/** A path, a stream or text would be read as something that it is not. */
function bytes(value: unknown, member: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new ScanSealError("malformed", { detail: `${member}: expected a Uint8Array` });
}
