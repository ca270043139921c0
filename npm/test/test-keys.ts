// The keys of the test vectors, which anybody can make from their names.

import { createECDH, createHash, createPrivateKey, type KeyObject, sign } from "node:crypto";
import { readFileSync } from "node:fs";

/** A case of a file in tests/vectors. */
export interface VectorCase {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expect: { readonly code: string | null };
}

export function vectorCases(topic: string): readonly VectorCase[] {
  const file = new URL(`../../tests/vectors/${topic}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { cases: VectorCase[] }).cases;
}

export function firstCase(topic: string): VectorCase {
  const found = vectorCases(topic)[0];
  if (found === undefined) throw new Error(`no case in ${topic}`);
  return found;
}

export function testKey(name: string): KeyObject {
  const d = createHash("sha256").update(`scanseal test key ${name}`).digest();
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  const key = { d: d.toString("base64url"), x: x.toString("base64url"), y: y.toString("base64url") };
  return createPrivateKey({ format: "jwk", key: { kty: "EC", crv: "P-256", ...key } });
}

/** A signed object with the header of another one of its kind. */
export function signLike(example: string, claims: string, key: KeyObject): string {
  return signWith(`${example.split(".")[0]}`, claims, key);
}

/** A signed object with a header of its own; the certificates are in DER, the signer's first. */
export function signAs(typ: string, certificates: readonly Uint8Array[], claims: string, key: KeyObject): string {
  const x5c = certificates.map((der) => Buffer.from(der).toString("base64"));
  return signWith(Buffer.from(JSON.stringify({ alg: "ES256", typ, x5c })).toString("base64url"), claims, key);
}

function signWith(header: string, claims: string, key: KeyObject): string {
  const text = `${header}.${Buffer.from(claims).toString("base64url")}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
