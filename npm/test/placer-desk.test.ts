import { describe, expect, it, vi } from "vitest";
import { ScanSealError } from "../src/errors.js";
import { placerEn } from "../src/i18n/placer-en.js";
import type { KeywordHit, SealPlace } from "../src/pdf/options.js";
import { Desk, type DeskHost } from "../src/placer/desk.js";
import { sealSize } from "../src/placer/geometry.js";
import type { Impression } from "../src/placer/impressions.js";
import { KeywordSearch } from "../src/placer/keyword-search.js";
import { viewerPage } from "../src/viewer/page.js";

const A4 = viewerPage([0, 0, 595, 842], 0, 1);
const SMALL = viewerPage([0, 0, 100, 100], 0, 1);
const MM = 72 / 25.4;
/** Middle of each hit: (120, 210) on page 1, (120, 820) on page 2, by the page's upper edge. */
const HITS: readonly KeywordHit[] = [
  { page: 1, rect: [70, 200, 170, 220], occurrence: 1 },
  { page: 2, rect: [70, 810, 170, 830], occurrence: 2 },
];

async function deskWith(places: readonly SealPlace[] = [], pages = [A4, A4, A4]) {
  const told = { places: undefined as readonly SealPlace[] | undefined, said: [] as string[], refused: [] as string[] };
  const host: DeskHost = {
    placesChanged: (changed) => {
      told.places = changed;
    },
    say: (text) => told.said.push(text),
    refuse: (code) => told.refused.push(code),
    redraw: () => undefined,
    messages: placerEn,
  };
  const find = vi.fn(async (_pdf: Blob, word: string) => {
    if (word === "scan") throw new ScanSealError("no-text-layer");
    return word === "seal here" ? HITS : [];
  });
  let desk: Desk | undefined;
  const search = new KeywordSearch(find, new Blob(), undefined, () => desk?.found());
  desk = new Desk(pages, search, host, places, sealSize(42));
  await vi.waitFor(() => undefined);
  return { desk, search, told, find };
}

function only(desk: Desk): Impression {
  const [impression, ...others] = desk.outcome.impressions;
  expect(others).toEqual([]);
  return impression as Impression;
}

describe("a seal at every place of a word", () => {
  it("is one place where all of them have room for it", async () => {
    const tall = viewerPage([0, 0, 595, 1000], 0, 1);
    const { desk, search, told } = await deskWith([], [tall, tall]);
    search.want("seal here");
    await vi.waitFor(() => expect(search.hits("seal here")).toHaveLength(2));
    expect(desk.addEverywhere("seal here")).toBe(true);
    expect(told.places).toEqual([{ type: "keyword", word: "seal here", occurrence: "all" }]);
  });

  it("is one for each where one would leave its page, and stays on it", async () => {
    const { desk, search, told } = await deskWith();
    search.want("seal here");
    await vi.waitFor(() => expect(search.hits("seal here")).toHaveLength(2));
    expect(desk.addEverywhere("seal here")).toBe(true);
    expect(told.places?.map((place) => place.type === "keyword" && place.occurrence)).toEqual([1, 2]);
    expect([...desk.outcome.problems]).toEqual([]);
    expect(desk.outcome.impressions.map(({ offPage }) => offPage)).toEqual([false, false]);
  });

  it("is refused where a page has no room at all", async () => {
    const { desk, search, told } = await deskWith([], [A4, SMALL]);
    search.want("seal here");
    await vi.waitFor(() => expect(search.hits("seal here")).toHaveLength(2));
    expect(desk.addEverywhere("seal here")).toBe(false);
    expect(told).toMatchObject({ refused: ["seal-off-page"], places: undefined });
  });
});

