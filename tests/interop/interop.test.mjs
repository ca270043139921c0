// What we seal, others accept; what others sign, we accept: pyHanko, poppler's pdfsig, qpdf and OpenSSL.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import {
  makePki,
  makeShapes,
  must,
  opensslVerify,
  pdfsig,
  pyhankoCheck,
  pyhankoSign,
  qpdfCheck,
  scanseal,
  seal,
  verify,
} from "./tools.mjs";
import { startTsa } from "./tsa.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "scanseal-interop-"));
const file = (name) => path.join(folder, name);
const shape = (name) => file(`shapes/${name}.pdf`);
const pki = file("pki");
let tsa;

before(async () => {
  await makePki(pki);
  await makeShapes(
    file("shapes"),
    "small",
    "old",
    "pages",
    "rotated90",
    "rotated180",
    "rotated270",
    "shifted",
    "units",
    "m10",
  );
  const derived = {
    "object-streams": ["--object-streams=generate", shape("pages")],
    linearized: ["--linearize", shape("pages")],
    "linearized-streams": ["--linearize", "--object-streams=generate", shape("pages")],
    rc4: ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--", shape("pages")],
    aes128: ["--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=y", "--", shape("pages")],
    aes256: ["--encrypt", "secret", "owner", "256", "--", shape("pages")],
  };
  for (const [name, args] of Object.entries(derived)) await must("qpdf", ...args, shape(name));
  await must(process.env.SCANSEAL_PROGRAM, "seal-picture", "round", "天山博康医疗器械有限公司", "-o", file("seal.png"));
  tsa = await startTsa(pki);
});

after(() => {
  tsa?.stop();
  rmSync(folder, { recursive: true });
});

/** An empty password opens a file as well; pyHanko wants to be told so. */
const passwords = { rc4: "", aes128: "", aes256: "secret" };

/** Asks everybody about a file that we sealed `count` times. */
async function everybodyAccepts(target, { count = 1, password, original } = {}) {
  if (original) {
    const before = readFileSync(original);
    assert.ok(readFileSync(target).subarray(0, before.length).equals(before), "the original is no prefix");
  }
  assert.equal(await qpdfCheck(target, password), "", "qpdf");
  const poppler = await pdfsig(target, password);
  // It counts a signature once for each place where it shows.
  assert.ok(poppler.length >= count, "pdfsig sees fewer signatures");
  for (const { valid, text } of poppler) assert.ok(valid, text);
  const [{ signatures }] = await pyhankoCheck(pki, [target], password);
  assert.equal(signatures.length, count, "pyHanko sees other signatures");
  for (const signature of signatures) assert.ok(signature.ok, JSON.stringify(signature));
  const words = password ? ["--password", password] : [];
  const ours = await verify(target, pki, ...words);
  assert.equal(ours.report.signatures.length, count);
  for (const signature of ours.report.signatures) {
    assert.equal(signature.verdict, "passed", JSON.stringify(signature.reasons));
    await opensslVerify(target, signature.byteRange, pki, folder);
  }
  assert.equal(ours.status, 0);
  return { poppler, signatures, report: ours.report };
}

