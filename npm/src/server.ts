// `scanseal/server`: what a platform's server does, for Node. Sign requests, check answers.
//
// The checks run in WebAssembly, in the same code as on every other end. What takes the server's own data it does itself:
// the browser that was given the request, the nonce used once, the account that the certificate is bound to.

import { createPrivateKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  __wbg_reset_state,
  initSync,
  verifyAssertion as runVerifyAssertion,
  verifyTrustList as runVerifyTrustList,
} from "../wasm/server/server.js";
import { ScanSealError } from "./errors.js";
import type { ScanSealErrorCode } from "./generated/error-codes.js";

export type { Locale } from "./error-text.js";
export { errorText } from "./error-text.js";
export type { ScanSealErrorOptions } from "./errors.js";
export { isErrorCode, ScanSealError } from "./errors.js";
export type { ErrorFacts, ScanSealErrorCode } from "./generated/error-codes.js";
export type { ErrorText } from "./generated/error-texts.js";

/** Longest life of a request, in seconds. */
const REQUEST_LIFE = 600;

/** Kinds of authorities: of one platform, or recognised nationwide. */
export type CertificateKind = "platform" | "mutual";

/** A name in both languages. */
export interface LocalizedName {
  readonly zh: string;
  readonly en: string;
}

/** A named check of a verifier; `docs/protocol.md` section 8 says what each looks at. */
export interface CheckResult {
  readonly check: string;
  /** `not-run` means that something before it made the check impossible; it is never a pass. */
  readonly outcome: "passed" | "failed" | "not-run";
  readonly code?: ScanSealErrorCode;
  readonly detail?: string;
}

/** What a refusal says. */
export interface Refusal {
  readonly verified: false;
  /** The code of the first check that failed. */
  readonly code: ScanSealErrorCode;
  /** Every check, in order. If the trust list itself is refused, its checks. */
  readonly report: readonly CheckResult[];
}

/** The certificate that signed, proven by the report. Times are seconds since 1970. */
export interface HolderCertificate {
  /** Registered name of the enterprise; null if the certificate is of no legal person. */
  readonly enterprise: string | null;
  /** Unified social credit code, its check character verified. */
  readonly creditCode: string | null;
  readonly commonName: string | null;
  readonly issuer: string | null;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-256 of the certificate, lower-case hexadecimal: what to bind an account to. */
  readonly sha256: string;
  /** Id of the authority in the trust list. */
  readonly authority: string;
  readonly kind: CertificateKind;
}

/** An assertion whose checks all passed. */
export interface VerifiedAssertion {
  readonly verified: true;
  readonly report: readonly CheckResult[];
  readonly certificate: HolderCertificate;
}

/** Input of {@link verifyTrustList}. */
export interface TrustListInput {
  /** The signed list (JWS) as the operator serves it. */
  readonly trustList: string;
  /** SHA-256 of the operator's keys (SPKI), base64url: `listKeys` of its description, kept since the first contact. */
  readonly listKeys: readonly string[];
  /** Version of the newest list seen so far; an older one is refused. */
  readonly lastVersion?: number;
  /** Seconds since 1970; the clock's time if absent. */
  readonly now?: number;
}

/** Input of {@link verifyAssertion}. */
export interface AssertionInput extends TrustListInput {
  /** What the page sent. */
  readonly assertion: string;
  /** The request as this server issued it: from its own store, not from the page. */
  readonly request: string;
  /** What the page sent with the assertion. */
  readonly channelBinding: string;
  /** Revocation lists of the authorities, DER. */
  readonly crls?: readonly Uint8Array[];
  /** OCSP answers, DER. */
  readonly ocsp?: readonly Uint8Array[];
  /**
   * What to do with a certificate about which the evidence says nothing: refuse it wherever it is in the path
   * (`require-all`, the default), only if it is the holder's (`require-leaf`), or let it pass (`allow-unknown`).
   */
  readonly revocation?: "require-all" | "require-leaf" | "allow-unknown";
}

/** The contents of a trust list that was accepted. Times are seconds since 1970. */
export interface TrustListContents {
  readonly version: number;
  readonly issued: number;
  readonly expires: number;
  readonly operator: string;
  readonly authorities: readonly {
    readonly id: string;
    readonly name: LocalizedName;
    readonly kind: CertificateKind;
  }[];
  readonly platforms: readonly {
    readonly id: string;
    readonly name: LocalizedName;
    readonly origins: readonly string[];
  }[];
}

