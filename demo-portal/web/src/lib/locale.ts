/** The page's language: Chinese unless the person chose English, kept for the next visit. */
export type Locale = "zh-Hans" | "en";

const KEY = "locale";

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

/** Date and time in the page's language, to the minute. */
export function dateTime(seconds: number): string {
  return new Intl.DateTimeFormat(current, { dateStyle: "medium", timeStyle: "short" }).format(seconds * 1000);
}

/** A day in the page's language. */
export function day(seconds: number): string {
  return new Intl.DateTimeFormat(current, { dateStyle: "medium" }).format(seconds * 1000);
}
