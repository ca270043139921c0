// What to tell people about an error. Apart from the errors, so that pages with words of their own do not load these.

import type { ScanSealErrorCode } from "./generated/error-codes.js";
import { ERROR_TEXTS, type ErrorText } from "./generated/error-texts.js";

/** Languages that ScanSeal speaks. */
export type Locale = "zh-Hans" | "en";

/** Cause and advice for people, in their language. */
export function errorText(code: ScanSealErrorCode, locale: Locale): ErrorText {
  const { cause, advice } = ERROR_TEXTS[locale][code];
  return { cause, advice: withoutUnfilled(advice) };
}

/**
 * Attempts left, waiting times and the like are known where the code arose, not here: a sentence with such a gap is
 * left out rather than shown with it.
 */
function withoutUnfilled(advice: string): string {
  const sentences = advice.match(/[^.。]+[.。]?/g) ?? [];
  return sentences
    .filter((sentence) => !/\{\w+\}/.test(sentence))
    .join("")
    .trim();
}
