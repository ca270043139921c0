// `scanseal/report`: defines `<scanseal-report>`.

import { ReportElement } from "./report/report-element.js";

export type { PasswordSubmitEvent, ReportElementEventMap, ReportExportEvent } from "./report/report-element.js";
export { setViewerAssets } from "./viewer/assets.js";
export { ReportElement };

declare global {
  interface HTMLElementTagNameMap {
    "scanseal-report": ReportElement;
  }
}

// On a server there is nothing to define; a second copy of the package must not define it twice.
if (typeof customElements !== "undefined" && customElements.get("scanseal-report") === undefined) {
  customElements.define("scanseal-report", ReportElement);
}
