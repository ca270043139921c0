/** What the sealing page fetches and reads before anything is placed. */
import { ScanSealError } from "scanseal";
import { asApiError, call } from "../lib/api";
import type { Contract } from "./model";

/** Fetched at a time. */
const AT_ONCE = 4;

/** A contract; `null` if it is gone by now. */
export async function contractOf(id: number): Promise<Contract | null> {
  try {
    return await call<Contract>("GET", `/api/contracts/${id}`);
  } catch (error) {
    if (asApiError(error).code === "not-found") return null;
    throw error;
  }
}

/** A scanned file has no text to find anything in; what is wrong with it otherwise, sealing tells. */
export function noText(error: unknown): null {
  if (ScanSealError.from(error).code === "no-text-layer") return null;
  throw error;
}

/** Some at a time, in their order. */
export async function inParallel<Item, Value>(
  items: readonly Item[],
  work: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values = new Array<Value>(items.length);
  const open = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = open.shift(); next !== undefined; next = open.shift()) values[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return values;
}
