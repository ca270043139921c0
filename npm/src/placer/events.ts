// What the element tells.

import type { ScanSealError } from "../errors.js";
import type { ScanSealErrorCode } from "../generated/error-codes.js";
import type { SealPlace } from "../pdf/options.js";

/** `places-change`: people have changed the places. */
export type PlacesChangeEvent = CustomEvent<{ readonly places: readonly SealPlace[] }>;
/** `placer-ready`: the document is open. */
export type PlacerReadyEvent = CustomEvent<{ readonly pages: number }>;
/** `placer-error`: the document cannot be opened, or something was refused. */
export type PlacerErrorEvent = CustomEvent<{ readonly code: ScanSealErrorCode; readonly error: ScanSealError }>;

/** A place that `prepareSeal` would refuse. */
export interface PlaceProblem {
  /** Its index in `places`. */
  readonly place: number;
  readonly code: ScanSealErrorCode;
}

/** The element's events by name, those of every element among them. */
export interface PlacerElementEventMap extends HTMLElementEventMap {
  "places-change": PlacesChangeEvent;
  "placer-ready": PlacerReadyEvent;
  "placer-error": PlacerErrorEvent;
}
