// Times, sizes and names as people write them.

import type { Locale } from "../error-text.js";

/** More of a text from a file or certificate is not shown; the JSON has all. */
const MAX_TEXT = 400;

/** Characters that change the direction of text (Unicode UAX 9 section 2). */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A moment (RFC 3339) in the reader's time zone, to the second; as it stands if it is none. */
export function moment(time: string, locale: Locale): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":");
  return `${dayOf(date, locale)} ${clock}`;
}

/** A day (RFC 3339) in the reader's time zone; as it stands if it is none. */
export function day(time: string, locale: Locale): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : dayOf(date, locale);
}

function dayOf(date: Date, locale: Locale): string {
  if (locale === "zh-Hans") return `${date.getFullYear()}年${date.getMonth() + 1}月${date.getDate()}日`;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" }).format(date);
}

/** The reader's time zone by its name, which is the same in summer and winter where browsers know that one. */
export function zone(locale: Locale): string {
  const named = (timeZoneName: "longGeneric" | "long"): string => {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName }).formatToParts();
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
  };
  try {
    return named("longGeneric");
  } catch {
    // Safari before 15.4, Chromium before 95.
    return named("long");
  }
}

/** A text that follows Chinese: with a space between, if it begins with a Latin letter or a digit. */
export function spaced(text: string, locale: Locale): string {
  return locale === "zh-Hans" && /^[\w+-]/.test(text) ? ` ${text}` : text;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/** Bytes as `2.4 KB`, `97 MB`. */
export function fileSize(bytes: number): string {
  let size = bytes;
  let unit = "B";
  for (const next of ["KB", "MB", "GB"]) {
    if (size < 1000) break;
    size /= 1000;
    unit = next;
  }
  return `${size < 10 && unit !== "B" ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** The common name in a distinguished name as the report writes it (RFC 4514), or else all of it. */
export function commonName(distinguishedName: string): string {
  const parts = distinguishedName.match(/(?:\\.|[^,\\])+/g) ?? [];
  for (const type of ["CN=", "O="]) {
    const found = parts.find((part) => part.trimStart().toUpperCase().startsWith(type));
    const value = found?.trimStart().slice(type.length) ?? "";
    if (value !== "" && !value.startsWith("#")) return value.replace(/\\(.)/g, "$1");
  }
  return distinguishedName;
}

/** A text that somebody else wrote, not longer than fits. */
export function shortened(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}

/** The same where there can be no markup that isolates it: without the characters that turn what stands beside it. */
export function plain(text: string): string {
  return `\u2068${shortened(text).replace(BIDI_CONTROLS, "")}\u2069`;
}

/** Page numbers with runs drawn together: `1–3, 5`. */
export function pageList(pages: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const page of [...new Set(pages)].sort((left, right) => left - right)) {
    const run = runs[runs.length - 1];
    if (run !== undefined && run[1] === page - 1) run[1] = page;
    else runs.push([page, page]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(", ");
}

/** The name of the file of one version: `contract.pdf` as `contract-2.pdf`. */
export function versionName(fileName: string | undefined, version: number): string {
  const base = (fileName ?? "").replace(/\.pdf$/i, "") || "document";
  return `${base}-${version}.pdf`;
}
