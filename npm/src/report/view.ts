// What `<scanseal-report>` draws. Pure: a model in, a template out.

import { html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { historyView } from "./view-history.js";
import type { ReportView } from "./view-parts.js";
import { fileView, findingsView, headline, verdictView } from "./view-verdict.js";
import { fillText, type ReportWords } from "./words.js";

/** Nothing to tell yet. */
export function emptyView(words: ReportWords): TemplateResult {
  return html`
    <slot name="empty">
      <div class="waiting">
        <svg class="sign" viewBox="0 0 48 48" aria-hidden="true">
          <path class="line" d="M28 4H12a4 4 0 0 0-4 4v32a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4V16zM28 4v12h12" />
          <circle class="line" cx="24" cy="28" r="7" /><path class="line" d="M20.8 28.2l2.2 2.2 4.2-4.6" />
        </svg>
        <p class="waiting-title">${words.empty}</p>
        <p class="quiet">${words.emptyAdvice}</p>
      </div>
    </slot>
  `;
}

/** The file is being checked; `progress` from 0 to 1. */
export function loadingView(words: ReportWords, progress: number): TemplateResult {
  const done = Math.round(Math.min(1, Math.max(0, progress || 0)) * 100);
  return html`
    <div class="waiting">
      <p class="waiting-title" id="loading">${words.loading}</p>
      <progress part="progress" max="100" value=${done} aria-labelledby="loading"></progress>
      <p class="quiet" aria-hidden="true">${fillText("{done}%", { done })}</p>
    </div>
  `;
}

/** A report. Drawn anew for another one, so that nothing stays unfolded that somebody unfolded in the last. */
export function reportView(view: ReportView): TemplateResult {
  return html`${keyed(
    view.report,
    html`${verdictView(view)} ${fileView(view)} ${findingsView(view)} ${historyView(view)}`,
  )}`;
}

/** For assistive technology: the verdict, once it is there. */
export function spoken(words: ReportWords, view: ReportView | undefined, loading: boolean): string {
  if (view !== undefined) return headline(view.report, words);
  return loading ? words.loading : "";
}
