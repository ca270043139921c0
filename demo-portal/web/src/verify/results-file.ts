/** What came of all files, for programs: the reports as they are, and by which trust list they came about. Pure. */
import type { PdfReport } from "scanseal/pdf";
import type { Check } from "./checks";
import type { Trust } from "./trust";

/** Version of this form. */
const VERSION = 1;

/** One file: its report, or the code of why there is none. */
type Entry = { name: string; size: number } & ({ report: PdfReport } | { notChecked: string });

/** The results as JSON. Files that are still being checked are left out. */
export function resultsFile(checks: readonly Check[], trust: Trust | null, now: Date, page: string): string {
  const files = checks.flatMap(({ name, size, state }): Entry[] => {
    if (state.at === "done") return [{ name, size, report: state.report }];
    if (state.at === "refused") return [{ name, size, notChecked: state.why }];
    if (state.at === "broken") return [{ name, size, notChecked: state.code }];
    return [];
  });
  const { operator, version, issued, expires, kept } = trust ?? {};
  const authorities = trust?.authorities.map(({ id, name, kind }) => ({ id, name, kind }));
  const list = trust && { operator, version, issued, expires, authorities, kept };
  return `${JSON.stringify({ version: VERSION, checked: now.toISOString(), page, trust: list, files }, undefined, 2)}\n`;
}
