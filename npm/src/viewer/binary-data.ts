// What the worker asks the page for: character maps of East Asian fonts, fonts of symbols, decoders of pictures.

import { ScanSealError } from "../errors.js";
import { assetUrl, type ViewerAsset } from "./assets.js";

/** What pdf.js says it needs. */
interface Wanted {
  readonly kind: string;
  readonly filename: string;
}

const FILES: ReadonlySet<string> = new Set<ViewerAsset>([
  "FoxitDingbats.pfb",
  "FoxitSymbol.pfb",
  "jbig2.wasm",
  "openjpeg.wasm",
]);

/** Takes the place of pdf.js's own fetching: its folders of hundred small files are two files here. */
export class ViewerBinaryData {
  async fetch({ kind, filename }: Wanted): Promise<Uint8Array> {
    if (kind === "cMapUrl") return characterMap(filename.replace(/\.bcmap$/, ""));
    if (!FILES.has(filename)) throw new Error(`${filename} is not part of the viewer`);
    return load(filename as ViewerAsset);
  }
}

/** A file of many: an index in JSON behind its length in four bytes, then the entries. */
export class Pack {
  private readonly index: Readonly<Record<string, readonly [offset: number, length: number]>>;
  private readonly start: number;

  constructor(private readonly bytes: Uint8Array) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    this.start = 4 + length;
    this.index = JSON.parse(new TextDecoder().decode(bytes.subarray(4, this.start)));
  }

  /** A copy of an entry; undefined if there is none of this name. */
  entry(name: string): Uint8Array | undefined {
    const place = Object.entries(this.index).find(([key]) => key === name)?.[1];
    if (place === undefined) return undefined;
    const [offset, length] = place;
    return this.bytes.slice(this.start + offset, this.start + offset + length);
  }
}

const packs = new Map<ViewerAsset, Promise<Pack>>();

async function characterMap(name: string): Promise<Uint8Array> {
  // Simplified Chinese is what contracts are in; it need not wait for the maps of the others.
  const file = name.includes("GB") ? "cmaps-gb.bin" : "cmaps-other.bin";
  const found = (await pack(file)).entry(name);
  if (found === undefined) throw new Error(`there is no character map ${name}`);
  return found;
}

/** Loaded once, loaded again after a failure. */
function pack(file: ViewerAsset): Promise<Pack> {
  const known = packs.get(file);
  if (known !== undefined) return known;
  const loading = load(file).then((bytes) => new Pack(bytes));
  packs.set(file, loading);
  loading.catch(() => packs.delete(file));
  return loading;
}

async function load(name: ViewerAsset): Promise<Uint8Array> {
  const url = assetUrl(name);
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new ScanSealError("wasm-not-served", { detail: `${url.href} answered ${response.status}` });
  return new Uint8Array(await response.arrayBuffer());
}
