/** Whom the verify page trusts: the operator's trust list, and what its authorities have revoked. Kept for offline use. */
import type { LocalizedName } from "../lib/model";
import { subjectPublicKeyInfo } from "./certificate";

const OPERATOR = "/.well-known/scanseal";
const LIST = "/authority/trust-list";
/** The authority that answers directly below `/authority/`; each other one does below its id there. */
const MAIN_AUTHORITY = "scanseal-demo";
/** Revocation lists of one authority: of its root, and of what it issued. */
const REVOCATION_LISTS = ["root.crl", "issuing.crl"];
const KEPT = "verify-trust";

/** An authority of the list. */
export interface TrustedAuthority {
  id: string;
  name: LocalizedName;
  kind: "platform" | "mutual";
  /** Its root certificates, DER. */
  roots: Uint8Array<ArrayBuffer>[];
}

/** What files are judged by. */
export interface Trust {
  operator: string;
  version: number;
  /** Seconds since 1970. */
  issued: number;
  expires: number;
  authorities: TrustedAuthority[];
  /** DER. */
  roots: Uint8Array[];
  crls: Uint8Array[];
  /** Something of it is from an earlier visit, since the server could not be reached. */
  kept: boolean;
}

/** Why there is nobody to trust. */
export type TrustProblem = "unreachable" | "invalid" | "expired" | "insecure";

/** There is no list to judge by: signatures can be checked, but nobody vouches for the signers. */
export class TrustError extends Error {
  constructor(
    readonly problem: TrustProblem,
    cause?: unknown,
  ) {
    super(problem, { cause });
    this.name = "TrustError";
  }
}

interface Claims {
  version: number;
  issued: number;
  expires: number;
  operator: string;
  cas: { id: string; name: LocalizedName; kind: "platform" | "mutual"; roots: string[] }[];
}

interface Operator {
  listKeys: string[];
  enrolCas?: string[];
}

/** Fetches a file, or takes the copy of an earlier visit. */
export type Source = (path: string) => Promise<{ bytes: Uint8Array; kept: boolean } | null>;

/**
 * The trust list, checked as a phone does (docs/protocol.md section 10): signed by a key that the operator names, and
 * current. The operator's description comes from this page's own server, which could also have sent another page.
 *
 * @throws TrustError
 */
export async function loadTrust(source: Source = fetchOrKept, now = Date.now() / 1000): Promise<Trust> {
  // Browsers sign and verify on secure pages only.
  if (globalThis.crypto?.subtle === undefined) throw new TrustError("insecure");
  const [operatorFile, listFile] = await Promise.all([source(OPERATOR), source(LIST)]);
  if (operatorFile === null || listFile === null) throw new TrustError("unreachable");
  const text = new TextDecoder();
  let operator: Operator;
  let claims: Claims;
  try {
    operator = JSON.parse(text.decode(operatorFile.bytes));
    claims = await readList(text.decode(listFile.bytes).trim(), operator.listKeys);
  } catch (cause) {
    throw new TrustError("invalid", cause);
  }
  if (now < claims.issued || now >= claims.expires) throw new TrustError("expired");
  const lists = await revocationLists(operator.enrolCas ?? [MAIN_AUTHORITY], source);
  const authorities = claims.cas.map(({ id, name, kind, roots }) => ({ id, name, kind, roots: roots.map(decode) }));
  return {
    operator: claims.operator,
    version: claims.version,
    issued: claims.issued,
    expires: claims.expires,
    authorities,
    roots: authorities.flatMap(({ roots }) => roots),
    crls: lists.map(({ bytes }) => bytes),
    kept: [operatorFile, listFile, ...lists].some(({ kept }) => kept),
  };
}

/** Those of authorities elsewhere are in the files that they sealed, or nothing is known about their revocation. */
async function revocationLists(ids: string[], source: Source): Promise<{ bytes: Uint8Array; kept: boolean }[]> {
  const paths = ids.flatMap((id) => {
    const folder = id === MAIN_AUTHORITY ? "/authority" : `/authority/${encodeURIComponent(id)}`;
    return REVOCATION_LISTS.map((name) => `${folder}/${name}`);
  });
  const found = await Promise.all(paths.map(source));
  return found.filter((one) => one !== null);
}

async function readList(jws: string, keys: string[]): Promise<Claims> {
  const [header = "", claims = "", signature = ""] = jws.split(".");
  const { alg, typ, x5c } = JSON.parse(new TextDecoder().decode(decode(header))) as {
    alg: string;
    typ: string;
    x5c: string[];
  };
  if (alg !== "ES256" || typ !== "scanseal-trust-list+jwt") throw new Error(`a ${typ} signed with ${alg}`);
  const key = subjectPublicKeyInfo(decode(x5c[0] ?? ""));
  const thumbprint = new Uint8Array(await crypto.subtle.digest("SHA-256", key));
  if (!keys.some((one) => same(decode(one), thumbprint))) throw new Error("signed by a key that the operator has not");
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const verified = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    await crypto.subtle.importKey("spki", key, curve, false, ["verify"]),
    decode(signature),
    new TextEncoder().encode(`${header}.${claims}`),
  );
  if (!verified) throw new Error("the signature does not fit");
  return JSON.parse(new TextDecoder().decode(decode(claims))) as Claims;
}

async function fetchOrKept(path: string): Promise<{ bytes: Uint8Array; kept: boolean } | null> {
  // Only secure pages can keep anything.
  const kept = "caches" in globalThis ? await caches.open(KEPT) : null;
  try {
    const answer = await fetch(path, { cache: "no-store", credentials: "omit" });
    if (answer.ok) {
      await kept?.put(path, answer.clone());
      return { bytes: new Uint8Array(await answer.arrayBuffer()), kept: false };
    }
    // An authority that was left out of the list, or is not this server's.
    if (answer.status === 404) return null;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const before = await kept?.match(path);
  return before ? { bytes: new Uint8Array(await before.arrayBuffer()), kept: true } : null;
}

/** Base64 in either alphabet. */
function decode(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
