/** Which files can be a contract: told before anything is uploaded. What a file really is, the server finds out. */

/** Bytes that the server takes; seals still fit below what a sealed file may have (README of the portal, *Limits*). */
const MOST = { pdf: 240 << 20, docx: 32 << 20 } as const;

/** Why a chosen file cannot be used, as a field error; `null` if it can. */
export function fileProblem({ name, size }: Pick<File, "name" | "size">): string | null {
  const kind = /\.(pdf|docx)$/i.exec(name)?.[1]?.toLowerCase() as keyof typeof MOST | undefined;
  if (kind === undefined) return "not-pdf-or-docx";
  if (size === 0) return "empty-file";
  return size > MOST[kind] ? `${kind}-too-large` : null;
}
