/** Carries a scan's session: its socket, its one timer, its events. The session itself decides everything. */
import type { ScanSession, SessionEffect, SessionEvent, SessionInput } from "../../wasm/phone/phone.js";
import type { CoreEvent } from "./core-types";

interface Listener {
  requested: (request: string, checkNumber: string, channelBinding: string, expiresIn: number) => void;
  other: (event: CoreEvent) => void;
}

/** A scan from its start until the session has ended. */
export class RunningScan {
  readonly #session: ScanSession;
  readonly #listener: Listener;
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(session: ScanSession, listener: Listener) {
    this.#session = session;
    this.#listener = listener;
    this.tell({ type: "start" });
  }

  /** Hands the session what happened, and does what it asks for. */
  tell(input: SessionInput): void {
    if (this.#over) return;
    for (const effect of this.#session.handle(input, performance.now())) this.#do(effect);
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
        this.#listener.other({ on: "outcome", code: event.code });
        return;
      case "ended":
        this.#over = true;
        clearTimeout(this.#timer);
        if (event.code) this.#listener.other({ on: "ended", code: event.code });
    }
  }
}
