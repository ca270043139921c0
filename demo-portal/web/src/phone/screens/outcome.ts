import { html, nothing, type TemplateResult } from "lit";
import type { Screen } from "../app";
import { explain } from "../explain";
import { texts } from "../texts";
import { sealTexts } from "../texts-seal";

/** The end of a scan: the same outcome as the computer shows, with the reason when it failed. */
export function outcomeScreen(
  screen: Extract<Screen, { at: "outcome" }>,
  on: { close: () => void; again: () => void },
): TemplateResult {
  const t = texts();
  const { failure, account, documents } = screen;
  if (documents?.some(({ code }) => code === null)) return sealed(documents, on.close);
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
      ${documents && !own ? lines(documents) : nothing}
    </div>
    <div class="bottom">
      ${own ? nothing : html`<button class="button primary wide" @click=${on.again}>${t.scanAgain}</button>`}
      <button class="button wide" @click=${on.close}>${t.close}</button>
    </div>
  `;
}

/** What came of a document: the code of why it was not sealed, or null. */
export interface DocumentOutcome {
  name: string;
  code: string | null;
}

/** Documents were sealed, all or some; each has a line of its own. */
function sealed(documents: readonly DocumentOutcome[], close: () => void): TemplateResult {
  const t = sealTexts();
  const done = documents.filter(({ code }) => code === null).length;
  const all = done === documents.length;
  return html`
    <div class="done ${all ? "" : "some"}" role="status">
      <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 25l7 7 14-15" /></svg>
      <h1 data-focus tabindex="-1">${all ? t.sealedTitle : t.someTitle(done, documents.length)}</h1>
      <p class="quiet">${all ? t.sealedMore(done) : t.someMore}</p>
      ${lines(documents)}
    </div>
    <div class="bottom"><button class="button primary wide" @click=${close}>${texts().close}</button></div>
  `;
}

function lines(documents: readonly DocumentOutcome[]): TemplateResult {
  const t = sealTexts();
  return html`<ul class="results">
    ${documents.map(
      ({ name, code }) => html`<li>
        <bdi>${name}</bdi>
        <span class="chip ${code === null ? "good" : "bad"}">${code === null ? t.accepted : t.notSigned}</span>
        ${code === null ? nothing : reason(code)}
      </li>`,
    )}
  </ul>`;
}

function reason(code: string): TemplateResult {
  const { cause, advice } = explain({ code });
  return html`<span class="why">${cause}</span><span class="quiet">${advice}</span>`;
}
