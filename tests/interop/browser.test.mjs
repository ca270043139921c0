// `scanseal/pdf` in Chromium, under a strict content security policy: the worker, WebCrypto, and a page that stays awake.
// `CHROMIUM=... SCANSEAL_PYTHON=... node --test tests/interop/browser.test.mjs`, after a build of the npm package.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import * as inNode from "../../npm/dist/pdf-node.js";
import { openPage } from "./browser.mjs";
import { makePki, makeShapes } from "./tools.mjs";
import { startTsa } from "./tsa.mjs";

/** The page may be busy for so many milliseconds at a time. */
const MAX_GAP = 100;

let folder;
let opened;
let page;
let trust;
let tsa;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "scanseal-browser-"));
  const pki = path.join(folder, "pki");
  await makePki(pki);
  await makeShapes(folder, "small", "pages");
  const read = (name) => readFileSync(path.join(pki, name));
  trust = { trust: [read("root.pem").toString()], crls: [pem("X509 CRL", read("root.crl"))] };
  tsa = await startTsa(pki);
  opened = await openPage(folder, { tsa: tsa.url });
  page = opened.page;
  const key = read("p256.key.pem").toString();
  await page.evaluate(preparePage, { key, certificate: read("p256.cert.pem").toString(), trust });
});

after(async () => {
  await opened?.close();
  tsa?.stop();
  await rm(folder, { recursive: true });
});

afterEach(() => {
  assert.deepEqual(opened.problems.splice(0), [], "the page complains, or its policy was violated");
});