describe("what we seal", () => {
  const place = ["--at", "1:60,60"];
  for (const name of [
    "small",
    "old",
    "pages",
    "rotated90",
    "rotated180",
    "rotated270",
    "shifted",
    "units",
    "m10",
    "object-streams",
    "linearized",
    "linearized-streams",
    "rc4",
    "aes128",
    "aes256",
  ]) {
    test(`is accepted: ${name}`, async () => {
      const password = passwords[name];
      const words = password ? ["--password", password] : [];
      const target = file(`sealed-${name}.pdf`);
      await seal(shape(name), target, pki, "p256", "--image", file("seal.png"), ...place, ...words);
      const { poppler, report } = await everybodyAccepts(target, { password, original: shape(name) });
      assert.ok(poppler[0].whole, "pdfsig: not the total document");
      assert.equal(report.document.verdict, "passed");
      assert.equal(report.signatures[0].level, "B-B");
    });
  }

  test("is accepted with places of every kind in one signature", async () => {
    const target = file("sealed-places.pdf");
    await seal(
      shape("pages"),
      target,
      pki,
      "p256",
      "--image",
      file("seal.png"),
      "--at",
      "1-3,-1:60,60",
      "--keyword",
      "(seal)#2",
      "--cross-page",
      "right",
    );
    const { report } = await everybodyAccepts(target, { original: shape("pages") });
    assert.equal(report.signatures[0].appearance.length, 4 + 1 + 5);
  });

  test("is accepted invisible, from PKCS#12, with reason and place", async () => {
    const target = file("sealed-p12.pdf");
    const { status, stderr } = await scanseal(
      "seal",
      shape("small"),
      "-o",
      target,
      "--key",
      path.join(pki, "p256.p12"),
      "--key-password",
      "interop",
      "--reason",
      "合同盖章",
      "--location",
      "乌鲁木齐",
    );
    assert.equal(status, 0, stderr);
    const { report } = await everybodyAccepts(target, { original: shape("small") });
    assert.equal(report.signatures[0].claimed.reason, "合同盖章");
  });

  for (const name of ["pages", "object-streams"]) {
    test(`is accepted with a time stamp, long-term data, a second and a third signer: ${name}`, async () => {
      const [first, second, third] = [1, 2, 3].map((number) => file(`${name}-party${number}.pdf`));
      const image = ["--image", file("seal.png")];
      await seal(shape(name), first, pki, "p256", ...image, "--at", "1:60,60", "--field", "甲方", "--tsa", tsa.url);
      const stamped = await everybodyAccepts(first, { original: shape(name) });
      assert.equal(stamped.report.signatures[0].level, "B-T");
      assert.equal(stamped.signatures[0].timestamp, true);

      const lt = ["--tsa", tsa.url, "--lt", "--crl", path.join(pki, "root.crl")];
      await seal(first, second, pki, "second", ...image, "--at", "1:300,60", "--field", "乙方", ...lt);
      const two = await everybodyAccepts(second, { count: 2, original: first });
      assert.equal(two.report.signatures[1].level, "B-LT");
      assert.equal(two.report.document.verdict, "passed-with-later-changes");

      await seal(second, third, pki, "p256", ...image, "--at", "2:60,60", "--field", "见证");
      await everybodyAccepts(third, { count: 3, original: second });
    });
  }

  test("is accepted as a certification that permits filling, then sealed by the other party", async () => {
    const certified = file("certified.pdf");
    await seal(
      shape("pages"),
      certified,
      pki,
      "p256",
      "--at",
      "1:60,60",
      "--image",
      file("seal.png"),
      "--certify",
      "fill",
    );
    const { report } = await everybodyAccepts(certified, { original: shape("pages") });
    assert.deepEqual(report.signatures[0].kind, { type: "certification", permissions: 2 });
    const sealed = file("certified-sealed.pdf");
    await seal(certified, sealed, pki, "second", "--field", "乙方");
    await everybodyAccepts(sealed, { count: 2, original: certified });
  });
});

describe("what pyHanko signs", () => {
  for (const kind of ["p256", "p384", "p521", "rsa", "ed25519"]) {
    for (const name of ["small", "object-streams", "rotated90"]) {
      test(`is accepted: ${kind}, ${name}`, async () => {
        const target = file(`pyhanko-${kind}-${name}.pdf`);
        await pyhankoSign(pki, shape(name), target, kind, "visible");
        await accepted(target, "B-B");
      });
    }
  }

  test("is accepted: RSA-PSS", async () => {
    const target = file("pyhanko-pss.pdf");
    await pyhankoSign(pki, shape("small"), target, "rsa", "pss");
    const report = await accepted(target, "B-B");
    assert.match(report.signatures[0].integrity.signatureAlgorithm, /PSS/);
  });

  test("is accepted: a time stamp, then long-term data, a second signer, a document time stamp", async () => {
    const [stamped, lt, two, archived] = ["t", "lt", "two", "lta"].map((name) => file(`pyhanko-${name}.pdf`));
    const visible = ["visible", `tsa=${tsa.url}`];
    await pyhankoSign(pki, shape("pages"), stamped, "p256", ...visible);
    await accepted(stamped, "B-T");
    await pyhankoSign(pki, shape("pages"), lt, "p256", "lt", ...visible);
    await accepted(lt, "B-LT", "passed-with-later-changes");
    await pyhankoSign(pki, lt, two, "second", "lt", "field=B", ...visible);
    await accepted(two, "B-LT", "passed-with-later-changes");
    await pyhankoSign(pki, two, archived, "p256", "docts", `tsa=${tsa.url}`);
    await accepted(archived, "B-LTA", "passed-with-later-changes");
  });

  test("is accepted: encrypted, linearized, certified", async () => {
    const encrypted = file("pyhanko-aes256.pdf");
    await pyhankoSign(pki, shape("aes256"), encrypted, "p256", "password=secret");
    await accepted(encrypted, "B-B", "passed", "--password", "secret");
    const linearized = file("pyhanko-linearized.pdf");
    await pyhankoSign(pki, shape("linearized"), linearized, "p256", "certify");
    await accepted(linearized, "B-B");
  });

  async function accepted(target, level, verdict = "passed", ...options) {
    const { status, report, stderr } = await verify(target, pki, ...options);
    assert.equal(report?.document.verdict, verdict, JSON.stringify(report?.signatures.map((s) => s.reasons)) + stderr);
    assert.equal(status, 0);
    assert.equal(report.signatures[0].level, level);
    return report;
  }
});
