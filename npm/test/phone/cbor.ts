// CBOR as docs/protocol.md section 7 has it: integers, bytes, texts, arrays, and maps from integers.

export type Cbor = number | string | Uint8Array | readonly Cbor[] | ReadonlyMap<number, Cbor>;

export function encode(value: Cbor): Buffer {
  if (typeof value === "number") return head(0, value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [encode(key), encode(item)])]);
  }
  const items = value as readonly Cbor[];
  return Buffer.concat([head(4, items.length), ...items.map(encode)]);
}

export function decode(bytes: Buffer): Cbor {
  let at = 0;
  const item = (): Cbor => {
    const first = bytes.readUInt8(at);
    at += 1;
    const [kind, short] = [first >> 5, first & 31];
    let length = short;
    if (short >= 24) {
      const size = 1 << (short - 24);
      if (size > 4) throw new Error("indefinite, or longer than needed here");
      length = bytes.readUIntBE(at, size);
      at += size;
    }
    const part = () => {
      at += length;
      return bytes.subarray(at - length, at);
    };
    const many = (count: number) => Array.from({ length: count }, item);
    if (kind === 0) return length;
    if (kind === 2) return part();
    if (kind === 3) return part().toString();
    if (kind === 4) return many(length);
    if (kind !== 5) throw new Error(`no such type here: ${kind}`);
    return new Map(Array.from({ length }, () => [item() as number, item()]));
  };
  const value = item();
  if (at !== bytes.length) throw new Error("something follows");
  return value;
}

function head(kind: number, value: number): Buffer {
  if (value < 24) return Buffer.of((kind << 5) | value);
  const size = value < 1 << 8 ? 1 : value < 1 << 16 ? 2 : 4;
  const bytes = Buffer.alloc(1 + size);
  bytes.writeUInt8((kind << 5) | (23 + (size === 4 ? 3 : size)));
  bytes.writeUIntBE(value, 1, size);
  return bytes;
}
