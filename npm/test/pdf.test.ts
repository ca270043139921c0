import { afterEach, describe, expect, it, vi } from "vitest";
import { MAX_PDF_BYTES, type PdfProgress, type PreparedSeal, type PrepareSealOptions } from "../src/pdf/public.js";
import { findKeyword, finishSeal, initPdf, prepareSeal, ScanSealError, verifyPdf } from "../src/pdf-node.js";
import * as server from "../src/server.js";
import * as sealGlue from "../wasm/pdf-seal/pdf-seal.js";
import * as verifyGlue from "../wasm/pdf-verify/pdf-verify.js";
import { encrypted, makePdf, root, seal, signed, signer, time, trust } from "./pdf-files.js";

const contract = makePdf({ pages: 3, word: "Party A" });
const large = makePdf({ ballast: 20_000_000 });

async function sealed(pdf = contract, options: Partial<PrepareSealOptions> = {}): Promise<Uint8Array> {
  const prepared = await prepareSeal(pdf, { ...seal, ...options });
  return finishSeal(prepared, { signature: signed(prepared.toBeSigned) });
}

const der = (pem: string) => new Uint8Array(Buffer.from(pem.replace(/-----.*-----|\s/g, ""), "base64"));

/** The code that a promise is refused with. */
async function codeOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(ScanSealError);
  return (error as ScanSealError).code;
}

const verdictOf = async (pdf: Uint8Array, options = {}) =>
  (await verifyPdf(pdf, { ...trust, ...options })).document.verdict;

/** A picture of one transparent pixel. */
const png = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="),
  (character) => character.charCodeAt(0),
);

