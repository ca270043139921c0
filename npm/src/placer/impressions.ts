// Where places put the seal: one frame for each impression, or the reason why there is none. Pure.

import type { ScanSealErrorCode } from "../generated/error-codes.js";
import type { KeywordHit, SealPlace } from "../pdf/options.js";
import { type Frame, toShown, type ViewerPage } from "../viewer/page.js";
import { type Slice, sliceFrame, slicesOf } from "./cross-page.js";
import { centreOf, frameAround, impressionSize, isOnPage, type Point, type Size } from "./geometry.js";
import { pagesOf } from "./page-range.js";

/** Most that the engine makes for one signature. */
const MAX_IMPRESSIONS = 2000;

/** One picture of the seal. */
export interface Impression {
  /** Index of its place. */
  readonly place: number;
  /** From 1. */
  readonly page: number;
  readonly frame: Frame;
  /** Which part of the seal is shown, if not all of it. */
  readonly slice?: Slice;
  /** Middle of the keyword that it belongs to. */
  readonly anchor?: Point;
  /** It does not lie on the page, and would be refused. */
  readonly offPage: boolean;
}

/** What is known of the document and the seal. */
export interface Surroundings {
  readonly pages: readonly ViewerPage[];
  readonly seal: Size;
  /** Where a word stands, or why that cannot be told; undefined as long as it is not known. */
  readonly hits: (word: string) => readonly KeywordHit[] | ScanSealErrorCode | undefined;
}

/** All impressions, and which places have what trouble. */
export interface Outcome {
  readonly impressions: readonly Impression[];
  readonly byPage: ReadonlyMap<number, readonly Impression[]>;
  /** By the index of the place. */
  readonly problems: ReadonlyMap<number, ScanSealErrorCode>;
}

/** A hit as it is seen. */
export interface ShownHit {
  readonly word: string;
  readonly page: number;
  readonly occurrence: number;
  readonly frame: Frame;
  readonly centre: Point;
}

/** The impressions of these places. */
export function impressionsOf(places: readonly SealPlace[], surroundings: Surroundings): Outcome {
  const impressions: Impression[] = [];
  const problems = new Map<number, ScanSealErrorCode>();
  for (const [index, place] of places.entries()) {
    const made = impressionsOfPlace(place, index, surroundings);
    if (typeof made === "string") {
      problems.set(index, made);
      continue;
    }
    if (impressions.length + made.length > MAX_IMPRESSIONS) {
      problems.set(index, "seal-request-invalid");
      continue;
    }
    if (made.some((impression) => impression.offPage)) problems.set(index, "seal-off-page");
    impressions.push(...made);
  }
  const byPage = new Map<number, Impression[]>();
  for (const impression of impressions) {
    const others = byPage.get(impression.page);
    if (others === undefined) byPage.set(impression.page, [impression]);
    else others.push(impression);
  }
  return { impressions, byPage, problems };
}

/** Hits of a word as they are seen. */
export function shownHits(word: string, hits: readonly KeywordHit[], pages: readonly ViewerPage[]): ShownHit[] {
  const shown: ShownHit[] = [];
  for (const { page, occurrence, rect } of hits) {
    const size = pages[page - 1];
    if (size === undefined) continue;
    const frame = toShown(size, rect);
    shown.push({ word, page, occurrence, frame, centre: centreOf(frame) });
  }
  return shown;
}

type Made = Impression[] | ScanSealErrorCode;

function impressionsOfPlace(place: SealPlace, index: number, surroundings: Surroundings): Made {
  switch (place.type) {
    case "at":
      return atCoordinates(place, index, surroundings);
    case "keyword":
      return atKeyword(place, index, surroundings);
    case "cross-page":
      return acrossPages(place, index, surroundings);
  }
}

function atCoordinates(place: Extract<SealPlace, { type: "at" }>, index: number, { pages, seal }: Surroundings): Made {
  const numbers = pagesOf(place.pages, pages.length);
  if (numbers === undefined) return "pages-invalid";
  const size = impressionSize(seal, place.width, place.height);
  const frame = { x: place.x, y: place.y, ...size };
  return numbers.map((page) => impression(index, page, frame, pages));
}

function atKeyword(
  place: Extract<SealPlace, { type: "keyword" }>,
  index: number,
  { pages, seal, hits }: Surroundings,
): Made {
  const found = hits(place.word);
  // Still being looked for: nothing to show, and nothing wrong.
  if (found === undefined) return [];
  if (typeof found === "string") return found;
  const numbers = pagesOf(place.pages ?? "1--1", pages.length);
  if (numbers === undefined) return "pages-invalid";
  const chosen = chosenHits(place, shownHits(place.word, found, pages), numbers);
  if (chosen.length === 0) return "keyword-not-found";
  const size = impressionSize(seal, place.width, place.height);
  return chosen.map(({ page, centre }) => {
    const moved = { x: centre.x + (place.dx ?? 0), y: centre.y + (place.dy ?? 0) };
    return { ...impression(index, page, frameAround(moved, size), pages), anchor: centre };
  });
}

/** The engine counts the occurrences on the pages that it looks at. */
function chosenHits(
  { occurrence = 1 }: Extract<SealPlace, { type: "keyword" }>,
  hits: readonly ShownHit[],
  pages: readonly number[],
): readonly ShownHit[] {
  const looked = new Set(pages);
  const there = hits.filter(({ page }) => looked.has(page));
  if (occurrence === "all") return there;
  const hit = there[occurrence < 0 ? there.length + occurrence : occurrence - 1];
  return hit === undefined ? [] : [hit];
}

function acrossPages(
  place: Extract<SealPlace, { type: "cross-page" }>,
  index: number,
  { pages, seal }: Surroundings,
): Made {
  const { side, offset = 0.5 } = place;
  const numbers = pagesOf(place.pages ?? "1--1", pages.length);
  if (numbers === undefined) return "pages-invalid";
  if (numbers.length < 2) return "single-page";
  const slices = slicesOf(numbers, side, place.group);
  if (slices === undefined || !(offset >= 0 && offset <= 1)) return "seal-request-invalid";
  return [...slices].map(([page, slice]) => {
    const frame = sliceFrame(slice, side, offset, seal, pages[page - 1] ?? seal);
    return { ...impression(index, page, frame, pages), slice };
  });
}

function impression(place: number, page: number, frame: Frame, pages: readonly ViewerPage[]): Impression {
  const size = pages[page - 1];
  return { place, page, frame, offPage: size === undefined || !isOnPage(frame, size) };
}
