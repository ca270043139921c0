import { html, nothing, type TemplateResult } from "lit";
import type { Screen } from "../app";
import { explain } from "../explain";
import { texts } from "../texts";

/** The end of a scan: the same outcome as the computer shows, with the reason when it failed. */
export function outcomeScreen(
  screen: Extract<Screen, { at: "outcome" }>,
  on: { close: () => void; again: () => void },
): TemplateResult {
  const t = texts();
  const { failure, account } = screen;
  if (!failure) {
    const title = account ? (account.replaces ? t.replacedTitle : t.boundTitle) : t.doneTitle;
    return html`
      <div class="done" role="status">
        <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 25l7 7 14-15" /></svg>
        <h1 data-focus tabindex="-1">${title}</h1>
        <p class="quiet">${account ? t.boundMore(account.name) : t.doneMore}</p>
      </div>
      <div class="bottom"><button class="button primary wide" @click=${on.close}>${t.close}</button></div>
    `;
  }
  const own = failure.code === "refused" ? t.refusedTitle : failure.code === "reported-fraud" ? t.reportedTitle : null;
  const { cause, advice } = explain(failure);
  // No failure of anybody: the computer goes on with registration, or says how to bind.
  if (failure.code === "certificate-not-bound") {
    return html`
      <div class="done calm" role="status">
        <svg viewBox="0 0 48 48" aria-hidden="true"><rect x="6" y="9" width="36" height="24" rx="2" /><path d="M18 41h12M24 33v8" /></svg>
        <h1 data-focus tabindex="-1">${t.continueTitle}</h1>
        <p><strong>${cause}</strong></p>
        <p class="quiet">${advice}</p>
      </div>
      <div class="bottom"><button class="button primary wide" @click=${on.close}>${t.close}</button></div>
    `;
  }
  return html`
    <div class="done ${own ? "calm" : "bad"}" role="alert">
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="21" />
        <path d="M16 16l16 16M32 16L16 32" />
      </svg>
      <h1 data-focus tabindex="-1">${own ?? t.failedTitle}</h1>
      ${own ? nothing : html`<p><strong>${cause}</strong></p>`}
      <p class="quiet">${failure.code === "refused" ? nothing : advice}</p>
      ${own ? nothing : html`<p class="code mono quiet" dir="ltr">${failure.code}</p>`}
    </div>
    <div class="bottom">
      ${own ? nothing : html`<button class="button primary wide" @click=${on.again}>${t.scanAgain}</button>`}
      <button class="button wide" @click=${on.close}>${t.close}</button>
    </div>
  `;
}
