// Step 1 of a scan: the platform's server makes and signs a request.

import { createPrivateKey, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { ScanSealError } from "./errors.js";
import { currentTime } from "./server-module.js";
import type { CertificateKind } from "./server-verify.js";

/** Longest life of a request, in seconds. */
const REQUEST_LIFE = 600;

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
}

/** A request to bind a certificate to an account that is logged in. */
export interface BindRequestInput extends AnyRequestInput {
  readonly op: "bind";
  /** Whose account it is. */
  readonly account: RequestAccount;
}

/** Input of {@link signRequest}. */
export type RequestInput = LoginRequestInput | BindRequestInput;

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
 * Makes and signs a request to log in, or to bind a certificate to an account.
 *
 * @throws ScanSealError `malformed` for an account where none belongs, for none where one does, and for a `replaces`
 * that is no SHA-256.
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
  const claims = { iss: platform, op, origin, jti, iat: now, exp: expires, display, context, accept, account };
  const signed = `${base64url(header)}.${base64url(claims)}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return { request: `${signed}.${signature.toString("base64url")}`, jti, expires };
}

/** The claim `account`; JSON leaves out what is undefined. */
function accountClaim(op: "login" | "bind", account: RequestAccount | undefined): RequestAccount | undefined {
  if ((op === "bind") !== (account !== undefined)) {
    throw new ScanSealError("malformed", { detail: "account: required with `bind`, and with nothing else" });
  }
  if (account === undefined) return undefined;
  const { name, enterprise, creditCode, replaces } = account;
  if (replaces === undefined) return { name, enterprise, creditCode };
  if (!/^[0-9a-f]{64}$/.test(replaces)) {
    throw new ScanSealError("malformed", { detail: "account.replaces: expected 32 bytes in lower-case hexadecimal" });
  }
  return { name, enterprise, creditCode, replaces: Buffer.from(replaces, "hex").toString("base64url") };
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
