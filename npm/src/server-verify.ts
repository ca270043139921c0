// Checks of what others signed: the phone's answer, the operator's trust list, and whose enterprise a certificate names.

import { X509Certificate } from "node:crypto";
import {
  compareEnterprise as runCompareEnterprise,
  verifyAssertion as runVerifyAssertion,
  verifyTrustList as runVerifyTrustList,
} from "../wasm/server/server.js";
import type { ScanSealErrorCode } from "./generated/error-codes.js";
import { callModule, currentTime } from "./server-module.js";

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
  /** The certificate itself, DER in base64: for {@link checkSealed}, and to check path and revocation again later. */
  readonly der: string;
}

/** An assertion whose checks all passed. */
export interface VerifiedAssertion {
  readonly verified: true;
  readonly report: readonly CheckResult[];
  readonly certificate: HolderCertificate;
  /**
   * With a request to seal: for each of its documents the SHA-256 over what was signed (the file without the gap of its
   * newest signature), lower-case hexadecimal, or null for one that is not sealed.
   */
  readonly documents?: readonly (string | null)[];
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
    /** Its certificates as PEM: what `verifyPdf` takes as `trust`. */
    readonly roots: readonly string[];
    /** Those of its issuing authorities below the roots, as PEM. */
    readonly intermediates: readonly string[];
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
  // What the page sent may hold halves of surrogate pairs, which have no form outside of JavaScript.
  const [assertion, channelBinding] = [wellFormed(input.assertion), wellFormed(input.channelBinding)];
  const evidence = { revocation, crls: crls.map(base64), ocsp: ocsp.map(base64) };
  const json = JSON.stringify({ ...input, assertion, channelBinding, now, ...evidence });
  return JSON.parse(callModule(() => runVerifyAssertion(json))) as VerifiedAssertion | Refusal;
}

/**
 * Checks a trust list.
 *
 * @throws ScanSealError `malformed` for keys that are no thumbprints.
 */
export function verifyTrustList(input: TrustListInput): VerifiedTrustList | Refusal {
  const json = JSON.stringify({ ...input, now: input.now ?? currentTime() });
  const verdict = JSON.parse(callModule(() => runVerifyTrustList(json))) as VerifiedTrustList | Refusal;
  if (!verdict.verified) return verdict;
  const { list } = verdict;
  const authorities = list.authorities.map(({ roots, intermediates, ...authority }) => ({
    ...authority,
    roots: roots.map(pem),
    intermediates: intermediates.map(pem),
  }));
  return { ...verdict, list: { ...list, authorities } };
}

/** The enterprise of an account, as the platform has it registered. */
export interface RegisteredEnterprise {
  readonly enterprise: string;
  readonly creditCode: string;
}

/** In what a certificate's enterprise differs from an account's. */
export interface EnterpriseMismatch {
  /**
   * `certificate-code-mismatch` if the credit codes differ, whatever the names; `certificate-name-mismatch` if only the
   * names do; `certificate-wrong-usage` if the certificate is of no enterprise.
   */
  readonly code: "certificate-code-mismatch" | "certificate-name-mismatch" | "certificate-wrong-usage";
  /** What to show beside each other. */
  readonly fields: readonly ("name" | "creditCode")[];
}

/**
 * Whether a certificate is of the account's enterprise: null if it is. Every end compares by the same rule: names count
 * as equal that differ in spaces, width or the form of brackets and middle dots (`docs/protocol.md` section 8.1).
 *
 * @throws ScanSealError `malformed` for an account whose credit code is none.
 */
export function compareEnterprise(
  { enterprise, creditCode }: Pick<HolderCertificate, "enterprise" | "creditCode">,
  account: RegisteredEnterprise,
): EnterpriseMismatch | null {
  const registered = { enterprise: account.enterprise, creditCode: account.creditCode };
  const json = JSON.stringify({ certificate: { enterprise, creditCode }, account: registered });
  const verdict = JSON.parse(callModule(() => runCompareEnterprise(json))) as EnterpriseMismatch | { code: null };
  return verdict.code === null ? null : verdict;
}

function pem(base64: string): string {
  return new X509Certificate(Buffer.from(base64, "base64")).toString();
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
