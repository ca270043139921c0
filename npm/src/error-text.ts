// What to tell people about an error. Apart from the errors, so that pages with words of their own do not load these.

import type { ScanSealErrorCode } from "./generated/error-codes.js";
import { ERROR_TEXTS, type ErrorText } from "./generated/error-texts.js";

/** Languages that ScanSeal speaks. */
export type Locale = "zh-Hans" | "en";

/** What fills the gaps of some texts, already in the reader's language. */
export type ErrorTextValues = Partial<Record<"attempts" | "until" | "seconds", string>>;

/** Cause and advice for people, in their language. `values` are known only where the code arose. */
export function errorText(code: ScanSealErrorCode, locale: Locale, values: ErrorTextValues = {}): ErrorText {
  const { cause, advice } = ERROR_TEXTS[locale][code];
  const filled = advice.replace(/\{(\w+)\}/g, (gap, name: keyof ErrorTextValues) => values[name] ?? gap);
  return { cause, advice: withoutUnfilled(filled) };
}

/** A sentence with a gap is left out rather than shown with it. */
function withoutUnfilled(advice: string): string {
  const sentences = advice.match(/[^.。]+[.。]?/g) ?? [];
  return sentences
    .filter((sentence) => !/\{\w+\}/.test(sentence))
    .join("")
    .trim();
}
