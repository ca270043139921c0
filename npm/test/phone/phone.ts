// A phone in another language, written from docs/protocol.md: enough of it to answer a page.

import type { KeyObject } from "node:crypto";
import { firstCase, signLike } from "../test-keys.js";
import { type CipherState, Initiator, sha256 } from "./noise.js";

const KIND_RELAY = 1;

/** What a page's code says (section 3). */
export function readCode(text: string): { sid: Buffer; pageKey: Buffer; frame: Buffer; secret: Buffer } {
  const payload = base32(text.slice(text.indexOf("#") + 1));
  return {
    sid: payload.subarray(2, 18),
    pageKey: payload.subarray(18, 50),
    frame: payload.subarray(50, 52),
    secret: payload.subarray(52, 68),
  };
}

/** One phone in one session: binary frames in and out (section 5). */
export class TestPhone {
  /** The request as it came. */
  request = "";
  checkNumber = "";
  private readonly handshake: Initiator;
  private readonly frame: Buffer;
  private binding = Buffer.alloc(0);
  private send: CipherState | undefined;
  private receive: CipherState | undefined;
  private sent = 0;

  constructor(code: string) {
    const { sid, pageKey, frame, secret } = readCode(code);
    const prologue = Buffer.concat([Buffer.from("scanseal.v1\0"), Buffer.from([KIND_RELAY]), sid, frame]);
    this.frame = frame;
    this.handshake = new Initiator(prologue, pageKey, tag("scanseal.v1 psk", secret));
  }

  hello(app: string, device: string): ArrayBuffer {
    const message = Buffer.concat([
      Buffer.from([0x82, 1, 0xa3, 0]),
      cborText(app),
      Buffer.from([1]),
      cborText(device),
      Buffer.from([2]),
      cborText("zh-Hans"),
    ]);
    return this.numbered(Buffer.concat([this.frame, this.handshake.first(message)]));
  }

  takeRequest(frame: Uint8Array): void {
    const { payload, send, receive, hash } = this.handshake.second(frame.subarray(4));
    this.send = send;
    this.receive = receive;
    this.checkNumber = String(tag("scanseal.v1 check", hash).readBigUInt64BE() % 10_000n).padStart(4, "0");
    this.binding = Buffer.from(tag("scanseal.v1 binding", hash));
    // [2, {0: text}], the text's length in two bytes.
    this.request = payload.subarray(7).toString();
    if (payload.subarray(0, 5).toString("hex") !== "8202a10079")
      throw new Error(`no request: ${payload.toString("hex")}`);
  }

  progress(step: number): ArrayBuffer {
    return this.message(Buffer.from([0x82, 3, 0xa1, 0, step]));
  }

  /** Signs as the holder of the vectors. `claims` go on top of the right ones. */
  assert(key: KeyObject, claims: Record<string, unknown> = {}): ArrayBuffer {
    const asked = JSON.parse(Buffer.from(this.request.split(".")[1] ?? "", "base64url").toString()) as Record<
      string,
      unknown
    >;
    const { jti, op, origin, iss: aud, iat } = asked;
    const req = sha256(Buffer.from(this.request)).toString("base64url");
    const cb = this.binding.toString("base64url");
    const example = firstCase("assertion-page").input.assertion as string;
    const said = JSON.stringify({ req, jti, op, origin, aud, cb, iat, ...claims });
    return this.message(Buffer.concat([Buffer.from([0x82, 4, 0xa1, 0]), cborText(signLike(example, said, key))]));
  }

  /** Opens a message of the page. */
  open(frame: Uint8Array): Buffer {
    if (this.receive === undefined) throw new Error("no handshake yet");
    return this.receive.decrypt(frame.subarray(4)).subarray(1);
  }

  get channelBinding(): string {
    return this.binding.toString("base64url");
  }

  private message(cbor: Uint8Array): ArrayBuffer {
    if (this.send === undefined) throw new Error("no handshake yet");
    return this.numbered(this.send.encrypt(Buffer.concat([Buffer.from([0]), cbor])));
  }

  private numbered(body: Uint8Array): ArrayBuffer {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(this.sent);
    this.sent += 1;
    return new Uint8Array(Buffer.concat([number, body])).buffer;
  }
}

function tag(label: string, data: Uint8Array): Buffer {
  return sha256(Buffer.from(`${label}\0`), data);
}

function cborText(text: string): Buffer {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const head = length < 24 ? [0x60 + length] : length < 256 ? [0x78, length] : [0x79, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function base32(text: string): Buffer {
  let bits = "";
  for (const character of text) {
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0");
  }
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
