/** Fetches the file of a revision. */
import { ApiError, problemOf } from "../lib/api";

/** What a download is told and tells. */
export interface FetchOptions {
  signal?: AbortSignal;
  /** How much has come, from 0 to 1. */
  progress?: (share: number) => void;
}

/** The PDF of a revision. Throws an `ApiError`, or the signal's reason. */
export async function fetchRevision(contract: number, revision: number, options: FetchOptions = {}): Promise<Blob> {
  const { signal, progress } = options;
  const path = `/api/contracts/${contract}/revisions/${revision}`;
  try {
    const answer = await fetch(path, { credentials: "same-origin", signal: signal ?? null });
    if (!answer.ok) throw problemOf(answer.status, (name) => answer.headers.get(name), await answer.text());
    const total = Number(answer.headers.get("content-length"));
    if (!progress || !answer.body || !(total > 0)) return await answer.blob();
    const parts: BlobPart[] = [];
    let come = 0;
    const reader = answer.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      come += value.length;
      progress(come / total);
    }
    return new Blob(parts, { type: "application/pdf" });
  } catch (error) {
    if (error instanceof TypeError) throw new ApiError("offline", 0, error.message);
    throw error;
  }
}
