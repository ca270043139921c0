// Files that are gone.

import { ScanSealError } from "../errors.js";

/** A file that was changed or removed after the user chose it is not given out any more (File API 7.1). */
export function unreadable(cause: unknown): ScanSealError {
  return new ScanSealError("document-changed", { detail: `the file cannot be read any more: ${cause}`, cause });
}
