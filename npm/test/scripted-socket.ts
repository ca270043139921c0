// A WebSocket that a test plays the relay on.

/** Every socket the code under test has opened, the newest last. */
export const sockets: ScriptedSocket[] = [];

export class ScriptedSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readyState = ScriptedSocket.CONNECTING;
  binaryType = "blob";
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: (string | Uint8Array)[] = [];

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    sockets.push(this);
  }

  send(data: string | Uint8Array): void {
    this.sent.push(data);
  }

  close(): void {
    this.readyState = ScriptedSocket.CLOSED;
  }

  /** The relay accepts. */
  accept(): void {
    this.readyState = ScriptedSocket.OPEN;
    this.onopen?.();
  }

  /** The relay sends. */
  receive(data: string | ArrayBuffer): void {
    this.onmessage?.({ data });
  }

  /** The connection is lost. */
  drop(): void {
    this.readyState = ScriptedSocket.CLOSED;
    this.onclose?.();
  }
}

/** The newest socket. */
export function socket(): ScriptedSocket {
  const newest = sockets[sockets.length - 1];
  if (newest === undefined) throw new Error("no socket has been opened");
  return newest;
}
