import { html, nothing, type TemplateResult } from "lit";
import type { Screen } from "../app";
import type { DocumentState, RequestDocument } from "../core-types";
import { explain } from "../explain";
import { bytes, groups, ranges } from "../numbers";
import { texts } from "../texts";
import { sealTexts } from "../texts-seal";
import { left } from "./review";

type DocumentsScreen = Extract<Screen, { at: "documents" }>;

/** Fetching the documents and checking them: what came of each, and what the person may do now. */
export function documentsScreen(
  screen: DocumentsScreen,
  now: number,
  on: { view: (index: number) => void; go: () => void; skip: () => void; refuse: () => void },
): TemplateResult {
  const t = sealTexts();
  const { review, states } = screen;
  const ready = states.filter(({ at }) => at === "ready");
  const settled = states.every(({ at }) => at === "ready" || at === "failed");
  const unseen = ready.filter(({ looked }) => !looked).length;
  const got = states.reduce((sum, one) => sum + one.got, 0);
  const wanted = states.reduce((sum, one) => sum + one.wanted, 0);
  const title = settled ? settledTitle(ready.length, unseen, states.length) : got > 0 ? t.fetching : t.preparing;
  return html`
    <div class="checking">
      <h1 class="small" data-focus tabindex="-1" aria-live="polite">${title}</h1>
      ${
        settled
          ? nothing
          : html`<div class="progress">
              <progress max="1" .value=${wanted > 0 ? got / wanted : 0} aria-label=${t.fetching}></progress>
              <span class="quiet">${t.progress(bytes(got), bytes(wanted))}</span>
            </div>`
      }
      ${unseen > 0 ? html`<p class="notice warn" role="note">${unseen === review.documents.length ? t.unseenWarn : t.unseenSome(unseen)}</p>` : nothing}
      <ul class="checked">
        ${review.documents.map((document, index) => row(document, states[index], () => on.view(index)))}
      </ul>
      <p class="quiet hint">${t.changeSeal}</p>
    </div>
    <div class="bottom">
      <p class="quiet left" role="timer">${texts().expiresIn(left(screen.until, now))}</p>
      ${settled ? nothing : html`<button class="button plain wide" @click=${on.skip}>${t.skip}</button>`}
      <div class="pair">
        <button class="button" @click=${on.refuse}>${texts().refuse}</button>
        <button class="button primary" ?disabled=${!settled || ready.length === 0} @click=${on.go}>${t.toPin(Math.max(1, ready.length))}</button>
      </div>
    </div>
  `;
}

function settledTitle(ready: number, unseen: number, all: number): string {
  const t = sealTexts();
  if (ready < all) return t.checkedSome(ready, all);
  return unseen === all ? t.skipped : t.checked;
}

function row(document: RequestDocument, state: DocumentState | undefined, view: () => void): TemplateResult {
  const t = sealTexts();
  if (!state) return html`<li><strong><bdi>${document.name}</bdi></strong><span class="quiet">${t.waiting}</span></li>`;
  return html`<li data-at=${state.at} data-looked=${state.looked}>
    ${mark(state)}
    <div>
      <strong><bdi>${document.name}</bdi></strong>
      ${told(state)}
      ${
        state.digest
          ? html`<details class="fingerprint">
              <summary>${t.digest}</summary>
              <p class="mono" dir="ltr">${groups(state.digest).map((group) => html`<span>${group}</span>`)}</p>
            </details>`
          : nothing
      }
    </div>
    ${
      state.sealed
        ? html`<button class="button small" aria-label=${t.viewDocument(document.name)} @click=${view}>${t.view}</button>`
        : nothing
    }
  </li>`;
}

function told(state: DocumentState): TemplateResult {
  const t = sealTexts();
  switch (state.at) {
    case "waiting":
      return html`<span class="quiet">${t.waiting}</span>`;
    case "fetching":
      return html`<span class="quiet">${t.fetched(bytes(state.got), bytes(state.wanted))}</span>
        <progress max="1" .value=${state.wanted > 0 ? state.got / state.wanted : 0} aria-hidden="true"></progress>`;
    case "failed": {
      const { cause, advice } = explain({ code: state.code ?? "internal", found: state.found });
      return html`<span class="wrong"><strong>${t.left}</strong> ${cause}</span><span class="quiet">${advice}</span>`;
    }
    case "ready":
      if (!state.pages) return html`<span class="unseen">${state.tooLarge ? t.tooLarge : t.notLooked}</span>`;
      return html`<span>${state.pages.length > 0 ? t.onlySealed(ranges(state.pages).replaceAll(" ", "\u00a0")) : t.onlySigned}</span>`;
  }
}

function mark({ at, looked }: DocumentState): TemplateResult {
  if (at === "failed")
    return html`<svg class="line bad" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" /><path d="M9 9l6 6M15 9l-6 6" /></svg>`;
  if (at !== "ready") return html`<span class="spinner small" aria-hidden="true"></span>`;
  if (!looked)
    return html`<svg class="line warn" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4l9 16H3zM12 10v4M12 17v.5" /></svg>`;
  return html`<svg class="line good" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9" /><path d="M8 12.5l3 3 5.5-6.5" /></svg>`;
}