function pem(label, der) {
  return `-----BEGIN ${label}-----\n${der.toString("base64").replace(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;
}

/** Runs in the page: what the tests have in common. */
async function preparePage({ key, certificate, trust }) {
  const der = Uint8Array.from(atob(key.replace(/-----.*-----|\s/g, "")), (character) => character.charCodeAt(0));
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const privateKey = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  const sign = async (bytes) =>
    new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, bytes));
  const file = async (name) => (await fetch(`/files/${name}`)).blob();
  /** A contract of so many bytes: a comment behind the last object, as the file's tail is found from its end. */
  const largeFile = async (size) => {
    const small = await (await file("small.pdf")).arrayBuffer();
    const text = new TextDecoder("latin1").decode(small);
    const at = text.lastIndexOf("xref\n0");
    const line = new Uint8Array(1 << 20).fill(0x20);
    line[0] = 0x25;
    line[line.length - 1] = 0x0a;
    const lines = Array.from({ length: Math.ceil(size / line.length) }, () => line);
    const tail = text.slice(at).replace(/startxref\n\d+/, `startxref\n${at + lines.length * line.length}`);
    return new Blob([small.slice(0, at), ...lines, tail]);
  };
  const seal = async (pdf, options = {}) => {
    const prepared = await globalThis.pdf.prepareSeal(pdf, { certificate, chain: trust.trust, ...options });
    return globalThis.pdf.finishSeal(prepared, { signature: await sign(prepared.toBeSigned) });
  };
  /** Runs work; the longest time that the page did not respond meanwhile. */
  const watched = async (work) => {
    let longest = 0;
    let last = performance.now();
    const look = () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    };
    const timer = setInterval(look, 5);
    try {
      const result = await work();
      look();
      return { result, longest };
    } finally {
      clearInterval(timer);
    }
  };
  const failure = async (promise) => {
    const error = await promise.then(
      () => undefined,
      (error) => error,
    );
    return error && { name: error.name, code: error.code, message: error.message };
  };
  globalThis.tools = { certificate, trust, sign, file, largeFile, seal, watched, failure };
}

describe("in a worker", () => {
  test("seals with a key of WebCrypto, with a time stamp, and what is sealed passes everywhere", async () => {
    const base64 = await page.evaluate(async () => {
      const { certificate, trust, sign, file, seal } = globalThis.tools;
      const once = await seal(await file("pages.pdf"), {
        text: "Party A",
        places: [
          { type: "at", pages: "1", x: 80, y: 90 },
          { type: "keyword", word: "Party A (seal)", occurrence: "all" },
        ],
      });
      const prepared = await globalThis.pdf.prepareSeal(once, { certificate, chain: trust.trust, timestamp: true });
      const timestamp = async (body) =>
        new Uint8Array(await (await fetch("/tsa", { method: "POST", body })).arrayBuffer());
      const twice = await globalThis.pdf.finishSeal(prepared, {
        signature: await sign(prepared.toBeSigned),
        timestamp,
      });
      const narrow = await globalThis.pdf.prepareSeal(once, { certificate, chain: trust.trust });
      const tooLarge = globalThis.pdf.finishSeal(narrow, { signature: await sign(narrow.toBeSigned), timestamp });
      const { code } = (await globalThis.tools.failure(tooLarge)) ?? {};
      if (code !== "signature-too-large") throw new Error(`a stamp without room for it: ${code}`);
      const url = await new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(twice);
      });
      return url.slice(url.indexOf(",") + 1);
    });
    const bytes = Buffer.from(base64, "base64");
    writeFileSync(path.join(folder, "sealed.pdf"), bytes);
    const original = readFileSync(path.join(folder, "pages.pdf"));
    assert.deepEqual(bytes.subarray(0, original.length), original);

    const there = await page.evaluate(async () => {
      const { file, trust } = globalThis.tools;
      return globalThis.pdf.verifyPdf(await file("sealed.pdf"), { ...trust, fileDigest: true });
    });
    const here = await inNode.verifyPdf(bytes, {
      ...trust,
      fileDigest: true,
      time: new Date(there.signatures[0].time.checkedAt),
    });
    assert.deepEqual(
      there.signatures.map(({ level }) => level),
      ["B-B", "B-T"],
    );
    assert.deepEqual(there, here, "page and server say the same");
    const integrity = there.signatures.map(({ integrity: { digest, signature } }) => [digest, signature]);
    assert.deepEqual(integrity, [
      ["yes", "yes"],
      ["yes", "yes"],
    ]);
    assert.deepEqual(
      there.signatures.map(({ verdict }) => verdict),
      ["passed", "passed"],
    );
  });

  test("fails a file with a flipped bit, finds keywords, refuses with a code", async () => {
    const found = await page.evaluate(async () => {
      const { certificate, trust, file, seal, failure } = globalThis.tools;
      const sealed = await seal(await file("small.pdf"));
      const bytes = new Uint8Array(await sealed.arrayBuffer());
      bytes[100] ^= 1;
      const { document } = await globalThis.pdf.verifyPdf(bytes, trust);
      const hits = await globalThis.pdf.findKeyword(await file("pages.pdf"), "Party A", { pages: "2-3" });
      const places = [{ type: "at", pages: "9", x: 1, y: 1 }];
      const refused = globalThis.pdf.prepareSeal(sealed, { certificate, text: "A", places });
      return { verdict: document.verdict, pages: hits.map(({ page }) => page), refused: (await failure(refused)).code };
    });
    assert.deepEqual(found, { verdict: "failed", pages: [2, 3], refused: "pages-invalid" });
  });

  test("60 MB: the page stays awake, progress never goes back, the caller's bytes stay as they are", async () => {
    const found = await page.evaluate(async () => {
      const { largeFile, seal, trust, watched } = globalThis.tools;
      const sealed = await seal(await largeFile(60e6));
      const done = [];
      const onProgress = (progress) => done.push(progress.done / progress.total);
      const { result, longest } = await watched(() => globalThis.pdf.verifyPdf(sealed, { ...trust, onProgress }));
      const bytes = new Uint8Array(await sealed.arrayBuffer());
      const digest = async () => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toString();
      const before = await digest();
      const again = await watched(() => globalThis.pdf.verifyPdf(bytes, trust));
      return {
        verdicts: [result.document.verdict, again.result.document.verdict],
        longest: Math.max(longest, again.longest),
        done,
        unharmed: before === (await digest()),
      };
    });
    assert.deepEqual(found.verdicts, ["passed", "passed"]);
    assert.ok(found.longest < MAX_GAP, `the page did not respond for ${found.longest} ms`);
    assert.deepEqual(
      found.done,
      [...found.done].sort((left, right) => left - right),
    );
    assert.equal(found.done.at(-1), 1);
    assert.ok(found.done.length > 10, `told ${found.done.length} times`);
    assert.ok(found.unharmed);
  });

  for (const work of ["verifyPdf", "prepareSeal"]) {
    test(`${work} of 60 MB is stopped at once by an abort, and ends with the signal's reason`, async () => {
      const found = await page.evaluate(async (work) => {
        const { certificate, largeFile, failure } = globalThis.tools;
        const stop = new AbortController();
        let told = 0;
        let aborted;
        const onProgress = ({ phase }) => {
          told += 1;
          if (phase === "reading") {
            aborted = performance.now();
            stop.abort(new TypeError("changed my mind"));
          }
        };
        const options = { certificate, signal: stop.signal, onProgress };
        const { name, message } = await failure(globalThis.pdf[work](await largeFile(60e6), options));
        const milliseconds = performance.now() - aborted;
        const before = told;
        await new Promise((resolve) => setTimeout(resolve, 300));
        return { name, message, milliseconds, late: told - before };
      }, work);
      assert.equal(found.name, "TypeError");
      assert.equal(found.message, "changed my mind");
      assert.ok(found.milliseconds < MAX_GAP, `it took ${found.milliseconds} ms`);
      assert.equal(found.late, 0, "the worker goes on");
    });
  }

  test("an abort before, a disposed seal, a wrong signature and a second try", async () => {
    const found = await page.evaluate(async () => {
      const { certificate, sign, file, failure } = globalThis.tools;
      const { prepareSeal, finishSeal, verifyPdf } = globalThis.pdf;
      const small = await file("small.pdf");
      const before = await failure(verifyPdf(small, { signal: AbortSignal.abort() }));
      const disposed = await prepareSeal(small, { certificate });
      disposed.dispose();
      disposed.dispose();
      const signature = await sign(disposed.toBeSigned);
      const afterDispose = await failure(finishSeal(disposed, { signature }));
      const prepared = await prepareSeal(small, { certificate });
      const wrong = await failure(finishSeal(prepared, { signature: await sign(new Uint8Array(3)) }));
      const right = { signature: await sign(prepared.toBeSigned) };
      const [first, second] = await Promise.all([finishSeal(prepared, right), failure(finishSeal(prepared, right))]);
      const bug = await failure(
        verifyPdf(small, {
          onProgress() {
            throw new RangeError("bug in the page");
          },
        }),
      );
      return [before.name, afterDispose.code, wrong.code, first.size > small.size, second.code, bug.name];
    });
    assert.deepEqual(found, ["AbortError", "cancelled", "assertion-invalid", true, "cancelled", "RangeError"]);
  });

  test("what the caller does to the bytes after prepareSeal does not get into the file", async () => {
    const verdict = await page.evaluate(async () => {
      const { certificate, trust, sign, file } = globalThis.tools;
      const bytes = new Uint8Array(await (await file("small.pdf")).arrayBuffer());
      const preparing = globalThis.pdf.prepareSeal(bytes, { certificate });
      bytes[100] ^= 1;
      const prepared = await preparing;
      bytes[200] ^= 1;
      const sealed = await globalThis.pdf.finishSeal(prepared, { signature: await sign(prepared.toBeSigned) });
      return (await globalThis.pdf.verifyPdf(sealed, trust)).document.verdict;
    });
    assert.equal(verdict, "passed");
  });

  test("many at once", async () => {
    const verdicts = await page.evaluate(async () => {
      const { file, trust } = globalThis.tools;
      const pdf = await file("small.pdf");
      const all = await Promise.all(Array.from({ length: 12 }, () => globalThis.pdf.verifyPdf(pdf, trust)));
      return [...new Set(all.map(({ document }) => document.verdict))];
    });
    assert.deepEqual(verdicts, ["unsigned"]);
  });
});

