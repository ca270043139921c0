/** What people choose or drop: which of it can be checked, and why the rest cannot. */

/** The largest file that the engine takes, and how many are taken at a time: each report stays in memory. */
export const LARGEST = 256 * 1024 * 1024;
export const MOST_FILES = 50;
/** Readers look for the header in so many bytes (ISO 32000-2 annex I, note on clause 7.5.2). */
const HEADER_BYTES = 1024;

/** Why a file is not checked. */
export type Refusal = "folder" | "empty" | "too-large" | "not-pdf" | "unreadable" | "too-many";

/** Why this file cannot be checked; `null` if it can. */
export async function refusalOf(file: Blob): Promise<Refusal | null> {
  if (file.size > LARGEST) return "too-large";
  let start: string;
  try {
    start = new TextDecoder("latin1").decode(await file.slice(0, HEADER_BYTES).arrayBuffer());
  } catch {
    // A folder, or a file that is gone or may not be read: browsers tell them apart by nothing but this failure.
    return "unreadable";
  }
  if (start === "") return "empty";
  return start.includes("%PDF-") ? null : "not-pdf";
}

/** What was dropped. Folders have an entry of their own kind; browsers without entries give them as unreadable files. */
export function dropped(transfer: Pick<DataTransfer, "items" | "files">): { files: File[]; folders: string[] } {
  const folders = [...(transfer.items ?? [])]
    .map((item) => (item.kind === "file" ? (item.webkitGetAsEntry?.() ?? null) : null))
    .filter((entry) => entry?.isDirectory === true)
    .map((entry) => entry?.name ?? "");
  const files = [...transfer.files].filter(({ name }) => !folders.includes(name));
  return { files, folders };
}
