/** Numbers, times and hashes as people read them. */
import { locale } from "../lib/locale";
import { common } from "./words/common";

/** The time of day, to the second. */
export function clock(seconds: number): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "medium" }).format(seconds * 1000);
}

/** Date and time to the second, as records need it. */
export function moment(seconds: number): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "medium" }).format(seconds * 1000);
}

/** A span of time in its two largest units. */
export function span(seconds: number): string {
  const t = common();
  const minutes = Math.max(0, Math.round(seconds / 60));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 6) return t.days(days);
  if (days > 0) return [t.days(days), hours ? t.hours(hours) : ""].filter(Boolean).join(" ");
  if (hours > 0) return [t.hours(hours), minutes % 60 ? t.minutes(minutes % 60) : ""].filter(Boolean).join(" ");
  return t.minutes(minutes);
}

/** Seconds from now; negative once passed. */
export function remaining(until: number): number {
  return until - Date.now() / 1000;
}

/** A hash or number in groups of four, so that two can be compared by eye. */
export function grouped(text: string): string {
  return text.replace(/(.{4})(?=.)/g, "$1 ");
}

/** Beginning and end of a long number. */
export function shortened(text: string): string {
  return text.length > 16 ? `${text.slice(0, 8)}…${text.slice(-6)}` : text;
}
