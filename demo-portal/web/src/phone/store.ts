/** Keeps the vault's bytes in IndexedDB; a write resolves when it is on disk as far as the browser tells. */

const DATABASE = "scanseal-phone";
const STORE = "vault";
const KEY = "bytes";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** The bytes stored last, or null on a new phone. */
export async function loadVault(): Promise<Uint8Array | null> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const reading = database.transaction(STORE).objectStore(STORE).get(KEY);
    reading.onsuccess = () => resolve((reading.result as Uint8Array | undefined) ?? null);
    reading.onerror = () => reject(reading.error);
  });
}

/** Stores the bytes; the attempt counter relies on this being done before it resolves. */
export async function storeVault(bytes: Uint8Array): Promise<void> {
  const database = await open();
  await new Promise<void>((resolve, reject) => {
    const writing = database.transaction(STORE, "readwrite", { durability: "strict" });
    writing.objectStore(STORE).put(bytes, KEY);
    writing.oncomplete = () => resolve();
    writing.onabort = () => reject(writing.error);
  });
}
