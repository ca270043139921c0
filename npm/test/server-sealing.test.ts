// The check of documents that come back sealed: what an honest page and phone send is taken, everything else is not.

import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { checkSealed, describeDocument, type SealedInput, verifyPdf, verifyTrustList } from "../src/server.js";
import { encrypted, makePdf, root } from "./pdf-files.js";
import {
  certificate,
  crls,
  expiredSeal,
  now,
  original,
  revokedSeals,
  seal,
  sealedByPhone,
  smallerSeal,
  strangersSeal,
  trustList,
  update,
} from "./sealed-by-phone.js";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const list = trustList();

let honest: SealedInput;

/** What the check says of an honest answer with something else in it. */
const check = (change: Partial<SealedInput> = {}) => checkSealed({ ...honest, ...change });

const refused = (code: string, detail: unknown = expect.any(String)) => ({ verified: false, code, detail });

beforeAll(async () => {
  honest = { ...list, ...(await sealedByPhone(original, seal)), original, certificate, seal, crls, now };
});

describe("checkSealed", () => {
  it("takes what page and phone did as they should, and says where the seal is", () => {
    const checked = check();
    expect(checked).toMatchObject({
      verified: true,
      field: expect.any(String),
      places: [{ page: 1, rect: expect.arrayContaining([expect.any(Number)]) }],
      seal: { id: "test-seal-1", name: "合同专用章", authority: "demo-ca" },
      report: { document: { verdict: "passed" }, signatures: [{ signer: { sha256: sha256(certificate) } }] },
    });
  });

  it("gives the report that verifyPdf gives with the roots of the trust list", async () => {
    const verdict = verifyTrustList({ ...list, now });
    const trust = verdict.verified ? verdict.list.authorities.flatMap(({ roots }) => roots) : [];
    const file = Buffer.concat([original, honest.appended]);
    const report = await verifyPdf(file, { trust, crls, time: new Date(now * 1000) });
    expect(report.document.verdict).toBe("passed");
    const checked = check();
    expect(checked.verified && checked.report.document.revisions).toEqual(report.document.revisions);
    const anchored = { trustAnchor: "demo-ca" };
    expect(checked.verified && checked.report.signatures[0]).toEqual({ ...report.signatures[0], ...anchored });
  });

  it("refuses text that was changed before the signature, though the phone signed it and the file passes", async () => {
    const content = "BT /F1 14 Tf 60 700 Td (Party M) Tj ET";
    const evil = update(original, 5, `<</Length ${content.length}>>\nstream\n${content}\nendstream`);
    const { appended, digest } = await sealedByPhone(evil, seal);
    const file = Buffer.concat([evil, appended]);
    const report = await verifyPdf(file, { trust: [root], crls, time: new Date(now * 1000) });
    expect(report.document.verdict).toBe("passed");
    expect(check({ appended: file.subarray(original.length), digest })).toEqual(refused("document-changed"));
  });

  it("refuses what is changed after it, another beginning, and nothing at all", () => {
    const other = Buffer.from(original);
    other[other.indexOf("Party A")] = "M".charCodeAt(0);
    const more = Buffer.concat([honest.appended, Buffer.from("\n%more\n")]);
    for (const change of [{ appended: more }, { original: other }, { appended: new Uint8Array() }]) {
      expect(check(change)).toEqual(refused("document-changed"));
    }
  });

  it("refuses another digest and another certificate than the assertion's", async () => {
    expect(check({ digest: "0".repeat(64) })).toEqual(refused("document-changed", expect.stringMatching("digest")));
    const invisible = await sealedByPhone(original, new Uint8Array(), []);
    const { seal: _, ...without } = { ...honest, ...invisible };
    const stranger = Buffer.from(root.replace(/-----.*-----|\s/g, ""), "base64");
    expect(checkSealed({ ...without, certificate: stranger })).toEqual(
      refused("document-changed", expect.stringMatching("certificate")),
    );
    expect(checkSealed(without)).toMatchObject({ verified: true, places: [], seal: null });
  });

  it("refuses a certificate inside the message that was changed, which no signature covers", () => {
    const text = Buffer.from(honest.appended).toString("latin1");
    const known = Buffer.from(root.replace(/-----.*-----|\s/g, ""), "base64").toString("hex");
    const at = text.toLowerCase().indexOf(known);
    expect(at).toBeGreaterThan(0);
    for (const place of [at + known.length - 1, at + 200]) {
      const appended = Buffer.from(honest.appended);
      appended[place] = appended[place] === "0".charCodeAt(0) ? "1".charCodeAt(0) : "0".charCodeAt(0);
      expect(check({ appended })).toEqual(refused("document-changed"));
    }
  });

  it("refuses a seal that is another certificate's, looks otherwise, is not there, is none, or of a stranger", () => {
    const { seal: _, ...without } = honest;
    const not = refused("seal-not-yours");
    expect(check({ seal: strangersSeal })).toEqual(not);
    expect(check({ seal: smallerSeal })).toEqual(not);
    expect(checkSealed(without)).toEqual(not);
    expect(check({ seal: new Uint8Array([1]) })).toEqual(not);
    expect(check(trustList({ sealKeys: [] }))).toEqual(not);
  });

  it("refuses a seal that has expired", async () => {
    const sealed = await sealedByPhone(original, expiredSeal);
    expect(check({ ...sealed, seal: expiredSeal })).toEqual(refused("seal-expired"));
  });

  it("refuses a seal that its authority has revoked, and no other", async () => {
    const other = revokedSeals(["test-seal-2"]);
    expect(check({ revokedSeals: [other, revokedSeals(["test-seal-1"])] })).toEqual(refused("seal-revoked"));
    expect(check({ revokedSeals: [other] })).toMatchObject({ verified: true });
    const { seal: _, ...unseen } = { ...honest, ...(await sealedByPhone(original, new Uint8Array(), [])) };
    expect(checkSealed({ ...unseen, revokedSeals: [revokedSeals(["test-seal-1"])] })).toMatchObject({ verified: true });
  });

  it("leaves it to verifyAssertion what no revocation list tells", () => {
    const checked = check({ crls: [] });
    expect(checked.verified && checked.report.signatures[0]?.revocation).toMatchObject([{ status: "unknown" }]);
  });

  it("refuses with a trust list that has expired or is another's", () => {
    expect(check(trustList({ issued: now - 700_000 }))).toEqual(refused("trust-list-expired"));
    expect(check({ listKeys: [Buffer.alloc(32).toString("base64url")] })).toEqual(refused("trust-list-invalid"));
  });

  it.each([
    ["digest", { digest: "0".repeat(63) }],
    ["certificate", { certificate: new Uint8Array([1]) }],
    ["crls", { crls: [new Uint8Array([1])] }],
    ["listKeys", { listKeys: ["short"] }],
    ["revokedSeals", { revokedSeals: ["no list"] }],
    ["revokedSeals", { revokedSeals: [revokedSeals([], { authority: "mutual-ca" })] }],
    ["revokedSeals", { revokedSeals: [revokedSeals([], { issued: now - 90_000 })] }],
    ["original", { original: "contract.pdf" as unknown as Uint8Array }],
    ["appended", { appended: "text" as unknown as Uint8Array }],
    ["seal", { seal: "base64" as unknown as Uint8Array }],
  ])("throws for a mistake of the server in %s", (member, mistake) => {
    expect(() => check(mistake)).toThrow(`malformed: ${member}`);
  });
});

describe("describeDocument", () => {
  it("says what a request to seal says of a document", () => {
    const pdf = makePdf({ pages: 3 });
    expect(describeDocument("合同", pdf)).toEqual({ name: "合同", size: pdf.length, pages: 3, sha256: sha256(pdf) });
  });

  it.each([
    ["document-encrypted", encrypted],
    ["document-damaged", Buffer.from("no PDF")],
    ["document-damaged", makePdf({ pages: 0 })],
    ["malformed", "contract.pdf" as unknown as Uint8Array],
  ])("throws %s for what cannot be sealed", (code, document) => {
    expect(() => describeDocument("合同", document)).toThrow(new RegExp(`^${code}`));
  });
});
