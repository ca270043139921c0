/** Carries a scan's session: its socket, its one timer, its events. The session itself decides everything. */
import type { DocumentPart, ScanSession, SessionEffect, SessionEvent, SessionInput } from "../../wasm/phone/phone.js";
import type { CoreEvent } from "./core-types";

/** Who hears of a scan. */
export interface Listener {
  requested: (request: string, checkNumber: string, channelBinding: string, expiresIn: number) => void;
  /** What the page made of a document. */
  prepared: (document: number, appended: number, code: string | null) => void;
  piece: (document: number, part: DocumentPart, from: number, bytes: Uint8Array) => void;
  other: (event: CoreEvent) => void;
}

/** A scan from its start until the session has ended. */
export class RunningScan {
  readonly #session: ScanSession;
  readonly #listener: Listener;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;
  readonly #inputs: SessionInput[] = [];
  #busy = false;

  constructor(session: ScanSession, listener: Listener) {
    this.#session = session;
    this.#listener = listener;
    this.tell({ type: "start" });
  }

  /**
   * Hands the session what happened, and does what it asks for. What a listener answers to an event waits until the effects
   * beside that event are done: frames leave in the order of their numbers.
   */
  tell(input: SessionInput): void {
    this.#inputs.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) {
        if (this.#over) continue;
        for (const effect of this.#session.handle(next, performance.now())) this.#do(effect);
      }
    } finally {
      this.#busy = false;
    }
  }

  #do(effect: SessionEffect): void {
    switch (effect.type) {
      case "connect":
        this.#connect();
        return;
      case "disconnect":
        this.#forget()?.close();
        return;
      case "send-text":
        this.#socket?.send(effect.text);
        return;
      case "send-binary":
        this.#socket?.send(effect.bytes);
        return;
      case "wake-at":
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.tell({ type: "woken" }), Math.max(0, effect.at - performance.now()));
        return;
      case "event":
        this.#hear(effect.event);
    }
  }

  #connect(): void {
    this.#forget()?.close();
    const socket = new WebSocket(this.#session.relay, "scanseal.v1");
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.tell({ type: "socket-opened" });
    socket.onclose = () => {
      this.#forget();
      this.tell({ type: "socket-closed" });
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) =>
      this.tell(
        typeof data === "string" ? { type: "text", text: data } : { type: "binary", bytes: new Uint8Array(data) },
      );
    this.#socket = socket;
  }

  /** Lets the socket go without hearing of it again. */
  #forget(): WebSocket | undefined {
    const socket = this.#socket;
    if (socket) socket.onopen = socket.onclose = socket.onmessage = null;
    this.#socket = undefined;
    return socket;
  }

  #hear(event: SessionEvent): void {
    switch (event.type) {
      case "requested":
        this.#listener.requested(event.request, event.checkNumber, event.channelBinding, event.expiresIn);
        return;
      case "page-away":
        this.#listener.other({ on: "link", state: "page-away" });
        return;
      case "reconnecting":
        this.#listener.other({ on: "link", state: "reconnecting" });
        return;
      case "page-back":
      case "reconnected":
        this.#listener.other({ on: "link", state: "here" });
        return;
      case "outcome":
        this.#listener.other({ on: "outcome", code: event.code, documents: [...event.documents] });
        return;
      case "prepared":
        this.#listener.prepared(event.document, event.appended, event.code);
        return;
      case "piece":
        this.#listener.piece(event.document, event.part, event.from, event.bytes);
        return;
      case "ended":
        this.#over = true;
        clearTimeout(this.#timer);
        if (event.code) this.#listener.other({ on: "ended", code: event.code });
    }
  }
}
