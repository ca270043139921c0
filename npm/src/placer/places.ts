// What people do to places: each takes a list and gives another. Pure.

import type { SealPlace } from "../pdf/options.js";
import type { Frame, ViewerPage } from "../viewer/page.js";
import { offsetOf, type Side } from "./cross-page.js";
import { centreOf, clampToPage, type Point, rounded, type Size } from "./geometry.js";
import type { Impression, ShownHit } from "./impressions.js";
import { pagesOf } from "./page-range.js";

type Places = readonly SealPlace[];
type CrossPage = Extract<SealPlace, { type: "cross-page" }>;

/** A seal at a place of one page. */
export function addAt(places: Places, page: number, { x, y }: Point): Places {
  return [...places, { type: "at", pages: String(page), x: rounded(x), y: rounded(y) }];
}

/** A seal on a keyword; near an edge it is moved so that it lies on the page. */
export function addKeyword(places: Places, hit: ShownHit, frame: Frame, page: Size): Places {
  return [...places, keywordPlace(hit, frame, page)];
}

/** A seal on every place where a word stands. */
export function addEveryKeyword(places: Places, word: string): Places {
  return [...places, { type: "keyword", word, occurrence: "all" }];
}

/** A seal across all pages. */
export function addCrossPage(places: Places, side: Side): Places {
  return [...places, { type: "cross-page", side, offset: 0.5 }];
}

/** Without one of them. */
export function remove(places: Places, index: number): Places {
  return places.filter((_, at) => at !== index);
}

/** With other facts of a cross-page seal. */
export function changeCrossPage(places: Places, index: number, change: Partial<CrossPage>): Places {
  return places.map((place, at) => (at === index && place.type === "cross-page" ? { ...place, ...change } : place));
}

/** With another number of pages to a seal; `undefined` is all of them. */
export function changeGroup(places: Places, index: number, group: number | undefined): Places {
  return places.map((place, at) => {
    if (at !== index || place.type !== "cross-page") return place;
    const { group: _group, ...rest } = place;
    return group === undefined ? rest : { ...rest, group };
  });
}

/** With other pages; `undefined` is all of them, where that is allowed. */
export function changePages(places: Places, index: number, range: string | undefined): Places {
  return places.map((place, at) => {
    if (at !== index) return place;
    if (place.type === "at") return range === undefined ? place : { ...place, pages: range };
    const { pages: _pages, ...rest } = place;
    return range === undefined ? rest : { ...rest, pages: range };
  });
}

/** Puts one of a place's impressions elsewhere, onto another page too. What lies on several pages moves on all of them. */
export function moveTo(
  places: Places,
  impression: Impression,
  page: number,
  target: Frame,
  pages: readonly ViewerPage[],
): Places {
  const size = pages[page - 1];
  if (size === undefined) return places;
  const frame = impression.slice === undefined ? clampToPage(target, size) : target;
  return places.map((place, index) =>
    index === impression.place ? moved(place, impression, page, frame, size, pages) : place,
  );
}

/** Binds a place to a keyword: it stands there from now on, even if the text moves. */
export function snapTo(places: Places, index: number, hit: ShownHit, frame: Frame, page: Size): Places {
  return places.map((place, at) => {
    if (at !== index || place.type === "cross-page") return place;
    return { ...keywordPlace(hit, frame, page), ...sizeOf(place) };
  });
}

function moved(
  place: SealPlace,
  impression: Impression,
  page: number,
  frame: Frame,
  size: Size,
  pages: readonly ViewerPage[],
): SealPlace {
  switch (place.type) {
    case "at": {
      const several = (pagesOf(place.pages, pages.length)?.length ?? 0) > 1;
      return { ...place, x: rounded(frame.x), y: rounded(frame.y), ...(several ? {} : { pages: String(page) }) };
    }
    case "keyword": {
      if (page !== impression.page || impression.anchor === undefined) {
        // Away from its keyword, onto another page: it stays where it was put.
        const { x, y } = frame;
        return { type: "at", pages: String(page), x: rounded(x), y: rounded(y), ...sizeOf(place) };
      }
      return { ...place, ...offsets(frame, impression.anchor) };
    }
    case "cross-page":
      return { ...place, offset: offsetOf(frame, place.side, size) };
  }
}

function keywordPlace({ word, occurrence, centre }: ShownHit, { width, height }: Frame, page: Size): SealPlace {
  const wanted = { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
  const frame = clampToPage(wanted, page);
  const away = Math.abs(frame.x - wanted.x) + Math.abs(frame.y - wanted.y) > 0.005;
  return { type: "keyword", word, occurrence, ...(away ? offsets(frame, centre) : {}) };
}

function offsets(frame: Frame, anchor: Point): { dx: number; dy: number } {
  const centre = centreOf(frame);
  return { dx: rounded(centre.x - anchor.x), dy: rounded(centre.y - anchor.y) };
}

function sizeOf(place: { readonly width?: number; readonly height?: number }): { width?: number; height?: number } {
  return {
    ...(place.width !== undefined && { width: place.width }),
    ...(place.height !== undefined && { height: place.height }),
  };
}
