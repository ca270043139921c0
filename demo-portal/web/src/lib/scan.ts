/** A scan against this portal's server: what `<scanseal-qr>` asks and hands over, and what is learned from refusals. */
import { isErrorCode, type ScanAnswer, type ScanRequest, ScanSealError } from "scanseal";
import type { ScanErrorEvent } from "scanseal/element";
import { type ApiError, asApiError, call } from "./api";

/** What the page asks for. */
export type ScanWish = { op: "login"; kinds?: ("platform" | "mutual")[] } | { op: "bind"; replaces?: string };

/** One element's dealings with the server. Hand `request` and `submit` to it, and `failed` to its `scan-error`. */
export class PortalScan<Result> {
  /** Why the server refused, with what the element does not carry; none while the reason came from elsewhere. */
  refusal: ApiError | null = null;
  /** The signed request now shown. */
  #request: string | null = null;
  #answered = false;

  constructor(private readonly wish: ScanWish) {}

  readonly request = (): Promise<ScanRequest> =>
    this.#told(async () => {
      this.refusal = null;
      this.#answered = false;
      const answer = await call<ScanRequest>("POST", "/api/scan/requests", this.wish);
      this.#request = answer.request;
      return answer;
    });

  readonly submit = (answer: ScanAnswer): Promise<Result> =>
    this.#told(() => {
      this.#answered = true;
      return call<Result>("POST", "/api/scan/assertions", answer);
    });

  /** Tells the server when it was the phone that refused: somebody may have seen a request that was not theirs. */
  readonly failed = (event: ScanErrorEvent): void => {
    const { code } = event.detail;
    if (this.#request === null || this.#answered || !saidByPhone(code)) return;
    // Nobody waits for this, and the person already reads why the scan ended.
    void call("POST", "/api/scan/refusals", { request: this.#request, code }).catch(asApiError);
  };

  /** The element, and through it the phone, shows the server's reason by its code. */
  async #told<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const refusal = asApiError(error);
      this.refusal = refusal;
      throw new ScanSealError(isErrorCode(refusal.code) ? refusal.code : codeOf(refusal), { detail: refusal.message });
    }
  }
}

/** Codes with which a phone declines to sign; the others are about the connection, or come from here. */
function saidByPhone(code: string): boolean {
  return (
    ["refused", "reported-fraud", "pin-locked", "request-untrusted", "origin-refused"].includes(code) ||
    code.startsWith("refused-") ||
    code.startsWith("certificate-")
  );
}

/** `offline` is this page's own word. */
function codeOf({ code }: ApiError): "relay-unreachable" | "internal" {
  return code === "offline" ? "relay-unreachable" : "internal";
}
