/** As much of a certificate's DER (X.690) as it takes to find its public key. */

const SEQUENCE = 0x30;
/** The explicit tag of the version, the only optional field before the key (RFC 5280 section 4.1). */
const VERSION = 0xa0;
/** Serial number, algorithm, issuer, validity and subject stand before the key. */
const BEFORE_THE_KEY = 5;
/** A length of more bytes than this is none of a certificate. */
const LENGTH_BYTES = 4;

interface Element {
  tag: number;
  /** Where it begins, where its content begins, and one past its end. */
  start: number;
  content: number;
  end: number;
}

/** The SubjectPublicKeyInfo of a certificate. Throws if these bytes are none. */
export function subjectPublicKeyInfo(certificate: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const whole = expect(read(certificate, 0), SEQUENCE);
  const signed = expect(read(certificate, whole.content), SEQUENCE);
  let field = read(certificate, signed.content);
  if (field.tag === VERSION) field = read(certificate, field.end);
  for (let passed = 0; passed < BEFORE_THE_KEY; passed += 1) field = read(certificate, field.end);
  expect(field, SEQUENCE);
  return certificate.slice(field.start, field.end);
}

function read(bytes: Uint8Array, start: number): Element {
  const tag = byteAt(bytes, start);
  const first = byteAt(bytes, start + 1);
  let content = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first - 0x80;
    if (count === 0 || count > LENGTH_BYTES) throw new RangeError("no length of DER");
    length = 0;
    for (let at = 0; at < count; at += 1) length = length * 256 + byteAt(bytes, content + at);
    content += count;
  }
  if (content + length > bytes.length) throw new RangeError("the certificate is cut off");
  return { tag, start, content, end: content + length };
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new RangeError("the certificate is cut off");
  return byte;
}

function expect(element: Element, tag: number): Element {
  if (element.tag !== tag) throw new RangeError("not a certificate");
  return element;
}
