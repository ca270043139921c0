// @vitest-environment node

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { subjectPublicKeyInfo } from "../src/verify/certificate";

const pem = readFileSync(new URL("../../../npm/test/pdf/signer.pem", import.meta.url), "utf8");
const der = new Uint8Array(new X509Certificate(pem).raw);

test("the key of a certificate is found where OpenSSL finds it", () => {
  const expected = new X509Certificate(pem).publicKey.export({ format: "der", type: "spki" });
  expect(Buffer.from(subjectPublicKeyInfo(der)).equals(expected)).toBe(true);
});

test("a certificate that is cut off, at whatever byte, is none", () => {
  for (let length = 0; length < der.length; length += 1) {
    expect(() => subjectPublicKeyInfo(der.slice(0, length)), `${length} bytes`).toThrow(RangeError);
  }
});

test("lengths that DER does not have are refused", () => {
  for (const bytes of [
    [0x30, 0x80],
    [0x30, 0x85, 1, 1, 1, 1, 1],
    [0x31, 0x00],
    [0x30, 0x02, 0x31, 0x00],
  ]) {
    expect(() => subjectPublicKeyInfo(new Uint8Array(bytes)), `${bytes}`).toThrow(RangeError);
  }
});
