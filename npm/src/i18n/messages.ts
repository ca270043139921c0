// The words of the element, one catalogue a language. A key that a catalogue lacks does not compile.

import type { Locale } from "../error-text.js";
import type { ScanStep } from "../states.js";
import { en } from "./en.js";
import { zhHans } from "./zh-hans.js";

/** All words that `<scanseal-qr>` shows or speaks. */
export interface Messages {
  readonly heading: string;
  readonly instructions: string;
  /** Accessible name of the code: what it is for, never what is in it. */
  readonly codeLabel: string;
  readonly openHere: string;
  readonly connecting: string;
  readonly ready: string;
  readonly validFor: (clock: string) => string;
  readonly secondsLeft: (seconds: number) => string;
  readonly expired: string;
  readonly expiredAdvice: string;
  readonly refresh: string;
  readonly scannedBy: (device: string) => string;
  readonly unnamedPhone: string;
  readonly compareNumber: string;
  readonly checkNumber: string;
  readonly notMe: string;
  readonly step: Readonly<Record<"scanned" | ScanStep, string>>;
  readonly submitting: string;
  readonly done: string;
  readonly doneAdvice: string;
  readonly retry: string;
  readonly reconnecting: string;
  readonly phoneAway: string;
  readonly pause: string;
  readonly paused: string;
  readonly resume: string;
}

const CATALOGUES: Readonly<Record<Locale, Messages>> = { en, "zh-Hans": zhHans };

/** The catalogue of a language. */
export function messagesFor(locale: Locale): Messages {
  return CATALOGUES[locale];
}

/** The language to speak for a language tag: Chinese unless the tag names another language. */
export function localeFor(tag: string): Locale {
  return tag === "" || /^(zh|ug)\b/i.test(tag) ? "zh-Hans" : "en";
}