describe("a seal that is put on a page", () => {
  it("stands in its middle, and is chosen", async () => {
    const { desk, told } = await deskWith();
    expect(desk.add(2)).toBe(true);
    expect(told.places).toEqual([{ type: "at", pages: "2", x: 237.97, y: 361.47 }]);
    expect(desk.selected).toBe(0);
    expect(told.said).toEqual(["Seal placed on page 2"]);
  });

  it("does not hide the one before", async () => {
    const { desk } = await deskWith();
    desk.add(1);
    desk.add(1);
    const [first, second] = desk.outcome.impressions;
    expect(second?.frame.x).toBeCloseTo((first?.frame.x ?? 0) + 5 * MM, 1);
  });

  it("is refused where the page has no room for it", async () => {
    const { desk, told } = await deskWith([], [SMALL]);
    expect(desk.add(1)).toBe(false);
    expect(told.refused).toEqual(["seal-off-page"]);
    expect(told.places).toBeUndefined();
  });

  it("is moved by keys, and stops at the edge", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "1", x: 1, y: 100 }]);
    desk.nudge(only(desk), -MM, 0);
    expect(told.places).toEqual([{ type: "at", pages: "1", x: 0, y: 100 }]);
    desk.nudge(only(desk), -MM, 0);
    expect(told.said.at(-1)).toBe("At the edge of the page");
    desk.nudge(only(desk), 0, 10 * MM);
    expect(told.places).toEqual([{ type: "at", pages: "1", x: 0, y: 128.35 }]);
  });

  it("is taken to another page, as long as there is one", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "2", x: 10, y: 20 }]);
    expect(desk.turnTo(only(desk), 3)).toBe(3);
    expect(told.places).toEqual([{ type: "at", pages: "3", x: 10, y: 20 }]);
    expect(desk.turnTo(only(desk), 4)).toBeUndefined();
  });

  it("on several pages is moved on all of them, and stays there", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "1-2", x: 10, y: 20 }]);
    const [first] = desk.outcome.impressions as [Impression];
    expect(desk.turnTo(first, 3)).toBeUndefined();
    desk.nudge(first, 5, 5);
    expect(told.places).toEqual([{ type: "at", pages: "1-2", x: 15, y: 25 }]);
  });

  it("that lies off the page is told to be so", async () => {
    const { desk } = await deskWith([{ type: "at", pages: "1", x: 580, y: 20 }]);
    expect(desk.outcome.problems.get(0)).toBe("seal-off-page");
    expect(only(desk).offPage).toBe(true);
  });

  it("keeps its pages when what is typed is no range", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "1", x: 0, y: 0 }]);
    expect(desk.changePages(0, "9")).toBe(false);
    expect(told.places).toBeUndefined();
    expect(desk.changePages(0, "1，3")).toBe(true);
    expect(told.places).toEqual([{ type: "at", pages: "1,3", x: 0, y: 0 }]);
  });
});

