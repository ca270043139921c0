// Where a WebAssembly module comes from, and what can go wrong on the way.

import { ScanSealError } from "./errors.js";

/** Where the WebAssembly module comes from. */
export type WasmSource = URL | Response | BufferSource | WebAssembly.Module;

/** The module's bytes, or the module if it is compiled already. Throws {@link ScanSealError} `wasm-not-served`. */
export async function moduleOrBytes(source: WasmSource): Promise<BufferSource | WebAssembly.Module> {
  if (source instanceof URL) return responseBytes(await fetchModule(source));
  if (typeof Response === "function" && source instanceof Response) return responseBytes(source);
  return source as BufferSource | WebAssembly.Module;
}

async function fetchModule(url: URL): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin" });
  } catch (cause) {
    throw new ScanSealError("wasm-not-served", { detail: `${url.href} could not be fetched`, cause });
  }
}

async function responseBytes(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) {
    throw new ScanSealError("wasm-not-served", { detail: `${response.url} answered ${response.status}` });
  }
  const bytes = await response.arrayBuffer();
  if (startsLikeHtml(bytes)) {
    throw new ScanSealError("wasm-not-served", {
      detail:
        `${response.url} is an HTML page, not WebAssembly. With Vite before version 8, add ` +
        `optimizeDeps: { exclude: ["scanseal"] } to vite.config, or import from "scanseal/inline"`,
    });
  }
  return bytes;
}

/** Development servers answer an unknown path with their start page, which begins with `<!doctype`. */
function startsLikeHtml(bytes: ArrayBuffer): boolean {
  const head = String.fromCharCode(...new Uint8Array(bytes.slice(0, 4)));
  return head.toLowerCase() === "<!do";
}
