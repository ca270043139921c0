// Step 1 of a scan: the platform's server makes and signs a request.

import { createPrivateKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { ScanSealError } from "./errors.js";
import { currentTime } from "./server-module.js";
import type { CertificateKind } from "./server-verify.js";

/** Longest life of a request, in seconds. */
const REQUEST_LIFE = 600;
/** Documents that one request may name. */
const MAX_DOCUMENTS = 50;
/** Bytes and pages of each. */
const MAX_DOCUMENT_BYTES = 268_435_456;
const MAX_DOCUMENT_PAGES = 100_000;

type Operation = "login" | "bind" | "seal";

/** What every request says. */
interface AnyRequestInput {
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

/** The account that a certificate shall be bound to, as the phone shows it and compares its certificates with it. */
export interface RequestAccount {
  /** User name, at most 64 characters. */
  readonly name: string;
  /** Registered name of the account's enterprise, at most 80 characters. */
  readonly enterprise: string;
  /** Its unified social credit code. */
  readonly creditCode: string;
  /** The bound certificate that the new one shall replace: its SHA-256 in hexadecimal, as `HolderCertificate.sha256`. */
  readonly replaces?: string;
}

/** A request to log in. */
export interface LoginRequestInput extends AnyRequestInput {
  /** `login` if absent. */
  readonly op?: "login";
  readonly account?: never;
  readonly documents?: never;
}

/** A request to bind a certificate to an account that is logged in. */
export interface BindRequestInput extends AnyRequestInput {
  readonly op: "bind";
  /** Whose account it is. */
  readonly account: RequestAccount;
  readonly documents?: never;
}

/** A document to seal, as the phone shows it; what is signed follows from `sha256`. */
export interface RequestDocument {
  /** At most 80 characters. */
  readonly name: string;
  /** Bytes, at most 256 MiB. */
  readonly size: number;
  /** At most 100,000. */
  readonly pages: number;
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
}

/** A request to seal documents for an account that is logged in. */
export interface SealRequestInput extends AnyRequestInput {
  readonly op: "seal";
  /** For whom is sealed; without `replaces`. */
  readonly account: Omit<RequestAccount, "replaces"> & { readonly replaces?: never };
  /** 1 to 50, each once. */
  readonly documents: readonly RequestDocument[];
}

/** Input of {@link signRequest}. */
export type RequestInput = LoginRequestInput | BindRequestInput | SealRequestInput;

/** A request, and what the server keeps of it until the answer comes. */
export interface SignedRequest {
  /** Goes to the page; the server keeps it, tied to the browser. */
  readonly request: string;
  /** The nonce, to be accepted once. */
  readonly jti: string;
  /** When it stops being answerable, in seconds since 1970. */
  readonly expires: number;
}

/**
 * Makes and signs a request to log in, to bind a certificate to an account, or to seal documents.
 *
 * @throws ScanSealError `malformed` for an account or documents where none belong, for none where they do, and for what
 * no phone would take: a `replaces` or `sha256` that is no SHA-256, a document that is empty, too large, or there twice.
 */
export function signRequest(input: RequestInput): SignedRequest {
  const { platform, origin, display, context, op = "login", life = REQUEST_LIFE, now = currentTime() } = input;
  const key = typeof input.key === "string" ? createPrivateKey(input.key) : input.key;
  const x5c = input.certificates.map((certificate) => new X509Certificate(certificate).raw.toString("base64"));
  const jti = randomBytes(16).toString("base64url");
  const accept = input.accept ?? { kinds: ["platform", "mutual"] };
  const expires = now + life;
  const header = { alg: "ES256", typ: "scanseal-request+jwt", x5c };
  const account = accountClaim(op, input.account);
  const documents = documentsClaim(op, input.documents);
  const common = { iss: platform, op, origin, jti, iat: now, exp: expires, display, context, accept };
  const claims = { ...common, documents, account };
  const signed = `${base64url(header)}.${base64url(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return { request: `${signed}.${signature.toString("base64url")}`, jti, expires };
}

/** The claim `account`; JSON leaves out what is undefined. */
function accountClaim(op: Operation, account: RequestAccount | undefined): RequestAccount | undefined {
  if ((op === "login") !== (account === undefined)) {
    throw malformed("account: required with `bind` and `seal`, and with nothing else");
  }
  if (account === undefined) return undefined;
  const { name, enterprise, creditCode, replaces } = account;
  if (replaces === undefined) return { name, enterprise, creditCode };
  if (op !== "bind") throw malformed("account.replaces: for `bind` alone");
  return { name, enterprise, creditCode, replaces: digest(replaces, "account.replaces") };
}

/** The claim `documents`. */
function documentsClaim(op: Operation, documents: readonly RequestDocument[] | undefined): object[] | undefined {
  if ((op === "seal") !== (documents !== undefined)) {
    throw malformed("documents: required with `seal`, and with nothing else");
  }
  if (documents === undefined) return undefined;
  if (documents.length < 1 || documents.length > MAX_DOCUMENTS) {
    throw malformed(`documents: expected 1 to ${MAX_DOCUMENTS}`);
  }
  if (new Set(documents.map(({ sha256 }) => sha256)).size < documents.length) {
    throw malformed("documents: the same document twice");
  }
  return documents.map(({ name, size, pages, sha256 }, at) => {
    const member = `documents[${at}]`;
    checkCount(size, MAX_DOCUMENT_BYTES, `${member}.size`);
    checkCount(pages, MAX_DOCUMENT_PAGES, `${member}.pages`);
    return { name, size, pages, sha256: digest(sha256, `${member}.sha256`) };
  });
}

function checkCount(value: number, most: number, member: string): void {
  if (!Number.isSafeInteger(value) || value < 1 || value > most) throw malformed(`${member}: expected 1 to ${most}`);
}

/** SHA-256 as phones read it. */
function digest(hex: string, member: string): string {
  if (!/^[0-9a-f]{64}$/.test(hex)) throw malformed(`${member}: expected 32 bytes in lower-case hexadecimal`);
  return Buffer.from(hex, "hex").toString("base64url");
}

function malformed(detail: string): ScanSealError {
  return new ScanSealError("malformed", { detail });
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
