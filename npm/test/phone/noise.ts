// The initiator of Noise_NKpsk0_25519_ChaChaPoly_SHA256, written from the specification (revision 34) over node:crypto.

import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
} from "node:crypto";

const PROTOCOL = "Noise_NKpsk0_25519_ChaChaPoly_SHA256";
const TAG_LENGTH = 16;

export function sha256(...parts: Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Encryption with a key and a counter (section 5.1). */
export class CipherState {
  private counter = 0;

  constructor(private readonly key: Uint8Array) {}

  encrypt(data: Uint8Array, associated: Uint8Array = new Uint8Array()): Buffer {
    const cipher = createCipheriv("chacha20-poly1305", this.key, this.nonce(), { authTagLength: TAG_LENGTH });
    cipher.setAAD(associated, { plaintextLength: data.length });
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  }

  decrypt(data: Uint8Array, associated: Uint8Array = new Uint8Array()): Buffer {
    const end = data.length - TAG_LENGTH;
    const cipher = createDecipheriv("chacha20-poly1305", this.key, this.nonce(), { authTagLength: TAG_LENGTH });
    cipher.setAAD(associated, { plaintextLength: end });
    cipher.setAuthTag(data.subarray(end));
    return Buffer.concat([cipher.update(data.subarray(0, end)), cipher.final()]);
  }

  private nonce(): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32LE(this.counter, 4);
    this.counter += 1;
    return nonce;
  }
}

/** The initiator's handshake (sections 5.2 and 5.3). */
export class Initiator {
  private hash: Buffer = sha256(Buffer.from(PROTOCOL));
  private chainingKey = this.hash;
  private cipher = new CipherState(this.hash);
  private readonly ephemeral = generateKeyPairSync("x25519");

  constructor(
    prologue: Uint8Array,
    private readonly responder: Uint8Array,
    private readonly psk: Uint8Array,
  ) {
    this.mixHash(prologue);
    this.mixHash(responder);
  }

  /** Message 1: psk, e, es. */
  first(payload: Uint8Array): Buffer {
    const [chainingKey, hashPart, key] = this.derive(this.psk, 3);
    this.chainingKey = chainingKey as Buffer;
    this.mixHash(hashPart as Buffer);
    this.cipher = new CipherState(key as Buffer);
    const ephemeral = this.ephemeral.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    this.mixHash(ephemeral);
    this.mixKey(ephemeral);
    this.mixKey(this.agree(this.responder));
    const sealed = this.cipher.encrypt(payload, this.hash);
    this.mixHash(sealed);
    return Buffer.concat([ephemeral, sealed]);
  }

  /** Message 2: e, ee. Gives the payload, the ciphers of both directions and the handshake's hash. */
  second(message: Uint8Array): { payload: Buffer; send: CipherState; receive: CipherState; hash: Buffer } {
    const ephemeral = message.subarray(0, 32);
    const sealed = message.subarray(32);
    this.mixHash(ephemeral);
    this.mixKey(ephemeral);
    this.mixKey(this.agree(ephemeral));
    const payload = this.cipher.decrypt(sealed, this.hash);
    this.mixHash(sealed);
    const [send, receive] = this.derive(new Uint8Array(), 2).map((key) => new CipherState(key));
    return { payload, send: send as CipherState, receive: receive as CipherState, hash: this.hash };
  }

  private mixHash(data: Uint8Array): void {
    this.hash = sha256(this.hash, data);
  }

  private mixKey(input: Uint8Array): void {
    const [chainingKey, key] = this.derive(input, 2);
    this.chainingKey = chainingKey as Buffer;
    this.cipher = new CipherState(key as Buffer);
  }

  /** HKDF (section 4.3). */
  private derive(input: Uint8Array, count: number): Buffer[] {
    const secret = createHmac("sha256", this.chainingKey).update(input).digest();
    const outputs: Buffer[] = [];
    for (let index = 1; index <= count; index += 1) {
      const previous = outputs[outputs.length - 1] ?? Buffer.alloc(0);
      outputs.push(
        createHmac("sha256", secret)
          .update(previous)
          .update(Buffer.from([index]))
          .digest(),
      );
    }
    return outputs;
  }

  private agree(other: Uint8Array): Buffer {
    const x = Buffer.from(other).toString("base64url");
    const publicKey = createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "X25519", x } });
    const own = this.ephemeral.privateKey.export({ format: "jwk" }) as { d: string; x: string };
    const privateKey = createPrivateKey({ format: "jwk", key: { kty: "OKP", crv: "X25519", d: own.d, x: own.x } });
    return diffieHellman({ privateKey, publicKey });
  }
}
