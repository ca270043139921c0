// One session at the relay: carries out what the protocol's state machine (in WebAssembly) asks for.
//
// The machine has no socket, no clock and no timer. It is told what happened, and answers by calling the methods of a
// host; those calls are queued and carried out when it has returned, so that it is never entered twice.

import { type PageHost, PageSession } from "../wasm/scan/scan.js";
import type { DocumentLayout, SealChoice } from "./documents.js";
import type { Engine } from "./engine.js";
import { isErrorCode, ScanSealError } from "./errors.js";
import type { ScanSealErrorCode } from "./generated/error-codes.js";
import type { PhoneName, QrPicture, ScanStep } from "./states.js";

/** The WebSocket subprotocol: name and version of the wire. */
const SUBPROTOCOL = "scanseal.v1";

/** r and s of ECDSA on P-256. */
const SIGNATURE_BYTES = 64;

/** What a session is opened with. */
export interface SessionSettings {
  readonly relay: string;
  readonly link: string;
  readonly request: string;
  readonly scannedSeconds: number;
  readonly frameInterval: number;
}

/** What a session reports. */
export interface SessionListener {
  waiting(expiresAt: number): void;
  code(code: QrPicture): void;
  scanned(phone: PhoneName, checkNumber: string, expiresAt: number): void;
  phoneAway(away: boolean): void;
  progress(step: ScanStep): void;
  chosen(choice: SealChoice): void;
  fetch(document: number, part: "original" | "appended", from: number, length: number): void;
  asserted(assertion: string, channelBinding: string, signatures: readonly (Uint8Array | undefined)[]): void;
  released(): void;
  reconnecting(reconnecting: boolean): void;
  /** The last call. Without an error, the phone has been told that all went well. */
  ended(error: ScanSealError | undefined): void;
}

type Input = (page: PageSession, host: PageHost, now: number) => void;

/** A session between one page and one phone. */
export class Session {
  /** How many documents the request asks to seal. */
  readonly documents: number;
  private readonly page: PageSession;
  private readonly host: PageHost;
  private readonly pending: (() => void)[] = [];
  private busy = false;
  private over = false;
  private socket: WebSocket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Makes the keys of a session. Nothing is sent before {@link start}. */
  constructor(
    private readonly engine: Engine,
    private readonly settings: SessionSettings,
    private readonly listener: SessionListener,
  ) {
    const { link, scannedSeconds, frameInterval, request } = settings;
    this.page = engine.call(() => new PageSession(link, scannedSeconds, frameInterval, request, performance.now()));
    this.documents = engine.call(() => this.page.documents());
    this.host = this.makeHost();
  }

  start(): void {
    for (const [target, event] of wakeUpEvents()) target.addEventListener(event, this.onWakeUp);
    this.input((page, host, now) => page.start(host, now));
  }

  notMe(): void {
    this.input((page, host, now) => page.notMe(host, now));
  }

  cancel(): void {
    this.input((page, host, now) => page.cancel(host, now));
  }

  /** Tells the phone how a document looks, or why it cannot be sealed. */
  prepared(document: number, layout: DocumentLayout | ScanSealErrorCode): void {
    this.input((page, host, now) => {
      if (typeof layout === "string") return page.unprepared(host, document, layout, now);
      const { state, tail, appended, gap, attributes } = layout;
      page.prepared(host, document, state, tail, appended, gap[0], gap[1], attributes, now);
    });
  }

  /** Answers the oldest `fetch` that is not answered. */
  piece(bytes: Uint8Array): void {
    this.input((page, host, now) => page.piece(host, bytes, now));
  }

  /** Tells the phone how it went: `code` is absent when all went well, and so is that of each document. */
  outcome(code?: ScanSealErrorCode, detail?: string, documents?: readonly (ScanSealErrorCode | undefined)[]): void {
    const codes = documents?.map((document) => document ?? "").join(",");
    this.input((page, host, now) => page.outcome(host, code, detail, codes, now));
  }

  private input(input: Input): void {
    if (this.over) return;
    try {
      this.engine.call(() => input(this.page, this.host, performance.now()));
    } catch (error) {
      this.end(ScanSealError.from(error));
      return;
    }
    if (this.busy) return;
    this.busy = true;
    for (let action = this.pending.shift(); action !== undefined && !this.over; action = this.pending.shift()) action();
    this.busy = false;
    if (this.over) this.engine.call(() => this.page.free());
  }

