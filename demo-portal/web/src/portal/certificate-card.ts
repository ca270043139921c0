/** A bound certificate drawn as the paper it stands for, with what can be done with it. */
import "../styles/paper.css";
import { html, nothing, type TemplateResult } from "lit";
import { day, daysUntil, localized } from "../lib/locale";
import type { Account, BoundCertificate } from "../lib/model";
import { frost, swap, thaw, unlink } from "./icons";
import { homeTexts } from "./texts-home";

/** From here on the platform asks for a new one, in days. */
export const RENEW_WITHIN = 60;

/** What a person can do with a certificate. */
export interface CertificateActions {
  renew: (certificate: BoundCertificate) => void;
  unbind: (certificate: BoundCertificate) => void;
  freeze: (certificate: BoundCertificate) => void;
  unfreeze: (certificate: BoundCertificate) => void;
}

/** Ends soon, or has ended by age: in both cases a new one is due. */
export function renewalDue({ state, notAfter }: BoundCertificate): boolean {
  return state === "expired" || (state === "valid" && daysUntil(notAfter) < RENEW_WITHIN);
}

/** One certificate. `account` is who looks at it. */
export function certificateCard(
  certificate: BoundCertificate,
  account: Account,
  actions: CertificateActions,
): TemplateResult {
  const t = homeTexts();
  const own = certificate.holder === account.login;
  return html`<li class="paper ${certificate.kind} ${certificate.state}">
    <div class="paper-head">
      <span class="paper-kind">${t.paper} · ${certificate.kind === "platform" ? t.platformCertificate : t.mutualCertificate}</span>
      ${stateChip(certificate)}
    </div>
    <h3>${certificate.commonName}</h3>
    <p class="paper-code"><span class="mono" dir="ltr">${certificate.creditCode}</span> ${stateStamp(certificate)}</p>
    <dl class="facts">
      <div><dt>${t.authority}</dt><dd>${localized(certificate.authorityName)}</dd></div>
      <div><dt>${t.holder}</dt><dd>${certificate.holderName} <span class="quiet" dir="ltr">${certificate.holder}</span></dd></div>
      <div>
        <dt>${t.validity}</dt>
        <dd><span class="unbroken">${day(certificate.notBefore)} ${t.from}</span> <span class="unbroken">${day(certificate.notAfter)}</span></dd>
      </div>
      <div><dt>${t.boundAt}</dt><dd>${day(certificate.bound)}</dd></div>
      <div class="long"><dt>${t.serial}</dt><dd class="mono" dir="ltr">${certificate.serial}</dd></div>
    </dl>
    ${certificate.state === "valid" ? term(certificate) : nothing}
    <div class="buttons">${buttons(certificate, account, own, actions)}</div>
  </li>`;
}

function stateChip({ state, notAfter }: BoundCertificate): TemplateResult {
  const t = homeTexts().state;
  const days = daysUntil(notAfter);
  if (state === "valid" && days < RENEW_WITHIN) return html`<span class="chip warn">${t.expiring(days)}</span>`;
  const tone = { valid: "good", "not-yet-valid": "warn", expired: "bad", revoked: "bad", frozen: "cold" }[state];
  return html`<span class="chip ${tone}">${t[state]}</span>`;
}

/** What makes the paper worthless is stamped across it. The chip says the same to everybody. */
function stateStamp({ state }: BoundCertificate): TemplateResult | typeof nothing {
  if (state === "valid" || state === "not-yet-valid") return nothing;
  return html`<span class="cancel" aria-hidden="true">${homeTexts().state[state]}</span>`;
}

/** How much of its life is over, drawn as a line. */
function term({ notBefore, notAfter }: BoundCertificate): TemplateResult {
  const t = homeTexts();
  const used = Math.min(100, Math.max(0, ((Date.now() / 1000 - notBefore) / (notAfter - notBefore)) * 100));
  return html`<div class="term">
    <svg viewBox="0 0 100 2" preserveAspectRatio="none" role="img" aria-label="${t.validityUsed}: ${Math.round(used)}%">
      <rect class="track" width="100" height="2" />
      <rect class="used" width=${used} height="2" />
    </svg>
    <span>${t.daysLeft(daysUntil(notAfter))}</span>
  </div>`;
}

function buttons(
  certificate: BoundCertificate,
  account: Account,
  own: boolean,
  { renew, unbind, freeze, unfreeze }: CertificateActions,
): (TemplateResult | typeof nothing)[] {
  const t = homeTexts();
  const { state } = certificate;
  const button = (word: string, glyph: TemplateResult, act: (one: BoundCertificate) => void, tone = "") =>
    html`<button
      class="button small ${tone}"
      type="button"
      aria-label="${word}: ${certificate.commonName}, ${certificate.holderName}"
      @click=${() => act(certificate)}
    >
      ${glyph} ${word}
    </button>`;
  const administrator = account.role === "administrator" || account.enterprise.kind === "platform";
  return [
    own && state !== "frozen" ? button(t.renew, swap, renew, renewalDue(certificate) ? "primary" : "") : nothing,
    state === "frozen" && administrator ? button(t.unfreeze, thaw, unfreeze) : nothing,
    state === "frozen" && !administrator ? html`<span class="quiet">${t.askAdministrator}</span>` : nothing,
    state === "valid" || state === "not-yet-valid" ? button(t.freeze, frost, freeze) : nothing,
    button(t.unbind, unlink, unbind),
  ];
}
