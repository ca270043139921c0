// A phone in another language, written from docs/protocol.md: enough of it to answer a page.

import { type KeyObject, sign } from "node:crypto";
import { firstCase, signAs, signLike } from "../test-keys.js";
import { type Cbor, decode, encode } from "./cbor.js";
import { checkLayout, type Layout } from "./documents.js";
import { type CipherState, Initiator, sha256 } from "./noise.js";

const KIND_RELAY = 1;
/** Bytes of a message in one frame. */
const PIECE_BYTES = 65_515;

/** A document as the request names it. */
export interface NamedDocument {
  readonly name: string;
  readonly size: number;
  readonly pages: number;
  /** Base64url. */
  readonly sha256: string;
}

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
  private readonly pieces: Buffer[] = [];
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
    const message = bodyOf(1, [app, device, "zh-Hans"]);
    return this.numbered(Buffer.concat([this.frame, this.handshake.first(message)]));
  }

  takeRequest(frame: Uint8Array): void {
    const { payload, send, receive, hash } = this.handshake.second(frame.subarray(4));
    this.send = send;
    this.receive = receive;
    this.checkNumber = String(tag("scanseal.v1 check", hash).readBigUInt64BE() % 10_000n).padStart(4, "0");
    this.binding = Buffer.from(tag("scanseal.v1 binding", hash));
    const [type, body] = decode(payload) as [number, Map<number, Cbor>];
    if (type !== 2) throw new Error(`no request: ${payload.toString("hex")}`);
    this.request = body.get(0) as string;
  }

  /** The documents of the request. */
  get documents(): readonly NamedDocument[] {
    return this.asked.documents as readonly NamedDocument[];
  }

  progress(step: number): ArrayBuffer {
    return this.message(3, [step]);
  }

  /** Says with what it will seal. */
  choose(certificates: readonly Uint8Array[], seal: Uint8Array): ArrayBuffer[] {
    return this.messages(bodyOf(7, [certificates, seal]));
  }

  fetch(document: number, part: "original" | "appended", from: number, length: number): ArrayBuffer {
    return this.message(9, [document, part === "original" ? 0 : 1, from, length]);
  }

  /** Signs as the holder of the vectors. `claims` go on top of the right ones. */
  assert(key: KeyObject, claims: Record<string, unknown> = {}): ArrayBuffer {
    const example = firstCase("assertion-page").input.assertion as string;
    return this.message(4, [signLike(example, this.claims(claims), key)]);
  }

  /**
   * Signs the documents that have a layout: looks at each as section 8.2 says. Throws if one is not what it says it is.
   */
  seal(
    key: KeyObject,
    certificates: readonly [Uint8Array, ...Uint8Array[]],
    prepared: readonly ({ readonly layout: Layout; readonly appended: Uint8Array } | undefined)[],
  ): ArrayBuffer {
    const digests = prepared.map((document, index) => {
      const { size, sha256 } = this.documents[index] as NamedDocument;
      if (document === undefined) return "";
      const named = { size, sha256: Buffer.from(sha256, "base64url") };
      return checkLayout(document.layout, named, document.appended, certificates[0]).toString("base64url");
    });
    const signatures = prepared.flatMap((document) =>
      document ? [sign("sha256", document.layout.attributes, { key, dsaEncoding: "ieee-p1363" })] : [],
    );
    const claims = this.claims({ documents: digests });
    return this.message(4, [signAs("scanseal-assertion+jwt", certificates, claims, key), signatures]);
  }

  /** Takes a frame of the page: the message that it ends, if it ends one. */
  take(frame: Uint8Array): [type: number, body: ReadonlyMap<number, Cbor>] | undefined {
    if (this.receive === undefined) throw new Error("no handshake yet");
    const plain = this.receive.decrypt(frame.subarray(4));
    this.pieces.push(plain.subarray(1));
    if (plain[0] === 1) return undefined;
    const message = Buffer.concat(this.pieces.splice(0));
    return decode(message) as [number, Map<number, Cbor>];
  }

  /** Opens a message of the page. */
  open(frame: Uint8Array): Buffer {
    if (this.receive === undefined) throw new Error("no handshake yet");
    return this.receive.decrypt(frame.subarray(4)).subarray(1);
  }

  get channelBinding(): string {
    return this.binding.toString("base64url");
  }

  private claims(more: Record<string, unknown>): string {
    const { jti, op, origin, iss: aud, iat } = this.asked;
    const req = sha256(Buffer.from(this.request)).toString("base64url");
    const cb = this.binding.toString("base64url");
    return JSON.stringify({ req, jti, op, origin, aud, cb, iat, ...more });
  }

  private get asked(): Record<string, unknown> {
    return JSON.parse(Buffer.from(this.request.split(".")[1] ?? "", "base64url").toString());
  }

  /** A message that fits one frame. */
  private message(type: number, fields: readonly Cbor[]): ArrayBuffer {
    const [frame, ...more] = this.messages(bodyOf(type, fields));
    if (frame === undefined || more.length > 0) throw new Error("more than one frame");
    return frame;
  }

  private messages(cbor: Uint8Array): ArrayBuffer[] {
    const { send } = this;
    if (send === undefined) throw new Error("no handshake yet");
    const frames: ArrayBuffer[] = [];
    for (let at = 0; at < cbor.length; at += PIECE_BYTES) {
      const flag = at + PIECE_BYTES < cbor.length ? 1 : 0;
      frames.push(this.numbered(send.encrypt(Buffer.concat([Buffer.of(flag), cbor.subarray(at, at + PIECE_BYTES)]))));
    }
    return frames;
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

/** `[type, {0: first, 1: second, ...}]`. */
function bodyOf(type: number, fields: readonly Cbor[]): Buffer {
  return encode([type, new Map(fields.entries())]);
}

function base32(text: string): Buffer {
  let bits = "";
  for (const character of text) {
    bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(character).toString(2).padStart(5, "0");
  }
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
