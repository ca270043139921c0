// Documents of a request to seal, laid out and finished in Node; looked at as a phone does, by code of its own.

import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { DocumentLayout, DocumentWork } from "../src/documents.js";
import { type LayoutHost, MAX_APPENDED_BYTES, SealingWork } from "../src/pdf/document-work.js";
import type { DocumentToSeal, PdfProgress } from "../src/pdf/public.js";
import { MAX_PDF_BYTES, ScanSealError, sealDocuments, verifyPdf } from "../src/pdf-node.js";
import { makeSeal, pemToDer } from "./electronic-seal.js";
import { encrypted, makePdf, root, signed, signer, time, trust } from "./pdf-files.js";
import { checkLayout } from "./phone/documents.js";

/** A picture of one transparent pixel. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const certificate = pemToDer(signer);
const seal = makeSeal({ picture, millimetres: [42, 30], certificate, maker: pemToDer(root) });
const choice = { certificates: `${signer}${root}`, seal };
const never = new AbortController().signal;
const contract = makePdf({ pages: 3, word: "Party A" });
const places = [
  { type: "keyword", word: "Party A", pages: "1" },
  { type: "cross-page", side: "right" },
] as const;

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const point = 72 / 25.4;

async function workOf(...documents: DocumentToSeal[]): Promise<DocumentWork> {
  return sealDocuments(documents.map(({ pdf, options }) => ({ pdf, options: { time, ...options } })));
}

/** As the phone does: fetches what is appended, and checks it. Gives the digest of the signed bytes. */
async function look(work: DocumentWork, document: number, original: Uint8Array, layout: DocumentLayout) {
  const appended = await work.read(document, "appended", 0, layout.appended);
  const named = { size: original.length, sha256: sha256(original) };
  return { appended, digest: checkLayout(layout, named, appended, certificate) };
}

async function codeOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(ScanSealError);
  return (error as ScanSealError).code;
}

describe("a document", () => {
  it("is laid out as the protocol says, and passes when the phone has signed", async () => {
    const work = await workOf({ pdf: contract, options: { places } });
    expect(work.count).toBe(1);
    const layout = await work.prepare(0, choice, never);
    const { appended, digest } = await look(work, 0, contract, layout);

    const finished = await work.finish(0, signed(layout.attributes), never);
    const [begin, end] = layout.gap;
    expect(finished.length).toBe(layout.appended);
    expect(Buffer.from(finished.subarray(0, begin + 1))).toEqual(Buffer.from(appended.subarray(0, begin + 1)));
    expect(Buffer.from(finished.subarray(end - 1))).toEqual(Buffer.from(appended.subarray(end - 1)));
    const range = Buffer.concat([contract, finished.subarray(0, begin), finished.subarray(end)]);
    expect(sha256(range)).toEqual(digest);

    const { document, signatures } = await verifyPdf(Buffer.concat([contract, finished]), trust);
    expect(document).toMatchObject({ verdict: "passed", revisions: [{}, { signedBy: expect.any(String) }] });
    const size = contract.length;
    expect(signatures).toMatchObject([
      {
        coverage: "whole-file",
        byteRange: [0, size + begin, size + end, layout.appended - end],
        signer: { enterprise: "星海科技有限公司" },
      },
    ]);
    expect(signatures[0]?.appearance.map(({ page }) => page)).toEqual([1, 1, 2, 3]);
    const [left = 0, bottom = 0, right = 0, top = 0] = signatures[0]?.appearance[0]?.rect ?? [];
    expect(right - left, "the seal's own width").toBeCloseTo(42 * point, 1);
    expect(top - bottom).toBeLessThanOrEqual(30 * point + 0.1);
  });

  it.each([0, 1, 2, 55, 56, 62, 63])("is laid out whatever its length modulo 64: %i", async (rest) => {
    const pdf = makePdf({ catalog: " ".repeat((rest - makePdf().length + 6400) % 64) });
    expect(pdf.length % 64).toBe(rest);
    const work = await workOf({ pdf });
    await look(work, 0, pdf, await work.prepare(0, choice, never));
  });

  it("of more pieces than one is laid out, whether in memory or a Blob", async () => {
    const pdf = makePdf({ ballast: 9_000_000 });
    const work = await workOf({ pdf }, { pdf: new Blob([pdf as BlobPart]) });
    for (const document of [0, 1]) {
      const layout = await work.prepare(document, choice, never);
      await look(work, document, pdf, layout);
      const appended = await work.finish(document, signed(layout.attributes), never);
      expect((await verifyPdf(Buffer.concat([pdf, appended]), trust)).document.verdict).toBe("passed");
    }
  });

  it("keeps room for a time stamp, unless told otherwise", async () => {
    const work = await workOf({ pdf: contract }, { pdf: contract, options: { timestamp: false } });
    const gaps = await Promise.all(
      [0, 1].map(async (document) => {
        const { gap } = await work.prepare(document, choice, never);
        return gap[1] - gap[0];
      }),
    );
    // In hexadecimal.
    expect((gaps[0] ?? 0) - (gaps[1] ?? 0)).toBeGreaterThan(2 * 12 * 1024);
  });

  it("shows nothing where no place is given, whatever the seal", async () => {
    const work = await workOf({ pdf: contract });
    const layout = await work.prepare(0, choice, never);
    const finished = await work.finish(0, signed(layout.attributes), never);
    const { signatures } = await verifyPdf(Buffer.concat([contract, finished]), trust);
    expect(signatures[0]).toMatchObject({ verdict: "passed", appearance: [] });
  });

  it("shows nothing without a seal, and its line of text if there is one", async () => {
    const without = { ...choice, seal: new Uint8Array() };
    const line = { text: "Party A", places: [{ type: "at", pages: "1", x: 100, y: 100 }] } as const;
    const work = await workOf({ pdf: contract, options: { places } }, { pdf: contract, options: line });
    const shown: unknown[] = [];
    for (const document of [0, 1]) {
      const layout = await work.prepare(document, without, never);
      const { appended } = await look(work, document, contract, layout);
      const finished = await work.finish(document, signed(layout.attributes), never);
      const { document: verified, signatures } = await verifyPdf(Buffer.concat([contract, finished]), trust);
      expect(verified.verdict).toBe("passed");
      shown.push([signatures[0]?.appearance.length, Buffer.from(appended).includes("/Image")]);
    }
    expect(shown).toEqual([
      [0, false],
      [1, false],
    ]);
  });

  it("that another party has sealed is sealed by a second one", async () => {
    const first = await workOf({ pdf: contract });
    const { attributes } = await first.prepare(0, choice, never);
    const once = Buffer.concat([contract, await first.finish(0, signed(attributes), never)]);
    const second = await workOf({ pdf: once });
    const layout = await second.prepare(0, choice, never);
    await look(second, 0, once, layout);
    const twice = Buffer.concat([once, await second.finish(0, signed(layout.attributes), never)]);
    const { document, signatures } = await verifyPdf(twice, trust);
    expect([document.verdict, signatures.length]).toEqual(["passed", 2]);
  });
});