describe("a seal at a keyword", () => {
  it("stands on the middle of the word", async () => {
    const { desk } = await deskWith([{ type: "keyword", word: "seal here" }]);
    const { width, height } = sealSize(42);
    await vi.waitFor(() => expect(desk.outcome.impressions).toHaveLength(1));
    expect(only(desk).frame).toEqual({ x: 120 - width / 2, y: 210 - height / 2, width, height });
  });

  it.each([
    ["all", [1, 2]],
    [2, [2]],
    [-1, [2]],
    [3, []],
  ] as const)("of occurrence %s is on the pages %j", async (occurrence, pages) => {
    const { desk, search } = await deskWith([{ type: "keyword", word: "seal here", occurrence: occurrence as number }]);
    await vi.waitFor(() => expect(search.outcome("seal here")).toBeDefined());
    expect(desk.outcome.impressions.map(({ page }) => page)).toEqual(pages);
    if (pages.length === 0) expect(desk.outcome.problems.get(0)).toBe("keyword-not-found");
  });

  it("is made by a drag near it, and bound to it", async () => {
    const { desk, search, told } = await deskWith();
    search.want("seal here");
    await vi.waitFor(() => expect(search.outcome("seal here")).toBeDefined());
    const target = { x: 125 - desk.seal.width / 2, y: 205 - desk.seal.height / 2, ...desk.seal };
    expect(desk.drag(undefined, 1, target, 10)?.word).toBe("seal here");
    desk.drop(true);
    expect(told.places).toEqual([{ type: "keyword", word: "seal here", occurrence: 1 }]);
  });

  it("near an edge is moved onto the page", async () => {
    const { desk, search, told } = await deskWith();
    search.want("seal here");
    await vi.waitFor(() => expect(search.outcome("seal here")).toBeDefined());
    const [hit] = desk.hitsOn(2);
    if (hit) desk.addOnHit(hit);
    const place = told.places?.[0];
    expect(place).toMatchObject({ type: "keyword", occurrence: 2, dx: 0 });
    expect(only(desk).offPage).toBe(false);
  });

  it("that is moved stays bound to it, by a distance", async () => {
    const { desk, told } = await deskWith([{ type: "keyword", word: "seal here" }]);
    await vi.waitFor(() => expect(desk.outcome.impressions).toHaveLength(1));
    desk.nudge(only(desk), 10, -20);
    expect(told.places).toEqual([{ type: "keyword", word: "seal here", dx: 10, dy: -20 }]);
  });

  it("that is put on another page is bound no more", async () => {
    const { desk, told } = await deskWith([{ type: "keyword", word: "seal here" }]);
    await vi.waitFor(() => expect(desk.outcome.impressions).toHaveLength(1));
    desk.drag(only(desk), 3, { x: 50, y: 60, ...desk.seal }, 10);
    desk.drop(true);
    expect(told.places).toEqual([{ type: "at", pages: "3", x: 50, y: 60 }]);
  });

  it("says why it is not there in a scan", async () => {
    const { desk, search } = await deskWith([{ type: "keyword", word: "scan" }]);
    await vi.waitFor(() => expect(search.known("scan")).toEqual({ state: "failed", code: "no-text-layer" }));
    expect(desk.outcome.problems.get(0)).toBe("no-text-layer");
  });

  it("is looked for once", async () => {
    const { search, find } = await deskWith();
    search.want("seal here");
    search.want("seal here");
    await vi.waitFor(() => expect(search.foundWords).toEqual(["seal here"]));
    expect(find).toHaveBeenCalledTimes(1);
  });
});

describe("a keyword at the edge of its page", () => {
  it("keeps its seal, moved onto the page", async () => {
    const { desk, search, told } = await deskWith([
      { type: "keyword", word: "seal here", occurrence: 1 },
      { type: "keyword", word: "seal here", occurrence: 2 },
    ]);
    await vi.waitFor(() => expect(search.hits("seal here")).toHaveLength(2));
    expect([...desk.outcome.problems]).toEqual([[1, "seal-off-page"]]);
    desk.bringOntoPages();
    expect([...desk.outcome.problems]).toEqual([]);
    // The middle of the seal is 21 mm below the page's upper edge, which is 22 points above the word's middle.
    const dy = Math.round((22 - 21 * MM) * 100) / 100;
    expect(told.places).toEqual([
      { type: "keyword", word: "seal here", occurrence: 1 },
      { type: "keyword", word: "seal here", occurrence: 2, dx: 0, dy },
    ]);
    told.places = undefined;
    desk.bringOntoPages();
    expect(told.places).toBeUndefined();
  });

  it("keeps it where it is if there is no room, and what was put at coordinates, too", async () => {
    const off: SealPlace = { type: "at", pages: "1", x: -20, y: 100 };
    const { desk, search, told } = await deskWith([{ type: "keyword", word: "seal here" }, off], [SMALL]);
    await vi.waitFor(() => expect(search.hits("seal here")).toHaveLength(2));
    desk.bringOntoPages();
    expect(told.places).toBeUndefined();
    expect([...desk.outcome.problems.values()]).toEqual(["seal-off-page", "seal-off-page"]);
  });
});

