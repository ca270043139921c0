/** Keeps the vault's bytes, and seals, in IndexedDB; a write resolves when it is on disk as far as the browser tells. */

const DATABASE = "scanseal-phone";
/** 2 has seals. */
const VERSION = 2;
const STORE = "vault";
const KEY = "bytes";
const SEALS = "seals";

/** A seal as the authority described it. */
export interface StoredSeal {
  id: string;
  kind: number;
  name: string;
  status: string;
  reason: string | null;
  /** The seal whose place it takes; absent in what was stored before phones kept it. */
  replaces?: string | null;
  /** Seconds since 1970. */
  validUntil: number | null;
  /** The signed seal (DER). */
  der: Uint8Array<ArrayBuffer> | null;
  /** What was sent for review, to be shown until then. */
  draft: Uint8Array<ArrayBuffer> | null;
  millimetres: readonly [number, number] | null;
}

/** The seals of a certificate. */
export interface StoredShelf {
  /** Seconds since 1970. */
  fetched: number;
  seals: StoredSeal[];
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, VERSION);
    opening.onupgradeneeded = () => {
      for (const name of [STORE, SEALS])
        if (!opening.result.objectStoreNames.contains(name)) opening.result.createObjectStore(name);
    };
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** The bytes stored last, or null on a new phone. */
export async function loadVault(): Promise<Uint8Array | null> {
  return (await read<Uint8Array>(STORE, KEY)) ?? null;
}

/** Stores the bytes; the attempt counter relies on this being done before it resolves. */
export function storeVault(bytes: Uint8Array): Promise<void> {
  return write(STORE, KEY, bytes);
}

/** The seals of the certificate with this id, or null if none were ever fetched. */
export async function loadShelf(certificate: string): Promise<StoredShelf | null> {
  return (await read<StoredShelf>(SEALS, certificate)) ?? null;
}

/** Stores the seals of a certificate. */
export function storeShelf(certificate: string, shelf: StoredShelf): Promise<void> {
  return write(SEALS, certificate, shelf);
}

async function read<T>(store: string, key: string): Promise<T | undefined> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const reading = database.transaction(store).objectStore(store).get(key);
      reading.onsuccess = () => resolve(reading.result as T | undefined);
      reading.onerror = () => reject(reading.error);
    });
  } finally {
    database.close();
  }
}

async function write(store: string, key: string, value: unknown): Promise<void> {
  const database = await open();
  try {
    await new Promise<void>((resolve, reject) => {
      const writing = database.transaction(store, "readwrite", { durability: "strict" });
      writing.objectStore(store).put(value, key);
      writing.oncomplete = () => resolve();
      writing.onabort = () => reject(writing.error);
    });
  } finally {
    database.close();
  }
}