/** A trust list that was accepted. */
export interface VerifiedTrustList {
  readonly verified: true;
  readonly list: TrustListContents;
}

/**
 * Checks what a phone signed, and the trust list that it is checked with.
 *
 * Not checked, since it takes the server's own data: that the browser is the one that was given the request, that its
 * `jti` was not used before, and which account the certificate is bound to.
 *
 * @throws ScanSealError `malformed` for input that the server itself got wrong, such as a request it did not issue.
 */
export function verifyAssertion(input: AssertionInput): VerifiedAssertion | Refusal {
  const { crls = [], ocsp = [], revocation = "require-all", now = currentTime() } = input;
  const base64 = (der: Uint8Array): string => Buffer.from(der).toString("base64");
  const json = JSON.stringify({ ...input, now, revocation, crls: crls.map(base64), ocsp: ocsp.map(base64) });
  return JSON.parse(call(() => runVerifyAssertion(json))) as VerifiedAssertion | Refusal;
}

/**
 * Checks a trust list.
 *
 * @throws ScanSealError `malformed` for keys that are no thumbprints.
 */
export function verifyTrustList(input: TrustListInput): VerifiedTrustList | Refusal {
  const json = JSON.stringify({ ...input, now: input.now ?? currentTime() });
  return JSON.parse(call(() => runVerifyTrustList(json))) as VerifiedTrustList | Refusal;
}

/** Input of {@link signRequest}. */
export interface RequestInput {
  /** This platform's id in the trust list. */
  readonly platform: string;
  /** Web origin of the page, such as `https://portal.example`. */
  readonly origin: string;
  /** 1 to 8 lines that the phone shows, each of at most 120 characters. */
  readonly display: { readonly zh: readonly string[]; readonly en: readonly string[] };
  /** Where the page is, as this server sees it, each of at most 80 characters. */
  readonly context: { readonly browser: string; readonly place: string };
  /** Which certificates may answer; every kind if absent. */
  readonly accept?: { readonly kinds: readonly CertificateKind[]; readonly cas?: readonly string[] };
  /** The platform's certificate and those above it, PEM or DER, its own first. */
  readonly certificates: readonly (string | Uint8Array)[];
  /** The platform's private key (P-256): PEM, or a key object. */
  readonly key: string | KeyObject;
  /** Seconds that the request may be answered; at most 600, which is the default. */
  readonly life?: number;
  /** Seconds since 1970; the clock's time if absent. */
  readonly now?: number;
}

/** A request, and what the server keeps of it until the answer comes. */
export interface SignedRequest {
  /** Goes to the page; the server keeps it, tied to the browser. */
  readonly request: string;
  /** The nonce, to be accepted once. */
  readonly jti: string;
  /** When it stops being answerable, in seconds since 1970. */
  readonly expires: number;
}

/** Makes and signs a request to log in. */
export function signRequest(input: RequestInput): SignedRequest {
  const { platform, origin, display, context, life = REQUEST_LIFE, now = currentTime() } = input;
  const key = typeof input.key === "string" ? createPrivateKey(input.key) : input.key;
  const x5c = input.certificates.map((certificate) => new X509Certificate(certificate).raw.toString("base64"));
  const jti = randomBytes(16).toString("base64url");
  const accept = input.accept ?? { kinds: ["platform", "mutual"] };
  const expires = now + life;
  const header = { alg: "ES256", typ: "scanseal-request+jwt", x5c };
  const claims = { iss: platform, op: "login", origin, jti, iat: now, exp: expires, display, context, accept };
  const signed = `${base64url(header)}.${base64url(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return { request: `${signed}.${signature.toString("base64url")}`, jti, expires };
}

let loaded = false;

/** Calls into WebAssembly, which the first call loads and a call after a panic makes anew. */
function call(work: () => string): string {
  if (!loaded) {
    initSync({ module: readFileSync(new URL("../wasm/server/server_bg.wasm", import.meta.url)) });
    loaded = true;
  }
  try {
    return work();
  } catch (error) {
    const refusal = ScanSealError.fromMessage(error);
    if (refusal) throw refusal;
    __wbg_reset_state();
    throw ScanSealError.from(error);
  }
}

function currentTime(): number {
  return Math.floor(Date.now() / 1000);
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
