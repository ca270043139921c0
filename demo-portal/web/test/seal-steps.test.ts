import type { ScanState } from "scanseal";
import type { DocumentLayout, DocumentWork } from "scanseal/pdf";
import { describe, expect, test } from "vitest";
import { misfit, pagesExist, sealWords } from "../src/contracts/placing";
import { afterState, afterWork, begun, type SealProgress } from "../src/contracts/seal-steps";
import { WatchedWork, type WorkEvent } from "../src/contracts/watched-work";

const phone = { phone: { app: "ScanSeal", device: "Redmi" }, checkNumber: "1234", phoneAway: false };
const state = (name: string): ScanState =>
  ({ state: name, expiresAt: 0, reconnecting: false, ...phone }) as unknown as ScanState;

function through(events: (string | WorkEvent)[], total = 2): SealProgress[] {
  let progress = begun(total);
  return events.map((event) => {
    progress = typeof event === "string" ? afterState(progress, state(event)) : afterWork(progress, event);
    return progress;
  });
}

describe("the steps of a sealing", () => {
  test("go from the scan to done", () => {
    const seen = through([
      "waiting",
      "scanned",
      "reviewing",
      "choosing-certificate",
      { what: "chosen" },
      { what: "prepared", count: 1 },
      { what: "prepared", count: 2 },
      { what: "fetched", share: 0.5 },
      "entering-pin",
      "signing",
      "submitting",
      { what: "finished", count: 1 },
      "done",
    ]);
    expect(seen.map(({ step }) => step)).toEqual([
      "scan",
      "choose",
      "choose",
      "choose",
      "prepare",
      "prepare",
      "check",
      "check",
      "sign",
      "sign",
      "upload",
      "upload",
      "done",
    ]);
    expect(seen.at(7)?.fetched).toBe(0.5);
    expect(seen.at(1)?.phone).toBe("Redmi");
  });

  test("never go back while one phone is at it", () => {
    const seen = through([
      "scanned",
      { what: "chosen" },
      "reviewing",
      { what: "prepared", count: 2 },
      "choosing-certificate",
    ]);
    expect(seen.at(-1)?.step).toBe("check");
  });

  test("begin anew when the phone is sent away", () => {
    const seen = through(["scanned", { what: "chosen" }, { what: "prepared", count: 2 }, "waiting", "scanned"]);
    expect(seen.at(-2)).toEqual(begun(2));
    expect(seen.at(-1)?.step).toBe("choose");
  });

  test("stay where they were when it fails", () => {
    expect(through(["scanned", "failed"]).at(-1)?.step).toBe("choose");
  });
});

describe("the watched documents", () => {
  const layout = {} as DocumentLayout;
  const fake: DocumentWork = {
    count: 2,
    prepare: async (document) => {
      if (document === 1) throw new Error("keyword-not-found");
      return layout;
    },
    read: async (_document, _part, _from, length) => new Uint8Array(length),
    finish: async () => new Uint8Array(1),
    dispose: () => undefined,
  };
  const { signal } = new AbortController();

  test("tell of the phone's seal and of each document, also of one that cannot be laid out", async () => {
    const events: WorkEvent[] = [];
    const work = new WatchedWork(fake, [300, 100], (event) => events.push(event));
    const choice = { certificates: "", seal: new Uint8Array([7]) };
    expect(await work.prepare(0, choice, signal)).toBe(layout);
    await expect(work.prepare(1, choice, signal)).rejects.toThrow("keyword-not-found");
    expect(work.seal).toEqual(new Uint8Array([7]));
    expect(events).toEqual([{ what: "chosen" }, { what: "prepared", count: 1 }, { what: "prepared", count: 2 }]);
  });

  test("are not laid out without a seal: the phone learns that before the PIN", async () => {
    const work = new WatchedWork(fake, [300, 100], () => undefined);
    const choice = { certificates: "", seal: new Uint8Array() };
    await expect(work.prepare(0, choice, signal)).rejects.toMatchObject({ code: "seal-not-yours" });
  });

  test("count what the phone fetches of the originals, once", async () => {
    const shares: number[] = [];
    const work = new WatchedWork(fake, [300, 100], (event) => event.what === "fetched" && shares.push(event.share));
    await work.read(0, "original", 0, 100);
    await work.read(0, "original", 0, 100);
    await work.read(0, "appended", 0, 1000);
    await work.read(0, "original", 100, 200);
    await work.read(1, "original", 0, 100);
    expect(shares).toEqual([0.25, 0.25, 0.75, 1]);
  });
});

describe("the same places for several documents", () => {
  const document = (pages: number, words: string[], text = true) => ({
    pages,
    has: async (word: string) => (text ? words.includes(word) : ("no-text-layer" as const)),
  });
  const keyword = { type: "keyword", word: "甲方（盖章）" } as const;

  test.each([
    ["1", 1, true],
    ["2", 1, false],
    ["-1", 1, true],
    ["-2", 1, false],
    ["1-3,5,-1", 5, true],
    ["1-3,6", 5, false],
    ["2--1", 3, true],
    ["0", 3, false],
    ["", 3, false],
  ])("pages %s of %i: %s", (range, pages, there) => expect(pagesExist(range, pages)).toBe(there));

  test("fit, or it is told why not", async () => {
    expect(await misfit([keyword, { type: "cross-page", side: "right" }], document(2, [keyword.word]))).toBeNull();
    expect(await misfit([keyword], document(2, []))).toBe("keyword-not-found");
    expect(await misfit([keyword], document(2, [], false))).toBe("no-text-layer");
    expect(await misfit([{ type: "cross-page", side: "right" }], document(1, []))).toBe("single-page");
    expect(await misfit([{ type: "at", pages: "6", x: 0, y: 0 }], document(3, []))).toBe("pages-invalid");
  });

  test("the words of one side are not those of the other", () => {
    expect(sealWords(true)[0]).toBe("甲方（盖章）");
    expect(sealWords(false).some((word) => sealWords(true).includes(word))).toBe(false);
  });
});
