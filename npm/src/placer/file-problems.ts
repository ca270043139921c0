// Whether places fit a file that nobody looks at: one of several that are sealed at the same places.

import { ScanSealError } from "../errors.js";
import type { ScanSealErrorCode } from "../generated/error-codes.js";
import type { KeywordHit, SealPlace } from "../pdf/options.js";
import { findKeyword } from "../pdf.js";
import { openDocument } from "../viewer/document.js";
import type { PlaceProblem } from "./events.js";
import { sealSize } from "./geometry.js";
import { impressionsOf } from "./impressions.js";

/** What the file is asked with. */
export interface PlaceProblemsOptions {
  /** Width of the seal in millimetres; 42 if absent. The seal is taken to be as high as wide. */
  readonly pictureWidth?: number;
  /** Password of an encrypted PDF. */
  readonly password?: string;
  /** Ends the work at once; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Which places `prepareSeal` would refuse in this file, and why: what `problems` of the element is once it shows the file.
 *
 * @throws ScanSealError `document-*` if the file cannot be read, `wasm-not-served`.
 */
export async function placeProblems(
  file: Blob,
  places: readonly SealPlace[],
  { pictureWidth = 42, ...options }: PlaceProblemsOptions = {},
): Promise<readonly PlaceProblem[]> {
  const opened = await openDocument(file, options);
  const { pages } = opened;
  opened.close();
  const found = new Map<string, readonly KeywordHit[] | ScanSealErrorCode>();
  for (const place of places) {
    if (place.type !== "keyword" || found.has(place.word)) continue;
    found.set(place.word, await findKeyword(file, place.word, options).catch(noText));
  }
  const { problems } = impressionsOf(places, { pages, seal: sealSize(pictureWidth), hits: (word) => found.get(word) });
  return [...problems].map(([place, code]) => ({ place, code }));
}

function noText(error: unknown): ScanSealErrorCode {
  const { code } = ScanSealError.from(error);
  if (code === "no-text-layer") return code;
  throw error;
}