  private makeHost(): PageHost {
    const later = (action: () => void): void => {
      this.pending.push(action);
    };
    const { listener } = this;
    return {
      connect: () => later(() => this.connect()),
      disconnect: () => later(() => this.disconnect()),
      sendText: (text) => later(() => this.send(text)),
      sendBinary: (bytes) => later(() => this.send(bytes)),
      wakeAt: (at) => later(() => this.wakeAt(at)),
      waiting: (expiresIn) => later(() => listener.waiting(performance.now() + expiresIn)),
      code: (text, size, path) => later(() => listener.code({ text, size, path })),
      scanned: (app, device, checkNumber, expiresIn) =>
        later(() => listener.scanned({ app, device }, checkNumber, performance.now() + expiresIn)),
      phoneAway: (away) => later(() => listener.phoneAway(away)),
      progress: (step) => later(() => listener.progress(step as ScanStep)),
      chosen: (certificates, seal) => later(() => listener.chosen({ certificates, seal })),
      fetch: (document, part, from, length) =>
        later(() => listener.fetch(document, part === 0 ? "original" : "appended", from, length)),
      asserted: (assertion, channelBinding, signatures) =>
        later(() => listener.asserted(assertion, channelBinding, eachSignature(signatures))),
      released: () => later(() => listener.released()),
      reconnecting: (reconnecting) => later(() => listener.reconnecting(reconnecting)),
      ended: (code) => later(() => this.end(code === undefined ? undefined : errorOf(code))),
    };
  }

  private connect(): void {
    this.disconnect();
    const socket = this.openSocket();
    if (socket === undefined) return;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.input((page, host, now) => page.socketOpened(host, now));
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
      this.input((page, host, now) =>
        typeof data === "string" ? page.text(host, data, now) : page.binary(host, new Uint8Array(data), now),
      );
    socket.onclose = () => {
      this.socket = undefined;
      this.input((page, host, now) => page.socketClosed(host, now));
    };
    this.socket = socket;
  }

  /** Browsers refuse at once what is no WebSocket address, and `ws:` in a page that came by `https:`. */
  private openSocket(): WebSocket | undefined {
    try {
      return new WebSocket(this.settings.relay, SUBPROTOCOL);
    } catch (error) {
      this.end(ScanSealError.from(error));
      return undefined;
    }
  }

  /** Leaves the socket. What still comes from it is no longer heard. */
  private disconnect(): void {
    const { socket } = this;
    if (socket === undefined) return;
    this.socket = undefined;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(1000);
  }

  private send(data: string | Uint8Array): void {
    // A socket that is closing tells so by its close event; the machine sends again on the next one.
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(data as string | Uint8Array<ArrayBuffer>);
  }

  private wakeAt(at: number): void {
    clearTimeout(this.timer);
    const delay = Math.max(0, Math.ceil(at - performance.now()));
    this.timer = setTimeout(() => this.input((page, host, now) => page.woken(host, now)), delay);
  }

  private readonly onWakeUp = (): void => {
    if (document.visibilityState === "visible") this.input((page, host, now) => page.resumed(host, now));
  };

  private end(error: ScanSealError | undefined): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    for (const [target, event] of wakeUpEvents()) target.removeEventListener(event, this.onWakeUp);
    this.disconnect();
    this.listener.ended(error);
  }
}

/** Events after which a socket may be dead without having said so. */
function wakeUpEvents(): readonly (readonly [EventTarget, string])[] {
  if (typeof document === "undefined") return [];
  return [
    [document, "visibilitychange"],
    [window, "online"],
    [window, "pageshow"],
  ];
}

/** One after the other; zeros are none. */
function eachSignature(signatures: Uint8Array): (Uint8Array | undefined)[] {
  const each: (Uint8Array | undefined)[] = [];
  for (let at = 0; at < signatures.length; at += SIGNATURE_BYTES) {
    const signature = signatures.slice(at, at + SIGNATURE_BYTES);
    each.push(signature.some((byte) => byte !== 0) ? signature : undefined);
  }
  return each;
}

function errorOf(code: string): ScanSealError {
  return isErrorCode(code)
    ? new ScanSealError(code)
    : new ScanSealError("internal", { detail: `unknown code ${code}` });
}
