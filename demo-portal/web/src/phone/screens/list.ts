import { html, nothing, type TemplateResult } from "lit";
import { dateTime, day } from "../../lib/locale";
import type { CertificateView, Kind } from "../core-types";
import { texts } from "../texts";
import { sealTexts } from "../texts-seal";

/** One certificate, drawn like the paper it replaces; offered for a request, with what tells it from the others. */
export function certificateCard(
  one: CertificateView,
  offered: { kind: Kind | null; differs: readonly ("name" | "creditCode")[] } = { kind: null, differs: [] },
): TemplateResult {
  const t = texts();
  const expired = one.notAfter * 1000 < Date.now();
  const { kind, differs } = offered;
  return html`<div class="certificate">
    ${differs.includes("name") ? html`<strong><mark>${one.enterprise}</mark></strong>` : html`<strong>${one.enterprise}</strong>`}
    <span class="mono" dir="ltr">${differs.includes("creditCode") ? html`<mark>${one.creditCode}</mark>` : one.creditCode}</span>
    ${kind ? html`<span class="chip">${kind === "mutual" ? t.mutual : t.ownKind}</span>` : nothing}
    <span class="foot"><span>${one.issuer}</span><span>${t.validUntil} ${day(one.notAfter)}</span></span>
    ${expired ? html`<span class="chip bad">${t.expired}</span>` : nothing}
    ${one.lockedUntil ? html`<span class="chip bad">${t.lockedUntil(dateTime(one.lockedUntil))}</span>` : nothing}
  </div>`;
}

/** The first screen: scan, and the certificates in this phone; without any, how to get one. */
export function listScreen(
  certificates: CertificateView[],
  on: { apply: () => void; scan: () => void; seals: () => void },
): TemplateResult {
  const t = texts();
  if (certificates.length === 0) {
    return html`
      <div class="welcome">
        <h1 data-focus tabindex="-1">${t.welcome}</h1>
        <p class="quiet">${t.welcomeMore}</p>
        <ol>
          <li>${t.step1}</li>
          <li>${t.step2}</li>
          <li>${t.step3}</li>
        </ol>
      </div>
      <div class="bottom"><button class="button primary wide" @click=${on.apply}>${t.apply}</button></div>
    `;
  }
  return html`
    <button class="scan-now" @click=${on.scan}>
      <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5M4 12h16" /></svg>
      ${t.scan}
    </button>
    <h1 class="small" data-focus tabindex="-1">${t.mine}</h1>
    <ul class="stack">${certificates.map((one) => html`<li>${certificateCard(one)}</li>`)}</ul>
    <button class="button wide" @click=${on.seals}>${sealTexts().mySeals}</button>
    <button class="button plain" @click=${on.apply}>${t.applyAnother}</button>
  `;
}