describe("the documents of one request", () => {
  const batch = Array.from({ length: 50 }, (_, index) => makePdf({ word: `Party A ${index}` }));

  it("may be fifty", async () => {
    const work = await workOf(...batch.map((pdf) => ({ pdf, options: { places: [places[0]] } })));
    const layouts: DocumentLayout[] = [];
    for (const document of batch.keys()) layouts.push(await work.prepare(document, choice, never));
    for (const [document, layout] of layouts.entries()) {
      const original = batch[document] as Uint8Array;
      await look(work, document, original, layout);
      const appended = await work.finish(document, signed(layout.attributes), never);
      expect((await verifyPdf(Buffer.concat([original, appended]), trust)).document.verdict).toBe("passed");
    }
  }, 60_000);

  it("are 1 to 50, each of at most 256 MiB", async () => {
    const one = { pdf: contract };
    expect(await codeOf(sealDocuments([]))).toBe("seal-request-invalid");
    expect(await codeOf(sealDocuments(Array.from({ length: 51 }, () => one)))).toBe("seal-request-invalid");
    const large = Object.defineProperty(new Blob(["short"]), "size", { value: MAX_PDF_BYTES + 1 });
    expect(await codeOf(sealDocuments([one, { pdf: large }]))).toBe("document-too-large");
  });

  it("may grow by 8 MiB each, as a phone takes them, and no more", async () => {
    const layout = {
      state: new Uint8Array(32),
      tail: new Uint8Array(),
      gap: [1, 2],
      attributes: new Uint8Array(),
    } as const;
    let appended = new Uint8Array(MAX_APPENDED_BYTES);
    const host: LayoutHost = {
      hash: async () => undefined,
      layOut: async () => ({ ...layout, appended }),
      finish: async () => appended,
      end: () => undefined,
    };
    const work = new SealingWork([contract], [{ pdf: contract }], host, undefined);
    expect(await work.prepare(0, choice, never)).toEqual({ ...layout, appended: 8 * 1024 * 1024 });
    appended = new Uint8Array(MAX_APPENDED_BYTES + 1);
    expect(await codeOf(work.prepare(0, choice, never))).toBe("document-too-large");
  });

  it("are laid out anew for another phone, with its certificate and seal", async () => {
    const work = await workOf({ pdf: contract, options: { places } });
    const before = await work.prepare(0, choice, never);
    const other = makeSeal({ picture, millimetres: [20, 20], certificate, maker: pemToDer(root) });
    const layout = await work.prepare(0, { ...choice, seal: other }, never);
    expect(layout.attributes).not.toEqual(before.attributes);
    await look(work, 0, contract, layout);
    expect(await codeOf(work.finish(0, signed(before.attributes), never))).toBe("assertion-invalid");
  });

  it("fail one by one, each with its code, and the others go on", async () => {
    const work = await workOf(
      { pdf: contract, options: { places: [{ type: "keyword", word: "Party Z" }] } },
      { pdf: encrypted },
      { pdf: contract.subarray(0, 100) },
      { pdf: new Uint8Array() },
      { pdf: contract, options: { places } },
    );
    expect(await codeOf(work.prepare(0, choice, never))).toBe("keyword-not-found");
    expect(await codeOf(work.prepare(1, choice, never))).toBe("document-encrypted");
    expect(await codeOf(work.prepare(2, choice, never))).toBe("document-damaged");
    expect(await codeOf(work.prepare(3, choice, never))).toBe("document-damaged");
    await look(work, 4, contract, await work.prepare(4, choice, never));
  });

  it.each([
    ["malformed", { ...choice, seal: Buffer.from("no seal") }],
    ["malformed", { ...choice, seal: seal.subarray(0, 200) }],
    ["malformed", { ...choice, seal: makeSeal({ picture, millimetres: [101, 20], certificate, maker: certificate }) }],
    [
      "picture-invalid",
      { ...choice, seal: makeSeal({ picture: seal, millimetres: [9, 9], certificate, maker: seal }) },
    ],
    ["malformed", { ...choice, certificates: "no certificate" }],
  ])("are refused with %s for what a phone should not choose (%#)", async (code, wrong) => {
    const work = await workOf({ pdf: contract, options: { places } });
    expect(await codeOf(work.prepare(0, wrong, never))).toBe(code);
  });

  it("are not finished with a signature of something else", async () => {
    const work = await workOf({ pdf: contract });
    await work.prepare(0, choice, never);
    expect(await codeOf(work.finish(0, signed(Buffer.from("something else")), never))).toBe("assertion-invalid");
    expect(await codeOf(work.finish(0, signed(Buffer.from("again")), never)), "it is gone").toBe("cancelled");
    expect(await codeOf((await workOf({ pdf: contract })).finish(0, new Uint8Array(64), never))).toBe("cancelled");
  });

  it("are read piece by piece, the original at once", async () => {
    const work = await workOf({ pdf: contract }, { pdf: new Blob([contract as BlobPart]) });
    for (const document of [0, 1]) {
      const piece = await work.read(document, "original", 10, 20);
      expect(Buffer.from(piece)).toEqual(Buffer.from(contract.subarray(10, 30)));
      expect(await codeOf(work.read(document, "appended", 0, 1))).toBe("cancelled");
    }
  });

  it("are over when disposed of or aborted, at any time", async () => {
    const disposed = await workOf({ pdf: contract });
    const under = disposed.prepare(0, choice, never);
    disposed.dispose();
    disposed.dispose();
    await expect(under).rejects.toThrow();
    expect(await codeOf(disposed.finish(0, new Uint8Array(64), never))).toBe("cancelled");

    const stop = new AbortController();
    const work = await sealDocuments([{ pdf: makePdf({ ballast: 20_000_000 }) }], { signal: stop.signal });
    const preparing = work.prepare(0, choice, never);
    setImmediate(() => stop.abort());
    await expect(preparing).rejects.toThrow();
    await expect(sealDocuments([{ pdf: contract }], { signal: stop.signal })).rejects.toThrow(/abort/i);

    const reason = new Error("too slow");
    const given = await workOf({ pdf: contract });
    await expect(given.prepare(0, choice, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it("are hashed at once, and say how far that is", async () => {
    const told: PdfProgress[] = [];
    const documents = [{ pdf: makePdf({ ballast: 9_000_000 }) }, { pdf: contract }];
    await sealDocuments(documents, { onProgress: (progress) => told.push(progress) });
    await vi.waitFor(() => expect(told.length).toBe(4), 9000);
    const done = told.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((left, right) => left - right));
    expect(done.at(-1)).toBe(told[0]?.total);
    expect(new Set(told.map(({ total }) => total)).size).toBe(1);
  });
});
