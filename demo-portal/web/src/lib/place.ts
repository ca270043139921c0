/** Where a browser is, as the server writes it down: in both languages, since the words are part of what is signed. */
import { locale } from "./locale";

const WORDS = ["本机 this computer", "内网 local"] as const;
const ENGLISH = { "本机 this computer": "this computer", "内网 local": "local network" };
const CHINESE = { "本机 this computer": "本机", "内网 local": "内网" };

/** A place in the page's language. */
export function placeName(place: string): string {
  const words = WORDS.find((known) => place.startsWith(known));
  if (words === undefined) return place;
  return (locale() === "en" ? ENGLISH : CHINESE)[words] + place.slice(words.length);
}
