// Documents as they come back from a page and a phone: laid out by the package, signed with the key of `pdf signer`.

import { createHash, X509Certificate } from "node:crypto";
import type { SealPlace } from "../src/pdf/public.js";
import { sealDocuments } from "../src/pdf-node.js";
import { makeSeal, pemToDer } from "./electronic-seal.js";
import { crl, makePdf, root, signed, signer } from "./pdf-files.js";
import { firstCase, signAs, signLike, testKey } from "./test-keys.js";

/** Seconds since 1970. */
export const now = 1_800_000_000;
export const certificate = pemToDer(signer);
export const crls = [pemToDer(crl)];
export const original = makePdf({ word: "Party A" });

const maker = pemToDer(root);
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const shape = { picture, millimetres: [42, 42], certificate, maker } as const;
export const seal = makeSeal(shape);
export const expiredSeal = makeSeal({ ...shape, until: 2027 });
export const smallerSeal = makeSeal({ ...shape, millimetres: [30, 30] });
export const strangersSeal = makeSeal({ ...shape, certificate: maker });

/** The operator's list with the authority of `pdf root`, which also makes seals. */
export function trustList({ issued = now - 60, sealKeys = [thumbprint(maker)] } = {}) {
  const example = firstCase("trust-list").input as { trustList: string; listKeys: string[] };
  const claims = JSON.parse(Buffer.from(example.trustList.split(".")[1] ?? "", "base64url").toString());
  const [first] = claims.cas;
  const cas = [{ ...first, roots: [maker.toString("base64")], intermediates: [], sealKeys }];
  const list = JSON.stringify({ ...claims, issued, expires: issued + 600_000, cas });
  return { trustList: signLike(example.trustList, list, testKey("operator")), listKeys: example.listKeys };
}

/** The authority's list of revoked seals. */
export function revokedSeals(ids: readonly string[], { authority = "demo-ca", issued = now - 60 } = {}): string {
  const revoked = ids.map((id) => ({ id, at: issued, reason: "lost" }));
  const list = JSON.stringify({ authority, issued, expires: issued + 86_400, revoked });
  return signAs("scanseal-revoked-seals+jwt", [maker], list, testKey("pdf root"));
}

/** What is appended to a document, and the digest that was signed. */
export async function sealedByPhone(pdf: Uint8Array, chosen: Uint8Array, places: readonly SealPlace[] = AT) {
  const { signal } = new AbortController();
  const work = await sealDocuments([{ pdf, options: { places, time: new Date(now * 1000) } }]);
  const { gap, attributes } = await work.prepare(0, { certificates: signer + root, seal: chosen }, signal);
  const appended = Buffer.from(await work.finish(0, signed(attributes), signal));
  work.dispose();
  const hash = createHash("sha256").update(pdf).update(appended.subarray(0, gap[0])).update(appended.subarray(gap[1]));
  return { appended, digest: hash.digest("hex") };
}

const AT: readonly SealPlace[] = [{ type: "at", pages: "1", x: 200, y: 300 }];

/** An incremental update that takes the place of one object. */
export function update(pdf: Uint8Array, number: number, body: string): Buffer {
  const text = Buffer.from(pdf).toString("latin1");
  const [, size] = /\/Size (\d+)/.exec(text) ?? [];
  const before = text.slice(text.lastIndexOf("startxref") + 10).split("\n")[0];
  const object = `${number} 0 obj\n${body}\nendobj\n`;
  const entry = `${String(pdf.length).padStart(10, "0")} 00000 n \n`;
  const table = `xref\n${number} 1\n${entry}trailer\n<</Size ${size}/Root 1 0 R/Prev ${before}>>`;
  const end = `startxref\n${pdf.length + object.length}\n%%EOF\n`;
  return Buffer.concat([pdf, Buffer.from(`${object}${table}\n${end}`, "latin1")]);
}

function thumbprint(der: Uint8Array): string {
  const spki = new X509Certificate(der).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64url");
}
