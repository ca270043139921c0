/** Whether the same places fit each of several documents. Asked before anybody scans. */
import type { SealPlace } from "scanseal/pdf";

/** Why a document cannot be sealed at these places; codes of the engine. */
export type Misfit = "keyword-not-found" | "no-text-layer" | "pages-invalid" | "single-page" | "seal-off-page";

/** What is known of a document. */
export interface Candidate {
  readonly pages: number;
  /** Whether a word stands in it. Rejects with `no-text-layer` if there is no text. */
  has(word: string): Promise<boolean | "no-text-layer">;
}

/** Words at which each side of a contract puts its seal, the likeliest first. */
export function sealWords(first: boolean): string[] {
  const [side, trade, names] = first ? ["甲方", "采购人", "需方"] : ["乙方", "供应商", "供方"];
  return [side, trade, names].flatMap((name) => [`${name}（盖章）`, `${name}（公章）`, `${name}盖章`]);
}

/** What is in the way; `null` if the document can take all places. */
export async function misfit(places: readonly SealPlace[], document: Candidate): Promise<Misfit | null> {
  for (const place of places) {
    if (place.type === "cross-page" && document.pages < 2) return "single-page";
    if (place.pages !== undefined && !pagesExist(place.pages, document.pages)) return "pages-invalid";
    if (place.type === "keyword") {
      const found = await document.has(place.word);
      if (found === "no-text-layer") return found;
      if (!found) return "keyword-not-found";
    }
  }
  return null;
}

/** Whether all pages of a range such as `1-3,5,-1` are there; -1 is the last. */
export function pagesExist(range: string, pages: number): boolean {
  const ends = [...range.matchAll(/(?:^|,|-)\s*(-?\d+)/g)].map(([, number]) => Math.abs(Number(number)));
  return ends.length > 0 && ends.every((number) => number >= 1 && number <= pages);
}