test("a page over plain http has no WebCrypto, and the engine hashes itself", async () => {
  const insecure = await openPage(folder, { host: "shop.example" });
  try {
    assert.equal(await insecure.page.evaluate(() => globalThis.isSecureContext || "subtle" in crypto), false);
    const document = await insecure.page.evaluate(async (trust) => {
      const sealed = await (await fetch("/files/sealed.pdf")).blob();
      const report = await globalThis.pdf.verifyPdf(sealed, { ...trust, fileDigest: true });
      return report.document;
    }, trust);
    assert.equal(document.verdict, "passed");
    assert.match(document.sha256, /^[0-9a-f]{64}$/);
    const digest = await insecure.page.evaluate(
      async (certificate) => {
        const small = await (await fetch("/files/small.pdf")).blob();
        return (await globalThis.pdf.prepareSeal(small, { certificate })).digest;
      },
      readFileSync(path.join(folder, "pki/p256.cert.pem"), "utf8"),
    );
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.deepEqual(insecure.problems, []);
  } finally {
    await insecure.close();
  }
});

describe("what is not served", () => {
  for (const [what, settings, detail] of [
    ["the worker's script", { missing: "pdf-worker.js" }, /pdf-worker\.js does not run/],
    ["a worker, by the policy", { policy: "worker-src 'none'" }, /worker-src 'self'/],
    ["the module", { missing: "pdf-verify_bg.wasm" }, /pdf-verify_bg\.wasm answered 404/],
  ]) {
    test(`${what}: an error that says so`, async () => {
      const lacking = await openPage(folder, settings);
      try {
        const error = await lacking.page.evaluate(async () => {
          const small = await (await fetch("/files/small.pdf")).blob();
          return globalThis.pdf.verifyPdf(small).then(
            () => ({}),
            ({ code, message }) => ({ code, message }),
          );
        });
        assert.equal(error.code, "wasm-not-served");
        assert.match(error.message, detail);
      } finally {
        await lacking.close();
      }
    });
  }
});