describe("a seal across pages", () => {
  it("has a slice on each, and is moved along the edge", async () => {
    const { desk, told } = await deskWith();
    expect(desk.addCrossPage("right")).toBe(true);
    expect(desk.outcome.impressions.map(({ page, slice }) => [page, slice?.index])).toEqual([
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
    const [first] = desk.outcome.impressions as [Impression];
    desk.nudge(first, 0, -1000);
    expect(told.places).toEqual([{ type: "cross-page", side: "right", offset: 1 }]);
    expect(told.said.at(-1)).toBe("Cross-page seal at 100 % of the edge");
  });

  it("needs two pages", async () => {
    const { desk, told } = await deskWith([], [A4]);
    expect(desk.addCrossPage("right")).toBe(false);
    expect(told.refused).toEqual(["single-page"]);
    const { desk: other } = await deskWith([{ type: "cross-page", side: "left", pages: "2" }]);
    expect(other.outcome.problems.get(0)).toBe("single-page");
  });
});

describe("what was done", () => {
  it("is undone and done again, a row of keys at once", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "1", x: 100, y: 100 }]);
    desk.select(0);
    for (let times = 0; times < 5; times += 1) desk.nudge(only(desk), 1, 0);
    expect(told.places?.[0]).toMatchObject({ x: 105 });
    desk.undo();
    expect(told.places?.[0]).toMatchObject({ x: 100 });
    expect(desk.canUndo).toBe(false);
    desk.redo();
    expect(told.places?.[0]).toMatchObject({ x: 105 });
    expect(desk.canRedo).toBe(false);
  });

  it("can be taken back after something was removed", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "1", x: 100, y: 100 }]);
    desk.remove(0);
    expect(told.places).toEqual([]);
    desk.undo();
    expect(told.places).toHaveLength(1);
  });

  it("is nothing when a drag is given up", async () => {
    const { desk, told } = await deskWith([{ type: "at", pages: "1", x: 100, y: 100 }]);
    desk.drag(only(desk), 1, { ...only(desk).frame, x: 300 }, 10);
    expect(only(desk).frame.x).toBe(300);
    desk.drop(false);
    expect(only(desk).frame.x).toBe(100);
    expect(told.places).toBeUndefined();
  });

  it("is nothing when a seal is dropped where it has no room", async () => {
    const { desk, told } = await deskWith([], [A4, SMALL]);
    desk.drag(undefined, 2, { x: 0, y: 0, ...desk.seal }, 10);
    expect(only(desk).offPage).toBe(true);
    desk.drop(true);
    expect([told.places, told.refused]).toEqual([undefined, ["seal-off-page"]]);
  });

  it("is forgotten when the host sets other places", async () => {
    const { desk } = await deskWith();
    desk.add(1);
    desk.reset([]);
    expect(desk.canUndo).toBe(false);
  });
});

describe("suggested words", () => {
  const search = (hits: Record<string, readonly KeywordHit[]>) =>
    new KeywordSearch(
      async (_, word) => hits[word] ?? [],
      new Blob(),
      undefined,
      () => undefined,
    );

  it("are offered all until each was looked for, and then those that are in the document", async () => {
    const found = search({ "seal here": HITS });
    found.want("seal here");
    await vi.waitFor(() => expect(found.hits("seal here")).toHaveLength(2));
    expect(found.offered(["sign here", "seal here"])).toEqual(["sign here", "seal here"]);
    found.want("sign here");
    await vi.waitFor(() => expect(found.outcome("sign here")).toEqual([]));
    expect(found.offered(["sign here", "seal here"])).toEqual(["seal here"]);
  });

  it("are offered all if none is in the document", async () => {
    const found = search({});
    for (const word of ["a", "b"]) found.want(word);
    await vi.waitFor(() => expect(found.outcome("b")).toEqual([]));
    expect(found.offered(["a", "b"])).toEqual(["a", "b"]);
  });
});
