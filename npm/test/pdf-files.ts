// PDFs, a signer and his authority for the tests of `scanseal/pdf`.
//
// pdf/root.pem, signer.pem and root.crl were made by OpenSSL for the keys `pdf root` and `pdf signer` of test-keys.ts;
// pdf/password-user.pdf by `qpdf --encrypt user owner 256`.

import { sign } from "node:crypto";
import { readFileSync } from "node:fs";
import type { PrepareSealOptions } from "../src/pdf/options.js";
import { testKey } from "./test-keys.js";

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`pdf/${name}`, import.meta.url)));
const text = (name: string) => new TextDecoder().decode(fixture(name));

export const root = text("root.pem");
export const signer = text("signer.pem");
export const crl = text("root.crl");
/** While all of them are valid. */
export const time = new Date("2027-01-01T00:00:00Z");
export const encrypted = fixture("password-user.pdf");

export const trust = { trust: [root], crls: [crl], time };
export const seal: PrepareSealOptions = { certificate: signer, chain: [root], time };

/** What a phone gives: ECDSA over SHA-256, r and s of 32 bytes each or DER. */
export function signed(bytes: Uint8Array, dsaEncoding: "ieee-p1363" | "der" = "ieee-p1363"): Uint8Array {
  return new Uint8Array(sign("sha256", bytes, { key: testKey("pdf signer"), dsaEncoding }));
}

export interface PdfShape {
  readonly pages?: number;
  /** Shown on each page; nothing at all without. */
  readonly word?: string;
  /** Bytes that nothing refers to. */
  readonly ballast?: number;
  /** Entries of the catalog. */
  readonly catalog?: string;
  /** Further objects, from number 4 on. */
  readonly objects?: readonly string[];
  /** A cross-reference stream beside the table, which only newer readers look at. */
  readonly hybrid?: boolean;
}

/** A PDF with a classic cross-reference table. */
export function makePdf(shape: PdfShape = {}): Uint8Array {
  const { pages = 1, word, ballast = 0, catalog = "", objects = [], hybrid = false } = shape;
  const content = word === undefined ? "" : `BT /F1 14 Tf 60 700 Td (${word}) Tj ET`;
  const first = 4 + objects.length;
  const kids = Array.from({ length: pages }, (_, index) => `${first + 2 * index} 0 R`);
  const bodies = [
    `<</Type/Catalog/Pages 2 0 R${catalog}>>`,
    `<</Type/Pages/Count ${pages}/Kids[${kids.join(" ")}]/MediaBox[0 0 595 842]>>`,
    "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ...objects,
    ...kids.flatMap((_, index) => [
      `<</Type/Page/Parent 2 0 R/Resources<</Font<</F1 3 0 R>>>>/Contents ${first + 2 * index + 1} 0 R>>`,
      `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    ]),
    ...(ballast > 0 ? [`<</Length ${ballast}>>\nstream\n${"x".repeat(ballast)}\nendstream`] : []),
  ];
  const parts = ["%PDF-1.7\n"];
  let length = 9;
  const entries = ["0000000000 65535 f \n"];
  for (const [index, body] of bodies.entries()) {
    entries.push(`${String(length).padStart(10, "0")} 00000 n \n`);
    const object = `${index + 1} 0 obj\n${body}\nendobj\n`;
    parts.push(object);
    length += object.length;
  }
  let trailer = `/Size ${bodies.length + (hybrid ? 2 : 1)}/Root 1 0 R`;
  if (hybrid) {
    const entry = "\0\0\0\0\0\xff\xff";
    const dictionary = `<</Type/XRef${trailer}/W[1 4 2]/Index[0 1]/Length ${entry.length}>>`;
    const object = `${bodies.length + 1} 0 obj\n${dictionary}\nstream\n${entry}\nendstream\nendobj\n`;
    parts.push(object);
    trailer += `/XRefStm ${length}`;
    length += object.length;
  }
  const table = `xref\n0 ${entries.length}\n${entries.join("")}trailer\n<<${trailer}>>`;
  parts.push(`${table}\nstartxref\n${length}\n%%EOF\n`);
  return new Uint8Array(Buffer.from(parts.join(""), "latin1"));
}
