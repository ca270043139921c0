// `<scanseal-qr>`: a whole scan as one element.

import { LitElement, type PropertyValues, type TemplateResult } from "lit";
import type { Locale } from "../error-text.js";
import type { ScanSealError } from "../errors.js";
import type { ScanSealErrorCode } from "../generated/error-codes.js";
import { localeFor, type Messages, messagesFor } from "../i18n/messages.js";
import { startScan } from "../index.js";
import type { Scan, ScanOptions } from "../scan.js";
import type { ScanState } from "../states.js";
import { Announcer } from "./announcer.js";
import { closestLanguage } from "./language.js";
import { StateHooks } from "./state-hooks.js";
import { styles } from "./styles.js";
import { view } from "./view.js";

/** How long a frame is shown to people who asked for less motion, in milliseconds: the longest allowed. */
const CALM_FRAME_INTERVAL = 5000;
/** How often the countdown is drawn, in milliseconds. */
const TICK = 1000;

/** `scan-state`: the scan has a new state. */
export type ScanStateEvent<Result = unknown> = CustomEvent<ScanState<Result>>;
/** `scan-complete`: the platform has accepted, and the phone knows. */
export type ScanCompleteEvent<Result = unknown> = CustomEvent<{ readonly result: Result }>;
/** `scan-error`: the scan has failed. */
export type ScanErrorEvent = CustomEvent<{ readonly code: ScanSealErrorCode; readonly error: ScanSealError }>;
/** `scan-expire`: the code has expired and waits for somebody to ask for a new one. */
export type ScanExpireEvent = CustomEvent<undefined>;

/** The element's events by name, those of every element among them. */
export interface ScanQrElementEventMap<Result = unknown> extends HTMLElementEventMap {
  "scan-state": ScanStateEvent<Result>;
  "scan-complete": ScanCompleteEvent<Result>;
  "scan-error": ScanErrorEvent;
  "scan-expire": ScanExpireEvent;
}

