/** Sends a file to the portal's server, with progress: of what `fetch` sends, browsers do not tell how much is out. */
import { ApiError, problemOf, token } from "./api";

/** What an upload is told and tells. */
export interface UploadOptions {
  signal?: AbortSignal;
  /** How much is out, from 0 to 1. The server may still be at work on it. */
  progress?: (share: number) => void;
}

/** `PUT`s the bytes of a file; resolves with what the server answers. */
export function put<T>(path: string, body: Blob | Uint8Array, options: UploadOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const { signal, progress } = options;
    const stop = (): void => request.abort();
    signal?.addEventListener("abort", stop);
    request.open("PUT", path);
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("x-csrf-token", token());
    // What the file is, the server finds out by itself.
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => progress?.(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status < 400) return resolve(JSON.parse(request.responseText) as T);
      const header = (name: string): string | null => request.getResponseHeader(name);
      reject(problemOf(request.status, header, request.responseText));
    };
    request.onerror = () => reject(new ApiError("offline", 0, `PUT ${path}`));
    request.onabort = () => reject(signal?.reason ?? new DOMException("aborted", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    request.send(body as XMLHttpRequestBodyInit);
  });
}
