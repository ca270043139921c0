// An electronic seal, made from docs/electronic-seals.md.

import { createHash, sign } from "node:crypto";
import { der } from "./phone/documents.js";
import { testKey } from "./test-keys.js";

export const pemToDer = (pem: string) => Buffer.from(pem.replace(/-----.*-----|\s/g, ""), "base64");

export interface SealShape {
  readonly picture: Uint8Array;
  /** Width and height. */
  readonly millimetres: readonly [number, number];
  /** DER of the certificate that it may be used with. */
  readonly certificate: Uint8Array;
  /** DER of the certificate of who makes it, for the key `pdf root`. */
  readonly maker: Uint8Array;
  /** The year at whose beginning it expires; 2036 if absent. */
  readonly until?: number;
}

export function makeSeal({ picture, millimetres, certificate, maker, until = 2036 }: SealShape): Buffer {
  const ia5 = (text: string) => der(0x16, Buffer.from(text));
  const number = (value: number) => der(0x02, Buffer.of(value));
  const time = (text: string) => der(0x18, Buffer.from(text));
  const listed = der(
    0x30,
    der(0x13, Buffer.from("SHA-256")),
    der(0x04, createHash("sha256").update(certificate).digest()),
  );
  const property = der(
    0x30,
    number(3),
    der(0x0c, Buffer.from("合同专用章")),
    number(2),
    der(0x30, listed),
    ...["20260101000000Z", "20260101000000Z", `${until}0101000000Z`].map(time),
  );
  const shown = der(0x30, ia5("PNG"), der(0x04, picture), number(millimetres[0]), number(millimetres[1]));
  const info = der(0x30, der(0x30, ia5("ES"), number(4), ia5("ScanSeal")), ia5("test-seal-1"), property, shown);
  const made = [der(0x04, maker), der(0x06, Buffer.from("2a8648ce3d040302", "hex"))];
  const signature = sign("sha256", der(0x30, info, ...made), testKey("pdf root"));
  return der(0x30, info, ...made, der(0x03, Buffer.of(0), signature));
}
