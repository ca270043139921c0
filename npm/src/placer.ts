// `scanseal/placer`: defines `<scanseal-placer>`.

import { PlacerElement } from "./placer/placer-element.js";

export type { SealPlace } from "./pdf/options.js";
export type {
  PlaceProblem,
  PlacerElementEventMap,
  PlacerErrorEvent,
  PlacerReadyEvent,
  PlacesChangeEvent,
} from "./placer/events.js";
export { type PlaceProblemsOptions, placeProblems } from "./placer/file-problems.js";
export { setViewerAssets } from "./viewer/assets.js";
export { PlacerElement };

declare global {
  interface HTMLElementTagNameMap {
    "scanseal-placer": PlacerElement;
  }
}

// On a server there is nothing to define; a second copy of the package must not define it twice.
if (typeof customElements !== "undefined" && customElements.get("scanseal-placer") === undefined) {
  customElements.define("scanseal-placer", PlacerElement);
}
