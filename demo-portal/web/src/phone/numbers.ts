/** Numbers as a person reads them on a phone. Pure but for the language. */
import { locale } from "../lib/locale";

const UNITS = ["B", "KB", "MB"] as const;

/** A size in the largest unit that fits, to two digits or the whole number. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  return `${new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)} ${UNITS[unit]}`;
}

/** Hexadecimal in groups of four, which can be read aloud. */
export function groups(hex: string): string[] {
  return hex.match(/.{1,4}/g) ?? [];
}

/** Pages in their order as ranges: `1, 3–5`. */
export function ranges(pages: readonly number[]): string {
  const found: [number, number][] = [];
  for (const page of pages) {
    const last = found[found.length - 1];
    if (last && page === last[1] + 1) last[1] = page;
    else found.push([page, page]);
  }
  const comma = locale() === "en" ? ", " : "、";
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(comma);
}
