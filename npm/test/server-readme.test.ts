// What the README shows about checking a document that comes back sealed runs, and refuses what it should.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { finishSeal, prepareSeal, type VerifyPdfOptions, verifyPdf } from "../src/pdf-node.js";
import { crl, makePdf, root, seal, signed, signer, time } from "./pdf-files.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, section] = readme.split("\n### Seal documents\n");
const [, snippet] = section?.match(/```js\n(const pdf = .*?)```/s) ?? [];

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A contract, what a seal appends to it, and the digest that was signed. */
async function sealed() {
  const original = makePdf({ pages: 1, word: "Party A" });
  const sealing = await prepareSeal(original, seal);
  const file = await finishSeal(sealing, { signature: signed(sealing.toBeSigned) });
  const whole = Buffer.from(await new Blob([file as BlobPart]).arrayBuffer());
  const [, end = 0, next = 0, rest = 0] = (await verifyPdf(whole, { time })).signatures[0]?.byteRange ?? [];
  const digest = sha256(Buffer.concat([whole.subarray(0, end), whole.subarray(next, next + rest)]));
  return { original, whole, appended: whole.subarray(original.length), digest };
}

async function check(change: { appended?: Uint8Array; digest?: string; certificate?: string; bytes?: Uint8Array }) {
  const { original, appended, digest } = await sealed();
  const certificate = { sha256: change.certificate ?? sha256(derOf(signer)) };
  const scope = {
    file: { bytes: change.bytes ?? original },
    appended: change.appended ?? appended,
    verdict: { certificate, documents: [change.digest ?? digest] },
    index: 0,
    roots: [root],
    crls: [crl],
    sha256,
    // The certificates of the tests are valid at another time than now.
    verifyPdf: (pdf: Uint8Array, options: VerifyPdfOptions) => verifyPdf(pdf, { ...options, time }),
  };
  const Run = Object.getPrototypeOf(async () => undefined).constructor;
  return (await new Run(...Object.keys(scope), `${snippet}\nreturn good;`)(...Object.values(scope))) as unknown;
}

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

it("takes what was sealed as the phone said", async () => {
  expect(await check({})).toBe(true);
});

it("refuses another digest, another certificate, bytes behind it, and another beginning", async () => {
  const { appended, whole, original } = await sealed();
  expect(await check({ digest: "0".repeat(64) })).toBe(false);
  expect(await check({ certificate: "0".repeat(64) })).toBe(false);
  expect(await check({ appended: Buffer.concat([appended, Buffer.from("\n%more\n")]) })).toBe(false);
  // A file that was sealed before: nothing is appended to it, and its seal is not this one's.
  expect(await check({ bytes: whole, appended: new Uint8Array() })).toBe(false);
  const other = Buffer.from(original);
  other[other.indexOf("Party A")] = "M".charCodeAt(0);
  expect(await check({ bytes: other })).toBe(false);
});
