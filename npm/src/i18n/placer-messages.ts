// The words of `<scanseal-placer>`, one catalogue a language. A key that a catalogue lacks does not compile.

import type { Locale } from "../error-text.js";
import { placerEn } from "./placer-en.js";
import { placerZhHans } from "./placer-zh-hans.js";

/** All words that the element shows or speaks. */
export interface PlacerMessages {
  readonly label: string;
  readonly toolbar: string;
  readonly thumbnails: string;
  readonly document: string;
  readonly previousPage: string;
  readonly nextPage: string;
  readonly pageNumber: string;
  readonly ofPages: (count: number) => string;
  readonly page: (page: number) => string;
  readonly pageWithSeals: (page: number, seals: number) => string;
  readonly zoomOut: string;
  readonly zoomIn: string;
  readonly actualSize: string;
  readonly fitWidth: string;
  readonly undo: string;
  readonly redo: string;
  readonly panel: string;
  readonly showPanel: (count: number) => string;
  readonly close: string;
  readonly addSeal: string;
  readonly dragHint: string;
  readonly sealSize: (width: number, height: number) => string;
  readonly seals: string;
  readonly noSeals: string;
  readonly noSealsAdvice: string;
  readonly remove: string;
  readonly seal: string;
  readonly movable: string;
  readonly sealKeys: string;
  readonly sealAt: (page: number, left: number, bottom: number) => string;
  readonly distances: (left: number, bottom: number) => string;
  readonly onPages: (pages: string) => string;
  readonly fromLeft: string;
  readonly fromBottom: string;
  readonly pages: string;
  readonly pagesHint: string;
  readonly millimetres: string;
  readonly keywordTitle: string;
  readonly keywordHint: string;
  readonly keywordSeal: (word: string) => string;
  readonly keywordOccurrence: (page: number, occurrence: number) => string;
  readonly keywordEverywhere: string;
  readonly search: string;
  readonly searchField: string;
  readonly searching: (word: string) => string;
  readonly hits: (count: number) => string;
  readonly hitsOf: (word: string, count: number) => string;
  readonly place: string;
  readonly placeEverywhere: (count: number) => string;
  readonly clearSearch: string;
  readonly crossTitle: string;
  readonly crossHint: string;
  readonly crossSeal: (side: string) => string;
  readonly crossSlice: (slice: number, count: number) => string;
  readonly addCross: string;
  readonly side: string;
  readonly sides: Readonly<Record<"left" | "right" | "top" | "bottom", string>>;
  readonly offset: string;
  readonly allPages: string;
  readonly group: string;
  readonly groupAll: string;
  readonly opening: string;
  readonly openingPages: (done: number, count: number) => string;
  readonly noFile: string;
  readonly noFileAdvice: string;
  readonly passwordTitle: string;
  readonly passwordAdvice: string;
  readonly password: string;
  readonly passwordWrong: string;
  readonly open: string;
  readonly pageFailed: string;
  readonly said: {
    readonly ready: (pages: number) => string;
    readonly added: (page: number) => string;
    readonly moved: (page: number, left: number, bottom: number) => string;
    readonly edge: string;
    readonly snapped: (word: string) => string;
    readonly removed: string;
    readonly crossAdded: (pages: number) => string;
    readonly crossMoved: (percent: number) => string;
    readonly undone: string;
    readonly redone: string;
    readonly atPage: (page: number, count: number) => string;
    readonly zoom: (percent: number) => string;
  };
}

const CATALOGUES: Readonly<Record<Locale, PlacerMessages>> = { en: placerEn, "zh-Hans": placerZhHans };

/** The catalogue of a language. */
export function placerMessagesFor(locale: Locale): PlacerMessages {
  return CATALOGUES[locale];
}
