// Where the engine reads a file.

/** Bytes that can be read anywhere, at once. */
export interface ByteSource {
  readonly length: number;
  /** The bytes from `offset` on; fewer at the end. */
  read(offset: number, length: number): Uint8Array;
}

/** A document that is read twice: from front to back to be hashed, and here and there by the engine. */
export interface Original extends ByteSource {
  /** The next piece to hash. Everybody else has had a turn when it comes. */
  piece(from: number, length: number): Promise<Uint8Array>;
  /** Forgets what was kept for further reading. */
  release(): void;
}

/** A file in memory. */
export class MemorySource implements ByteSource {
  constructor(private readonly bytes: Uint8Array) {}

  get length(): number {
    return this.bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }
}
