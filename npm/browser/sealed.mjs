// A contract that is sealed, and what may become of it; each with its report.

import { createECDH, createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { finishSeal, prepareSeal, verifyPdf } from "../dist/pdf-node.js";
import { encryptedPdf, makeContract } from "./pdf-files.mjs";
import { sealPng } from "./seal.mjs";

const fixture = (name) => readFileSync(new URL(`../test/pdf/${name}`, import.meta.url), "utf8");
const [root, signer, crl] = ["root.pem", "signer.pem", "root.crl"].map(fixture);
/** While the certificates are valid. */
const time = new Date("2027-01-01T00:00:00Z");
/** The content of the first page, in the files of `makePdf`. */
const FIRST_CONTENT = 8;
const AMOUNT = "贰拾捌万";
const OTHER_AMOUNT = "捌拾捌万";

/** Files and their reports by name: `sealed`, `twice`, `changed`, `inside`, `unsigned`, `protected`, `open`. */
export async function sealedFiles() {
  const contract = makeContract(3);
  const sealed = await sealedBy(contract, [
    { type: "keyword", word: "甲方（盖章）" },
    { type: "cross-page", side: "right" },
  ]);
  const twice = await sealedBy(sealed, [{ type: "keyword", word: "乙方（盖章）" }]);
  const files = {
    sealed,
    twice,
    changed: withOtherAmount(sealed, contract),
    inside: inPlace(sealed),
    unsigned: contract,
    protected: encryptedPdf(),
  };
  const reports = {};
  for (const [name, file] of Object.entries(files)) reports[name] = await reportOn(file);
  reports.open = await reportOn(files.protected, { password: "user" });
  return { files, reports, root, crl };
}

function reportOn(file, options = {}) {
  return verifyPdf(file, { trust: [root], crls: [crl], time, fileDigest: true, ...options });
}

async function sealedBy(pdf, places) {
  const prepared = await prepareSeal(pdf, { certificate: signer, chain: [root], picture: sealPng(), places, time });
  return Buffer.from(await finishSeal(prepared, { signature: signed(prepared.toBeSigned) }));
}

/** The test's signer, whose key anybody can make from its name. */
function signed(bytes) {
  const d = createHash("sha256").update("scanseal test key pdf signer").digest();
  const pair = createECDH("prime256v1");
  pair.setPrivateKey(d);
  const point = pair.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString("base64url"));
  const jwk = { kty: "EC", crv: "P-256", d: d.toString("base64url"), x, y };
  const key = createPrivateKey({ format: "jwk", key: jwk });
  return new Uint8Array(sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }));
}

/** The sealed bytes themselves with another amount in them: as long as before, so that nothing else is wrong. */
function inPlace(sealed) {
  const hex = (words) => Buffer.from(words, "utf16le").swap16().toString("hex");
  const text = sealed.toString("latin1");
  if (!text.includes(hex(AMOUNT))) throw new Error("the amount is not in the file");
  return Buffer.from(text.replace(hex(AMOUNT), hex(OTHER_AMOUNT)), "latin1");
}

/** An update behind the seal in which the first page says another amount. */
function withOtherAmount(sealed, contract) {
  const hex = (words) => Buffer.from(words, "utf16le").swap16().toString("hex");
  const text = contract.toString("latin1");
  const [object] = text.match(new RegExp(`\n${FIRST_CONTENT} 0 obj\n.*?endobj\n`, "s"));
  const other = object.slice(1).replace(hex(AMOUNT), hex(OTHER_AMOUNT));
  if (other === object.slice(1)) throw new Error("the amount is not on the first page");
  const tail = sealed.subarray(-2048).toString("latin1");
  const previous = tail.match(/startxref\s+(\d+)\s+%%EOF\s*$/)[1];
  const size = sealed.toString("latin1").match(/\/Size (\d+)(?!.*\/Size )/s)[1];
  const [id] = tail.match(/\/ID ?\[[^\]]*\]/);
  const at = sealed.length;
  const entry = `${String(at).padStart(10, "0")} 00000 n \n`;
  const trailer = `trailer\n<< /Size ${size} /Root 1 0 R /Prev ${previous} ${id} >>`;
  const end = `xref\n${FIRST_CONTENT} 1\n${entry}${trailer}\nstartxref\n${at + other.length}\n%%EOF\n`;
  return Buffer.concat([sealed, Buffer.from(other + end, "latin1")]);
}
