/** What people choose or drop: which of it can be checked, and why the rest cannot. */

/** The largest file that the engine takes, and how many are taken at a time: each report stays in memory. */
export const LARGEST = 256 * 1024 * 1024;
export const MOST_FILES = 50;
/** Readers look for the header in so many bytes (ISO 32000-2 annex I, note on clause 7.5.2). */
const HEADER_BYTES = 1024;

/** Why a file is not checked. */
export type Refusal = "no-pdf-inside" | "empty" | "too-large" | "not-pdf" | "unreadable" | "too-many";

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

/** A file, and under which name it is listed: in a folder that is its path. */
export interface Taken {
  readonly name: string;
  readonly file: File;
}

/** The parts of a folder that are used: one that was dropped, or one inside it. */
export type Folder = Pick<FileSystemDirectoryEntry, "name" | "createReader">;

/** So many files and folders of a folder are looked at: whoever drops a whole disk waits no longer for it. */
export const MOST_ENTRIES = 5_000;

/**
 * What was dropped: files, and folders that are read later. Called while the event is handled: it is empty afterwards.
 * Browsers without entries give folders as files that cannot be read.
 */
export function dropped(transfer: Pick<DataTransfer, "items" | "files">): { files: Taken[]; folders: Folder[] } {
  const folders = [...(transfer.items ?? [])]
    .map((item) => (item.kind === "file" ? (item.webkitGetAsEntry?.() ?? null) : null))
    .filter((entry): entry is FileSystemDirectoryEntry => entry?.isDirectory === true);
  const names = folders.map(({ name }) => name);
  const files = [...transfer.files].filter(({ name }) => !names.includes(name));
  return { files: files.map((file) => ({ name: file.name, file })), folders };
}

/** The PDFs in a folder and in those below it, in the order of their names. What else is in it was not meant. */
export async function filesIn(folder: Folder, most = MOST_ENTRIES): Promise<Taken[]> {
  const found: Taken[] = [];
  const open: { folder: Folder; path: string }[] = [{ folder, path: folder.name }];
  let seen = 0;
  for (let next = open.shift(); next !== undefined && seen < most; next = open.shift()) {
    const entries = await listed(next.folder, most - seen);
    seen += entries.length;
    for (const entry of entries) {
      const path = `${next.path}/${entry.name}`;
      if (entry.isDirectory) open.push({ folder: entry as FileSystemDirectoryEntry, path });
      else if (isPdf(entry.name)) found.push({ name: path, file: await fileOf(entry as FileSystemFileEntry) });
    }
  }
  return found.sort(byName);
}

/** The PDFs of a chosen folder. */
export function chosenIn(files: readonly File[]): Taken[] {
  return files
    .slice(0, MOST_ENTRIES)
    .filter(({ name }) => isPdf(name))
    .map((file) => ({ name: file.webkitRelativePath || file.name, file }))
    .sort(byName);
}

/** What a folder holds. Readers give it in parts, the last of them empty. */
async function listed(folder: Folder, most: number): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  while (entries.length < most) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    entries.push(...part);
  }
  return entries.slice(0, most);
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isPdf(name: string): boolean {
  // Office programs leave such files beside those that are open.
  return /\.pdf$/i.test(name) && !name.startsWith("._") && !name.startsWith("~$");
}

/** The files of a folder before those of the folders in it. */
function byName(one: Taken, other: Taken): number {
  const split = ({ name }: Taken): [string, string] => {
    const end = name.lastIndexOf("/");
    return [name.slice(0, Math.max(0, end)), name.slice(end + 1)];
  };
  const [[folder, file], [otherFolder, otherFile]] = [split(one), split(other)];
  const compare = (a: string, b: string): number => a.localeCompare(b, "zh-Hans", { numeric: true });
  return compare(folder, otherFolder) || compare(file, otherFile);
}