/** Types for listeners; the methods are those of every element. */
export interface ScanQrElement<Result = unknown> {
  addEventListener<Type extends keyof ScanQrElementEventMap<Result>>(
    type: Type,
    listener: (this: this, event: ScanQrElementEventMap<Result>[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof ScanQrElementEventMap<Result>>(
    type: Type,
    listener: (this: this, event: ScanQrElementEventMap<Result>[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Shows a QR code to scan with the phone, and everything that follows until the platform has answered.
 * Starts by itself as soon as `request` and `submit` are set; ends when it leaves the document.
 *
 * @tagname scanseal-qr
 *
 * @attr {"zh-Hans"|"en"} locale - Language; without it, that of the nearest `lang` attribute.
 * @attr {boolean} disabled - Nothing is started, and a running scan is cancelled.
 *
 * @fires {ScanStateEvent} scan-state - The scan has a new state; `detail` is it, discriminated by `state`.
 * @fires {ScanCompleteEvent} scan-complete - The platform has accepted, and the phone knows; `detail.result`.
 * @fires {ScanErrorEvent} scan-error - The scan has failed; `detail.code`, `detail.error`.
 * @fires {ScanExpireEvent} scan-expire - The code has expired and waits for somebody to ask for a new one.
 *
 * @slot logo - Above the heading.
 * @slot heading - Instead of the heading.
 * @slot instructions - Instead of the line below the code.
 * @slot fallback - Instead of the link that opens the app on the same device.
 *
 * @csspart base - Everything.
 * @csspart code - The QR code.
 * @csspart timer - The line with the time left.
 * @csspart check-number - The four digits.
 * @csspart action - Every button.
 * @csspart status - The live region, which is not seen.
 *
 * @cssprop [--scan-size=15rem] - Side of the code.
 * @cssprop [--scan-radius=0.875rem] - Corners of code and panel.
 * @cssprop [--scan-accent=#17508f] - Buttons, digits, countdown.
 * @cssprop [--scan-on-accent=#fff] - Text on the accent colour.
 * @cssprop [--scan-text=#17212f] - Text.
 * @cssprop [--scan-muted=#576579] - Secondary text.
 * @cssprop [--scan-line=#d9e0e9] - Borders.
 * @cssprop [--scan-surface=#fff] - Panel after the scan. The code itself is always dark on white.
 * @cssprop [--scan-success=#14783f] - Check mark.
 * @cssprop [--scan-warning=#96560a] - Last seconds and hints.
 * @cssprop [--scan-danger=#b3261e] - Failure.
 *
 * @cssState connecting - The request is being fetched, or the session opened.
 * @cssState waiting - The code is shown.
 * @cssState expired - Nobody scanned in time.
 * @cssState scanned - A phone has scanned.
 * @cssState reviewing - Its user reads what is asked.
 * @cssState choosing-certificate - Its user chooses a certificate.
 * @cssState entering-pin - Its user types the PIN.
 * @cssState signing - The phone signs.
 * @cssState submitting - The platform checks.
 * @cssState done - The platform has accepted.
 * @cssState failed - The scan is over without success.
 * @cssState reconnecting - The connection is being made again; together with another state.
 * @cssState phone-away - The phone cannot be reached; together with another state.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface adds overloads of inherited methods only.
export class ScanQrElement<Result = unknown> extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    locale: { type: String },
    disabled: { type: Boolean, reflect: true },
    request: { attribute: false },
    submit: { attribute: false },
    signal: { attribute: false },
    scanState: { state: true },
    secondsLeft: { state: true },
    paused: { state: true },
    announcement: { state: true },
  };

  /** Language; without it, that of the nearest `lang` attribute. */
  locale: Locale | undefined;
  /** Nothing is started, and a running scan is cancelled. */
  disabled = false;
  /** Gets a request from the platform's server. */
  request: ScanOptions<Result>["request"] | undefined;
  /** Hands the phone's answer to the platform's server. */
  submit: ScanOptions<Result>["submit"] | undefined;
  /** Cancels the scan. Read when a scan starts. */
  signal: AbortSignal | undefined;

  private scanState: ScanState<Result> = { state: "connecting" };
  private secondsLeft = 0;
  private paused = false;
  private announcement = "";
  private scan: Scan<Result> | undefined;
  private ticker: ReturnType<typeof setInterval> | undefined;
  private calm: MediaQueryList | undefined;
  private languageWatch: MutationObserver | undefined;
  private readonly announcer = new Announcer();
  private readonly hooks = new StateHooks(this);

  /** The state of the scan. */
  get state(): ScanState<Result> {
    return this.scanState;
  }

  /** Starts a scan, cancelling one that runs. Resolves when its first state is drawn. */
  async start(): Promise<void> {
    this.leaveScan();
    const { request, submit, signal } = this;
    if (request === undefined || submit === undefined || this.disabled) return;
    const scan = startScan<Result>({
      // A framework may hand in new closures at every rendering: the newest counts, and the scan goes on.
      request: (context) => (this.request ?? request)(context),
      submit: (answer, context) => (this.submit ?? submit)(answer, context),
      ...(signal && { signal }),
      ...(this.calm?.matches && { frameInterval: CALM_FRAME_INTERVAL }),
    });
    this.scan = scan;
    void this.follow(scan);
    await this.updateComplete;
  }

  /** Ends the scan; the phone is told. */
  async cancel(): Promise<void> {
    this.scan?.cancel();
    await this.updateComplete;
  }

  /** Shows a new code after one expired; after a failure, starts anew. */
  async refresh(): Promise<void> {
    if (this.scanState.state === "expired") this.scan?.refresh();
    else if (this.scanState.state === "failed") await this.start();
    await this.updateComplete;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    this.calm.addEventListener("change", this.redraw);
    this.languageWatch = new MutationObserver(this.redraw);
    this.languageWatch.observe(document.documentElement, { attributeFilter: ["lang"] });
    // Set again by the first update when the element is new; this is for one that was moved.
    if (this.hasUpdated) void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.calm?.removeEventListener("change", this.redraw);
    this.languageWatch?.disconnect();
    this.leaveScan();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("disabled") && this.disabled) void this.cancel();
    const ready = this.request !== undefined && this.submit !== undefined && !this.disabled && this.isConnected;
    if (ready && this.scan === undefined) void this.start();
    else if (ready && changed.get("disabled") === true) void this.start();
  }

  protected override render(): TemplateResult {
    return view({
      state: this.scanState,
      messages: this.messages,
      locale: this.language,
      secondsLeft: this.secondsLeft,
      calm: this.calm?.matches ?? false,
      paused: this.paused,
      announcement: this.announcement,
      onRefresh: this.onRefresh,
      onRetry: this.onRefresh,
      onNotMe: this.onNotMe,
      onPause: this.onPause,
    });
  }

  private get language(): Locale {
    return this.locale ?? localeFor(closestLanguage(this));
  }

  private get messages(): Messages {
    return messagesFor(this.language);
  }

  private async follow(scan: Scan<Result>): Promise<void> {
    for await (const state of scan) {
      if (this.scan !== scan) return;
      this.show(state);
    }
    if (this.scan !== scan) return;
    await scan.result.then(
      (result) => this.emit("scan-complete", { result }),
      (error: ScanSealError) => this.emit("scan-error", { code: error.code, error }),
    );
  }

  private show(state: ScanState<Result>): void {
    const before = this.scanState.state;
    this.scanState = state;
    if (state.state !== "waiting") this.paused = false;
    this.hooks.show(state);
    this.tick();
    if ("expiresAt" in state) this.ticker ??= setInterval(() => this.tick(), TICK);
    else this.stopTicking();
    this.emit("scan-state", state);
    if (state.state === "expired" && before !== "expired") this.emit("scan-expire", undefined);
  }

  private tick(): void {
    const state = this.scanState;
    this.secondsLeft = "expiresAt" in state ? Math.max(0, Math.ceil((state.expiresAt - performance.now()) / 1000)) : 0;
    this.announcement = this.announcer.announce(state, this.secondsLeft, this.messages);
  }

  private stopTicking(): void {
    clearInterval(this.ticker);
    this.ticker = undefined;
  }

  /** Leaves the running scan without telling of it: the element is gone, or begins another. */
  private leaveScan(): void {
    const { scan } = this;
    if (scan === undefined) return;
    this.stopTicking();
    this.scan = undefined;
    scan.cancel();
    this.scanState = { state: "connecting" };
    this.paused = false;
  }

  private emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  private readonly redraw = (): void => this.requestUpdate();

  private readonly onRefresh = (): void => void this.refresh().then(this.keepFocus);

  private readonly onNotMe = (): void => {
    this.scan?.notMe();
    void this.updateComplete.then(this.keepFocus);
  };

  private readonly onPause = (): void => {
    this.paused = !this.paused;
    void this.updateComplete.then(this.keepFocus);
  };

  /** The button just pressed may be gone: focus stays in the element, where the keyboard user left off. */
  private readonly keepFocus = (): void => {
    this.renderRoot.querySelector<HTMLElement>(".base")?.focus({ preventScroll: true });
  };
}