vi.mock("../wasm/pdf-seal/pdf-seal.js", async (original) => {
  const actual = await original<typeof sealGlue>();
  return { ...actual, __wbg_reset_state: vi.fn(actual.__wbg_reset_state) };
});
vi.mock("../wasm/pdf-verify/pdf-verify.js", async (original) => {
  const actual = await original<typeof verifyGlue>();
  return { ...actual, __wbg_reset_state: vi.fn(actual.__wbg_reset_state) };
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("what is no PDF, certificate or time", () => {
  const any = (value: unknown) => value as never;

  it.each([
    ["a path", () => verifyPdf(any("contract.pdf")), /^the PDF must be a Blob, ArrayBuffer or Uint8Array/],
    ["nothing", () => verifyPdf(any(undefined)), /^the PDF must be/],
    ["one root, and no list", () => verifyPdf(contract, { trust: any(root) }), /^trust must be an array/],
    ["a text that is no PEM", () => verifyPdf(contract, { trust: ["garbage"] }), /^trust must be PEM/],
    ["an ArrayBuffer", () => verifyPdf(contract, { crls: any([new ArrayBuffer(8)]) }), /^crls must be PEM/],
    ["a time in words", () => verifyPdf(contract, { time: any("today") }), /^time must be a Date/],
    ["no certificate", () => prepareSeal(contract, any({})), /^certificate must be PEM/],
    ["a path to search", () => findKeyword(any("contract.pdf"), "Party A"), /^the PDF must be/],
  ] as const)("is refused with what to pass: %s", async (_, call, message) => {
    const error: unknown = await call().then(
      () => undefined,
      (error) => error,
    );
    expect(error).toMatchObject({ name: "ScanSealError", code: "malformed", detail: expect.stringMatching(message) });
  });
});

describe("sealing, then verifying", () => {
  it("passes, whatever the signature's form, and keeps the original", async () => {
    for (const form of ["der", "ieee-p1363"] as const) {
      const prepared = await prepareSeal(contract, seal);
      const file = await finishSeal(prepared, { signature: signed(prepared.toBeSigned, form) });
      expect(file.subarray(0, contract.length)).toEqual(contract);
      expect(await verifyPdf(file, trust)).toMatchObject({
        version: 1,
        document: { verdict: "passed", sha256: null, size: file.length },
        signatures: [
          {
            field: prepared.field,
            verdict: "passed",
            byteRange: prepared.byteRange,
            coverage: "whole-file",
            signer: { name: "合同专用章", enterprise: "星海科技有限公司", creditCode: "91440300MA5DA9TH68" },
            revocation: [{ status: "good", source: "crl" }],
          },
        ],
      });
    }
  });

  it("shows one signature in many places, and says where", async () => {
    const prepared = await prepareSeal(new Blob([contract as BlobPart]), {
      ...seal,
      picture: new Blob([png as BlobPart]),
      pictureWidth: 40,
      text: "Party A",
      reason: "agreed",
      places: [
        { type: "at", pages: "-1", x: 85, y: 95 },
        { type: "keyword", word: "Party A", pages: "2", dx: 3 },
        { type: "cross-page", side: "right" },
      ],
    });
    expect(prepared.impressions.map(({ page }) => page).sort()).toEqual([1, 2, 2, 3, 3]);
    const file = await finishSeal(prepared, { signature: signed(prepared.toBeSigned) });
    const { document, signatures } = await verifyPdf(file, trust);
    expect([document.verdict, signatures.length]).toEqual(["passed", 1]);
    expect(signatures[0]?.appearance).toHaveLength(5);
    expect(signatures[0]?.claimed.reason).toBe("agreed");
  });

  it("takes ArrayBuffer, part of a buffer, Blob; certificates in DER", async () => {
    const file = await sealed();
    const padded = new Uint8Array(file.length + 20);
    padded.set(file, 10);
    const parts = [file.slice().buffer, padded.subarray(10, 10 + file.length), new Blob([file as BlobPart])];
    for (const pdf of parts) {
      expect((await verifyPdf(pdf, { ...trust, trust: [der(root)] })).document.verdict).toBe("passed");
    }
  });

  it("says what is added later, and fails what is forged", async () => {
    const file = await sealed();
    const twice = await sealed(file, { field: "Second" });
    const report = await verifyPdf(twice, trust);
    expect(report.document.verdict).toBe("passed");
    expect(report.signatures.map(({ later }) => [later.level, later.permitted])).toEqual([
      ["signatures", true],
      ["none", true],
    ]);
    expect(report.document.revisions).toHaveLength(3);

    const flipped = file.slice();
    flipped[60] = (flipped[60] ?? 0) ^ 1;
    expect(await verdictOf(flipped)).toBe("failed");
    const longer = new Uint8Array([...file, ...new TextEncoder().encode("stray bytes")]);
    expect(await verdictOf(longer)).toBe("failed");
  });

  it("without a root is indeterminate, without a signature unsigned", async () => {
    const file = await sealed();
    expect((await verifyPdf(file, { time })).signatures[0]?.reasons).toContain("no-trust-anchors");
    expect((await verifyPdf(file, { time })).document.verdict).toBe("indeterminate");
    expect(await verdictOf(contract)).toBe("unsigned");
  });

  it("certifies and locks", async () => {
    const certified = await sealed(contract, { certify: "none", lock: "all" });
    expect((await verifyPdf(certified, trust)).signatures[0]?.kind).toEqual({ type: "certification", permissions: 1 });
    expect(await codeOf(prepareSeal(certified, seal))).toBe("certification-forbids");
  });

  it("makes SHA-256 of the whole file when asked for, with that of the signature in one go", async () => {
    const file = await sealed();
    const digest = await crypto.subtle.digest("SHA-256", file as BufferSource);
    const report = await verifyPdf(file, { ...trust, fileDigest: true });
    expect(report.document).toMatchObject({ verdict: "passed", sha256: Buffer.from(digest).toString("hex") });
  });

  it("is in scanseal/server too", async () => {
    expect(server).toMatchObject({ findKeyword, finishSeal, initPdf, prepareSeal, verifyPdf });
  });
});

describe("a damaged or protected file", () => {
  it("gets a report", async () => {
    expect((await verifyPdf(new Uint8Array(0), trust)).document.unreadable?.code).toBe("document-damaged");
    expect((await verifyPdf(new TextEncoder().encode("no PDF"), trust)).document.verdict).toBe("unreadable");
    const { document } = await verifyPdf(encrypted, trust);
    expect([document.verdict, document.unreadable?.code]).toEqual(["unreadable", "document-encrypted"]);
  });

  it("is opened by its password only", async () => {
    expect((await verifyPdf(encrypted, { ...trust, password: "wrong" })).document.unreadable?.code).toBe(
      "document-encrypted",
    );
    expect(await verdictOf(encrypted, { password: "user" })).toBe("unsigned");
    expect(await codeOf(findKeyword(encrypted, "Party", { password: "wrong" }))).toBe("document-encrypted");
    expect(await findKeyword(encrypted, "Party A", { password: "user" })).toHaveLength(1);
    const file = await sealed(encrypted, { password: "user" });
    expect(await verdictOf(file, { password: "user" })).toBe("passed");
  });

  it("is refused beyond the limit, before it is read", async () => {
    const fileOf = (size: number) => Object.defineProperty(new Blob(["too short"]), "size", { value: size });
    expect(await codeOf(verifyPdf(fileOf(MAX_PDF_BYTES + 1)))).toBe("document-too-large");
    expect(await codeOf(prepareSeal(fileOf(MAX_PDF_BYTES + 1), seal))).toBe("document-too-large");
    expect((await verifyPdf(fileOf(MAX_PDF_BYTES))).document.verdict).toBe("unreadable");
  });
});

describe("findKeyword", () => {
  it("finds all, or on some pages", async () => {
    const hits = await findKeyword(contract, "PartyA");
    expect(hits.map(({ page, occurrence }) => [page, occurrence])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    const [left, bottom, right, top] = hits[0]?.rect ?? [];
    expect(left).toBeCloseTo(60, 0);
    expect(bottom).toBeLessThan(700);
    expect(top).toBeGreaterThan(700);
    expect(right).toBeGreaterThan(100);
    expect(await findKeyword(contract, "Party A", { pages: "2,-1" })).toHaveLength(2);
  });
});

describe("refusals", () => {
  const at = (pages: string, x: number, y = 100) => ({ type: "at", pages, x, y, width: 80, height: 80 }) as const;
  const field = (value: string) => [
    "<</Fields[5 0 R]>>",
    `<</Type/Annot/Subtype/Widget/FT/${value}/T(Taken)/Rect[0 0 0 0]>>`,
  ];
  /** The signer's, with a credit code whose check character does not fit. */
  const wrongCode = Buffer.from(Buffer.from(der(signer)).toString("latin1").replace("TH68", "TH69"), "latin1");
  const form = (objects: readonly string[]) => makePdf({ catalog: "/AcroForm 4 0 R", objects });
  const tooManyBytes = new Uint8Array(1024 * 1024 + 1);
  tooManyBytes.set(png);
  /** A JPEG of 4,097 by 1 pixels, as far as its size. */
  const tooManyPixels = Uint8Array.of(255, 216, 255, 192, 0, 11, 8, 0, 1, 16, 1, 1, 1, 17, 0, 255, 218, 0, 2, 255, 217);

  it.each<[string, Uint8Array, Partial<PrepareSealOptions>]>([
    ["pages-invalid", contract, { places: [at("7", 100)] }],
    ["pages-invalid", contract, { places: [at("one", 100)] }],
    ["seal-off-page", contract, { places: [at("1", 2000)] }],
    ["seal-request-invalid", contract, { places: [at("1", 100)].map((place) => ({ ...place, width: -1 })) }],
    ["keyword-not-found", contract, { places: [{ type: "keyword", word: "Party Z" }] }],
    ["keyword-not-found", contract, { places: [{ type: "keyword", word: "Party A", occurrence: 9 }] }],
    ["no-text-layer", makePdf(), { places: [{ type: "keyword", word: "Party A" }] }],
    ["single-page", makePdf(), { picture: png, places: [{ type: "cross-page", side: "left" }] }],
    ["picture-invalid", contract, { picture: png.subarray(0, 30), places: [at("1", 100)] }],
    ["picture-invalid", contract, { picture: new Uint8Array(9), places: [at("1", 100)] }],
    ["picture-too-large", contract, { picture: tooManyBytes, places: [at("1", 100)] }],
    ["picture-too-large", contract, { picture: tooManyPixels, places: [at("1", 100)] }],
    ["text-not-latin", contract, { text: "印章", places: [at("1", 100)] }],
    ["field-not-empty", form(field("Sig/V<</Type/Sig>>")), { field: "Taken" }],
    ["field-exists", form(field("Tx")), { field: "Taken" }],
    ["field-constraints", form(field("Sig/SV<</Ff 8/Reasons[(agreed)]>>")), { field: "Taken", reason: "other" }],
    ["field-constraints", form(field("Sig/SV<</Ff 1/Filter/Other>>")), { field: "Taken" }],
    ["field-locked", form(field("Sig/Ff 1")), { field: "Taken" }],
    ["form-xfa", form(["<</Fields[]/XFA[]>>"]), {}],
    ["form-invalid", form(["<</Fields 7>>"]), {}],
    ["document-damaged", contract.subarray(0, 100), {}],
    ["document-hybrid", makePdf({ hybrid: true }), {}],
    ["document-encrypted", encrypted, {}],
    ["certificate-untrusted", contract, { certificate: wrongCode }],
    ["malformed", contract, { certificate: new Uint8Array([0x30, 0]) }],
    ["malformed", contract, { certificate: "-----BEGIN NOTHING-----" }],
    ["malformed", contract, { chain: [new Uint8Array([1, 2, 3])] }],
    ["malformed", contract, { time: new Date(Number.NaN) }],
  ])("%s", async (code, pdf, options) => {
    expect(await codeOf(prepareSeal(pdf, { ...seal, text: "Party A", ...options }))).toBe(code);
    expect(await verdictOf(await sealed()), "the instance goes on working").toBe("passed");
  });

  it("of a field that an earlier signature locks, while others may be signed", async () => {
    const empty = (name: string) => `<</Type/Annot/Subtype/Widget/FT/Sig/T(${name})/Rect[0 0 0 0]/P 7 0 R>>`;
    const prepared = form(["<</Fields[5 0 R 6 0 R]>>", empty("Buyer"), empty("Seller")]);
    const locked = await sealed(prepared, { field: "Seller", lock: ["Buyer"] });
    expect(await codeOf(prepareSeal(locked, { ...seal, field: "Buyer" }))).toBe("field-locked");
    expect(await verdictOf(await sealed(locked, { field: "Third" }))).toBe("passed");
  });

  it("of later certification and of trust that is none", async () => {
    const file = await sealed();
    expect(await codeOf(prepareSeal(file, { ...seal, certify: "fill" }))).toBe("certification-not-first");
    expect(await codeOf(verifyPdf(file, { trust: ["-----BEGIN NOTHING-----"] }))).toBe("malformed");
    expect(await codeOf(verifyPdf(file, { crls: [new Uint8Array([1])] }))).toBe("malformed");
  });
});

describe("finishSeal", () => {
  it("refuses a signature that is not the key's, and takes the right one after it", async () => {
    const prepared = await prepareSeal(contract, seal);
    const wrong = signed(new Uint8Array([1, 2, 3]));
    expect(await codeOf(finishSeal(prepared, { signature: wrong }))).toBe("assertion-invalid");
    expect(await codeOf(finishSeal(prepared, { signature: new Uint8Array(63) }))).toBe("assertion-invalid");
    const file = await finishSeal(prepared, { signature: signed(prepared.toBeSigned) });
    expect(await verdictOf(file)).toBe("passed");
  });

  it("asks for a time stamp, and goes without it when the authority fails", async () => {
    const prepared = await prepareSeal(contract, { ...seal, timestamp: true });
    const signature = signed(prepared.toBeSigned);
    const asked = vi.fn(async (_request: Uint8Array) => new Uint8Array([0x30, 3, 2, 1, 2]));
    expect(await codeOf(finishSeal(prepared, { signature, timestamp: asked }))).toBe("malformed");
    expect(asked.mock.calls[0]?.[0]?.[0], "DER of a sequence").toBe(0x30);
    const down = new Error("authority is down");
    await expect(finishSeal(prepared, { signature, timestamp: () => Promise.reject(down) })).rejects.toBe(down);
    expect(await verdictOf(await finishSeal(prepared, { signature }))).toBe("passed");
  });

  it("works once; an abort and dispose end it; dispose may be repeated", async () => {
    const finished = await prepareSeal(contract, seal);
    const signature = signed(finished.toBeSigned);
    await finishSeal(finished, { signature });
    expect(await codeOf(finishSeal(finished, { signature }))).toBe("cancelled");

    const disposed = await prepareSeal(contract, seal);
    disposed.dispose();
    disposed.dispose();
    expect(await codeOf(finishSeal(disposed, { signature: signed(disposed.toBeSigned) }))).toBe("cancelled");

    const aborted = await prepareSeal(contract, seal);
    const reason = new Error("changed my mind");
    const signal = AbortSignal.abort(reason);
    const again = { signature: signed(aborted.toBeSigned) };
    await expect(finishSeal(aborted, { ...again, signal })).rejects.toBe(reason);
    expect(await codeOf(finishSeal(aborted, again))).toBe("cancelled");
  });

  it("is ended by an abort while the authority does not answer", async () => {
    const prepared = await prepareSeal(contract, { ...seal, timestamp: true });
    const signature = signed(prepared.toBeSigned);
    const stop = new AbortController();
    const reason = new Error("too slow");
    const timestamp = () => {
      setImmediate(() => stop.abort(reason));
      return new Promise<Uint8Array>(() => undefined);
    };
    await expect(finishSeal(prepared, { signature, timestamp, signal: stop.signal })).rejects.toBe(reason);
    expect(await codeOf(finishSeal(prepared, { signature }))).toBe("cancelled");
  });

  it("bears dispose and a second call while the authority is asked", async () => {
    const prepared = await prepareSeal(contract, { ...seal, timestamp: true });
    const signature = signed(prepared.toBeSigned);
    const timestamp = async (): Promise<Uint8Array> => {
      expect(await codeOf(finishSeal(prepared, { signature }))).toBe("cancelled");
      prepared.dispose();
      return new Uint8Array(0);
    };
    expect(await codeOf(finishSeal(prepared, { signature, timestamp }))).toBe("cancelled");
    expect(await codeOf(finishSeal(prepared, { signature }))).toBe("cancelled");
  });

  it("is not fooled by a document that was changed meanwhile", async () => {
    const mine = contract.slice();
    const prepared = await prepareSeal(mine, seal);
    mine[60] = (mine[60] ?? 0) ^ 1;
    const file = finishSeal(prepared, { signature: signed(prepared.toBeSigned) });
    // What is given out would carry a signature over the bytes as they were.
    await expect(file.then((bytes) => verdictOf(bytes))).resolves.not.toBe("passed");
  });
});

describe("while it works", () => {
  const works: [string, (options: object) => Promise<unknown>][] = [
    ["verifyPdf", (options) => verifyPdf(large, { ...trust, fileDigest: true, ...options })],
    ["prepareSeal", (options) => prepareSeal(large, { ...seal, ...options }).then((prepared) => prepared.dispose())],
    ["findKeyword", (options) => findKeyword(contract, "Party", options)],
  ];

  it.each(works)("%s tells progress that never goes back and ends at the end", async (_, work) => {
    const told: PdfProgress[] = [];
    await work({ onProgress: (progress: PdfProgress) => told.push(progress) });
    const done = told.map((progress) => progress.done);
    expect(done).toEqual([...done].sort((left, right) => left - right));
    expect(new Set(done).size).toBe(done.length);
    expect(new Set(told.map(({ total }) => total)).size).toBe(1);
    expect(done.at(-1)).toBe(told[0]?.total);
  });

  it.each(works)("%s does not begin when aborted before", async (_, work) => {
    const reason = new Error("too late");
    const onProgress = vi.fn();
    await expect(work({ signal: AbortSignal.abort(reason), onProgress })).rejects.toBe(reason);
    expect(onProgress).not.toHaveBeenCalled();
  });

  it.each(["reading", "hashing", "checking"])("verifyPdf stops when aborted while %s", async (phase) => {
    const stop = new AbortController();
    const reason = new Error(`while ${phase}`);
    const told: PdfProgress[] = [];
    const onProgress = (progress: PdfProgress) => {
      told.push(progress);
      if (progress.phase === phase) stop.abort(reason);
    };
    await expect(verifyPdf(large, { fileDigest: true, signal: stop.signal, onProgress })).rejects.toBe(reason);
    expect(told.filter((progress) => progress.phase === phase)).toHaveLength(1);
  });

  it("verifyPdf stops when aborted by a timer, since it lets others have their turn", async () => {
    const stop = new AbortController();
    setImmediate(() => stop.abort());
    await expect(verifyPdf(large, { fileDigest: true, signal: stop.signal })).rejects.toThrow(/abort/i);
  });

  it("an error of the callback is not taken for a damaged file", async () => {
    const bug = new Error("bug in the page");
    let thrown = false;
    const onProgress = ({ phase }: PdfProgress) => {
      if (phase !== "checking" || thrown) return;
      thrown = true;
      throw bug;
    };
    await expect(verifyPdf(large, { ...trust, onProgress })).rejects.toBe(bug);
  });

  it("several go on at once", async () => {
    const file = await sealed(large);
    const all = await Promise.all([verdictOf(file), verdictOf(contract), sealed(), verdictOf(file), verdictOf(file)]);
    expect([all[0], all[1], all[3], all[4]]).toEqual(["passed", "unsigned", "passed", "passed"]);
  });
});

describe("a fault of the instance", () => {
  it("is an internal error; the next call has a fresh one, and what the old one held is refused", async () => {
    const before: PreparedSeal = await prepareSeal(contract, seal);
    const fault = vi.spyOn(sealGlue.Sealing.prototype, "description").mockImplementation(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    expect(await codeOf(prepareSeal(contract, seal))).toBe("internal");
    fault.mockRestore();
    expect(sealGlue.__wbg_reset_state).toHaveBeenCalledTimes(1);
    expect(verifyGlue.__wbg_reset_state, "the other module lives on").not.toHaveBeenCalled();
    expect(await codeOf(finishSeal(before, { signature: signed(before.toBeSigned) }))).toBe("internal");
    before.dispose();
    expect(await verdictOf(await sealed())).toBe("passed");
    expect(sealGlue.__wbg_reset_state, "no refusal is taken for a fault").toHaveBeenCalledTimes(1);
  });
});

describe("an input of another type", () => {
  it("is refused by name, wherever it is", async () => {
    const refused = async (options: object) => {
      const error = await prepareSeal(contract, { ...seal, ...options } as PrepareSealOptions).catch((error) => error);
      return error instanceof ScanSealError && error.code === "malformed" ? error.detail : error;
    };
    const at = { type: "at", pages: "1", x: 10, y: 10 };
    for (const [options, detail] of [
      [{ reason: 7 }, "reason must be a text"],
      [{ pictureWidth: Number.NaN }, "pictureWidth must be a number"],
      [{ certify: "everything" }, "certify must be none, fill or annotate"],
      [{ lock: [1] }, "lock must be a list of texts"],
      [{ time: new Date(Number.NaN) }, "time must be a Date"],
      [{ places: "1" }, "places must be a list"],
      [{ places: [undefined] }, "must be an object"],
      [{ places: [{ ...at, type: "round" }] }, "type must be at, keyword or cross-page"],
      [{ places: [{ ...at, x: "10" }] }, "x must be a number"],
      [{ places: [{ ...at, y: undefined }] }, "y is missing"],
      [{ places: [{ type: "keyword", word: "Party A", occurrence: 1.5 }] }, "occurrence must be a whole number"],
      [{ places: [{ type: "keyword", word: "Party A", occurrence: "some" }] }, "occurrence must be a number"],
      [{ places: [{ type: "cross-page", side: "inside" }] }, "side must be left, right, top or bottom"],
      [{ places: [{ type: "cross-page", side: "left", group: -1 }] }, "group must be a whole number"],
    ] as const) {
      expect(await refused(options)).toContain(detail);
    }
    expect(await codeOf(verifyPdf(contract, { trust: [7 as unknown as string] }))).toBe("malformed");
    expect(await codeOf(findKeyword(contract, 7 as unknown as string))).toBe("malformed");
  });
});
