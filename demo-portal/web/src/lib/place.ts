/** Words that the server writes down in both languages, since they are part of what is signed or hashed. */
import { locale } from "./locale";

const WORDS = [
  { both: "本机 this computer", zh: "本机", en: "this computer" },
  { both: "内网 local", zh: "内网", en: "local network" },
  { both: "演示数据 demo data", zh: "演示数据", en: "demo data" },
] as const;

/** Where a browser is, in the page's language. */
export function placeName(place: string): string {
  const words = WORDS.find(({ both }) => place.startsWith(both));
  if (words === undefined) return place;
  return words[locale() === "en" ? "en" : "zh"] + place.slice(words.both.length);
}

/** Which browser it was, in the page's language: what the demo brings along came from none. */
export const browserName = placeName;
