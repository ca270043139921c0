/** The page's language: Chinese unless the person chose English, kept for the next visit. */
export type Locale = "zh-Hans" | "en";

const KEY = "locale";
const DAY = 86_400;
const JUST_NOW: Record<Locale, string> = { "zh-Hans": "刚刚", en: "just now" };

function stored(): Locale {
  const wanted = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem(KEY);
  return wanted === "en" ? "en" : "zh-Hans";
}

let current: Locale = stored();
const listeners = new Set<() => void>();
document.documentElement.lang = current;

/** The language now in use. */
export function locale(): Locale {
  return current;
}

/** Switches the language, remembers it, and tells everyone who listens. */
export function setLocale(next: Locale): void {
  current = next;
  localStorage.setItem(KEY, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

/** Calls `listener` after each switch; returns how to stop. */
export function onLocale(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A name in the page's language. */
export function localized(name: { zh: string; en: string }): string {
  return current === "en" ? name.en : name.zh;
}

/** Date and time in the page's language, to the minute. */
export function dateTime(seconds: number): string {
  return new Intl.DateTimeFormat(current, { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}

/** A day in the page's language. */
export function day(seconds: number): string {
  return new Intl.DateTimeFormat(current, { dateStyle: "medium" }).format(seconds * 1000);
}

/** A day with its weekday, for headings. */
export function longDay(seconds: number): string {
  return new Intl.DateTimeFormat(current, { dateStyle: "full" }).format(seconds * 1000);
}

/** The time of day, to the minute. */
export function time(seconds: number): string {
  return new Intl.DateTimeFormat(current, { hour: "2-digit", minute: "2-digit", hour12: false }).format(seconds * 1000);
}

/** A number with the separators of the page's language. */
export function number(value: number): string {
  return new Intl.NumberFormat(current).format(value);
}

/** How long ago or ahead, in the largest unit that fits: “3 days ago”. */
export function fromNow(seconds: number, now = Date.now() / 1000): string {
  const format = new Intl.RelativeTimeFormat(current, { numeric: "auto" });
  const difference = seconds - now;
  const size = Math.abs(difference);
  if (size < 60) return difference < 0 ? JUST_NOW[current] : format.format(0, "second");
  if (size < 3600) return format.format(Math.trunc(difference / 60), "minute");
  if (size < DAY) return format.format(Math.trunc(difference / 3600), "hour");
  return format.format(Math.trunc(difference / DAY), "day");
}

/** Whole days from now until then; 0 on the last day. */
export function daysUntil(seconds: number, now = Date.now() / 1000): number {
  return Math.floor((seconds - now) / DAY);
}
