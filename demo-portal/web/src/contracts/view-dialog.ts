/** Looks at a contract's file in a dialog; the viewer is loaded when it is first wanted. */
import { html, type TemplateResult } from "lit";
import { until } from "lit/directives/until.js";
import { ApiError, asApiError } from "../lib/api";
import { openDialog } from "../lib/dialog";
import { locale } from "../lib/locale";
import { explainError, texts } from "../portal/texts";
import { fetchRevision } from "./fetch-revision";
import type { Contract } from "./model";

/** Opens the newest file. */
export async function viewDialog({ id, title, file }: Contract): Promise<void> {
  if (file === null) return;
  const loading = html`<p class="quiet" role="status">${texts().loading}</p>`;
  const stop = new AbortController();
  const content = view(id, file.revision, stop.signal);
  await openDialog<void>({
    title,
    size: "full",
    content: () => html`<div class="dialog-body viewing">${until(content, loading)}</div>`,
  });
  stop.abort();
}

async function view(contract: number, revision: number, signal: AbortSignal): Promise<TemplateResult> {
  try {
    const [pdf] = await Promise.all([
      fetchRevision(contract, revision, { signal }),
      import("scanseal/placer").catch((cause: unknown) => {
        throw new ApiError("wasm-not-served", 0, String(cause));
      }),
    ]);
    return html`<scanseal-placer readonly locale=${locale()} .file=${pdf}></scanseal-placer>`;
  } catch (error) {
    if (signal.aborted) return html``;
    return html`<p class="notice bad" role="alert">${explainError(asApiError(error))}</p>`;
  }
}
