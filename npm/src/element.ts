// `scanseal/element`: defines `<scanseal-qr>`.

import { ScanQrElement } from "./element/scan-qr-element.js";

export type {
  ScanCompleteEvent,
  ScanErrorEvent,
  ScanExpireEvent,
  ScanQrElementEventMap,
  ScanStateEvent,
} from "./element/scan-qr-element.js";
export { ScanQrElement };

declare global {
  interface HTMLElementTagNameMap {
    "scanseal-qr": ScanQrElement;
  }
}

// On a server there is nothing to define; a second copy of the package must not define it twice.
if (typeof customElements !== "undefined" && customElements.get("scanseal-qr") === undefined) {
  customElements.define("scanseal-qr", ScanQrElement);
}
