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
  const { failure, account, documents, unsure } = screen;
  if (documents?.some((one) => fate(one) !== "not")) return sealed(documents, on.close);
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
  if (unsure) {
    const words = unsure === "sealing" ? sealTexts() : t;
    return html`
      <div class="done some" role="alert">
        <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M24 13v12l8 5" /></svg>
        <h1 data-focus tabindex="-1">${words.unsureTitle}</h1>
        <p><strong>${words.unsureCause}</strong></p>
        <p class="quiet">${words.unsureMore}</p>
        <p class="code mono quiet" dir="ltr">${failure.code}</p>
      </div>
      <div class="bottom">
        <button class="button wide" @click=${on.again}>${t.scanAgain}</button>
        <button class="button primary wide" @click=${on.close}>${t.close}</button>
      </div>
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
      ${own || failure.found ? nothing : html`<button class="button primary wide" @click=${on.again}>${t.scanAgain}</button>`}
      <button class="button wide ${failure.found ? "primary" : ""}" @click=${on.close}>${t.close}</button>
    </div>
  `;
}

/** What came of a document: the code of why it was not sealed, or null. */
export interface DocumentOutcome {
  name: string;
  code: string | null;
  /** This phone found that itself. */
  found: boolean;
}

/** It is signed while the platform is away: the page keeps it and tries again (docs/protocol.md section 8.2). */
function fate({ code }: DocumentOutcome): "sealed" | "pending" | "not" {
  if (code === null) return "sealed";
  return code === "maintenance" ? "pending" : "not";
}

/** Documents were sealed, all or some; each has a line of its own. */
function sealed(documents: readonly DocumentOutcome[], close: () => void): TemplateResult {
  const t = sealTexts();
  const done = documents.filter((one) => fate(one) === "sealed").length;
  const all = done === documents.length;
  const [title, more] = all
    ? [t.sealedTitle, t.sealedMore(done)]
    : documents.some((one) => fate(one) === "pending")
      ? [t.pendingTitle, t.pendingMore]
      : [t.someTitle(done, documents.length), t.someMore];
  return html`
    <div class="done ${all ? "" : "some"}" role="status">
      <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 25l7 7 14-15" /></svg>
      <h1 data-focus tabindex="-1">${title}</h1>
      <p class="quiet">${more}</p>
      ${lines(documents)}
    </div>
    <div class="bottom"><button class="button primary wide" @click=${close}>${texts().close}</button></div>
  `;
}

function lines(documents: readonly DocumentOutcome[]): TemplateResult {
  const t = sealTexts();
  return html`<ul class="results">
    ${documents.map((one) => {
      const [tone, word] = {
        sealed: ["good", t.accepted],
        pending: ["warn", t.pending],
        not: ["bad", t.notSigned],
      }[fate(one)];
      return html`<li>
        <bdi>${one.name}</bdi>
        <span class="chip ${tone}">${word}</span>
        ${fate(one) === "not" ? reason(one) : nothing}
      </li>`;
    })}
  </ul>`;
}

function reason({ code, found }: DocumentOutcome): TemplateResult {
  const { cause, advice } = explain({ code: code ?? "internal", found });
  return html`<span class="why">${cause}</span><span class="quiet">${advice}</span>`;
}
