// The files that are loaded besides scripts, and where they are.

/** Names of the files in `dist/viewer/assets/`. */
export type ViewerAsset =
  | "cmaps-gb.bin"
  | "cmaps-other.bin"
  | "FoxitDingbats.pfb"
  | "FoxitSymbol.pfb"
  | "jbig2.wasm"
  | "openjpeg.wasm"
  | "pdfjs-worker.js";

/** Each file by an address of its own: bundlers know the form, and emit the file under the name they give it. */
const BESIDE: Readonly<Record<ViewerAsset, () => URL>> = {
  "cmaps-gb.bin": () => new URL("./assets/cmaps-gb.bin", import.meta.url),
  "cmaps-other.bin": () => new URL("./assets/cmaps-other.bin", import.meta.url),
  "FoxitDingbats.pfb": () => new URL("./assets/FoxitDingbats.pfb", import.meta.url),
  "FoxitSymbol.pfb": () => new URL("./assets/FoxitSymbol.pfb", import.meta.url),
  "jbig2.wasm": () => new URL("./assets/jbig2.wasm", import.meta.url),
  "openjpeg.wasm": () => new URL("./assets/openjpeg.wasm", import.meta.url),
  "pdfjs-worker.js": () => new URL("./assets/pdfjs-worker.js", import.meta.url),
};

let folder: URL | undefined;

/**
 * Says where the viewer's files are (a copy of the package's `dist/viewer/assets/`, on the page's own origin), if they
 * are not to be taken from beside the package's own files. `undefined` takes it back.
 */
export function setViewerAssets(address: string | URL | undefined): void {
  if (address === undefined) {
    folder = undefined;
    return;
  }
  const url = new URL(address, typeof document === "undefined" ? undefined : document.baseURI);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  folder = url;
}

/** Where a file is. */
export function assetUrl(name: ViewerAsset): URL {
  return folder === undefined ? BESIDE[name]() : new URL(name, folder);
}
