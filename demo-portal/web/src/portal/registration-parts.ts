/** Parts of the registration: its steps, the identity that the certificate proved, and where there is none. */
import { html, nothing, type TemplateResult } from "lit";
import { day, localized } from "../lib/locale";
import type { LocalizedName } from "../lib/model";
import { check, lock } from "./icons";
import { texts } from "./texts";
import { registerTexts } from "./texts-register";

/** What the certificate proved, and how long the server remembers it. */
export interface Ticket {
  enterprise: string;
  creditCode: string;
  certificate: {
    commonName: string;
    issuer: string;
    authorityName: LocalizedName;
    kind: "platform" | "mutual";
    notAfter: number;
  };
  expires: number;
}

/** Where the person is: `now` steps lie behind. */
export function steps(now: number): TemplateResult {
  const t = registerTexts();
  return html`<ol class="steps">
    ${t.steps.map(
      (step, index) => html`<li class=${index < now ? "past" : ""} aria-current=${index === now ? "step" : nothing}>
        <span class="step-mark" aria-hidden="true">${index < now ? check : index + 1}</span>
        <span>
          <span class="visually-hidden">${t.step(index + 1)}: </span>${step}
          ${index < now ? html`<span class="visually-hidden">, ${t.stepDone}</span>` : nothing}
        </span>
      </li>`,
    )}
  </ol>`;
}

/** What the certificate proved: locked, and said why. */
export function identity({ enterprise, creditCode, certificate }: Ticket): TemplateResult {
  const t = registerTexts();
  const locked = (name: string, label: string, value: string, mono = "") => html`<div class="field locked">
    <label for=${name}>${label}</label>
    <div class="lock-box">
      <input id=${name} class=${mono} .value=${value} readonly aria-describedby="locked-how" />
      ${lock}
    </div>
  </div>`;
  return html`<section class="panel identity">
    <div class="panel-head">
      <h2>${t.enterprise}</h2>
      <span class="chip good">${lock} ${t.locked}</span>
    </div>
    <div class="form two">
      ${locked("enterprise", texts().enterpriseName, enterprise)}
      ${locked("credit-code", texts().creditCode, creditCode, "mono")}
    </div>
    <dl class="facts">
      <div><dt>${t.issuer}</dt><dd>${localized(certificate.authorityName)}</dd></div>
      <div>
        <dt>${t.kind}</dt>
        <dd>${certificate.kind === "platform" ? t.platformCertificate : t.mutualCertificate}</dd>
      </div>
      <div><dt>${t.until}</dt><dd>${day(certificate.notAfter)}</dd></div>
    </dl>
    <p class="quiet small" id="locked-how">${t.lockedHow}</p>
  </section>`;
}

/** No registration is under way, and the one way on from here. */
export function dead(
  picture: TemplateResult,
  title: string,
  body: string,
  way = { href: "/#scan", word: registerTexts().scanAgain },
): TemplateResult {
  return html`<section class="panel empty">
    ${picture}
    <h1>${title}</h1>
    <p>${body}</p>
    <a class="button primary" href=${way.href}>${way.word}</a>
  </section>`;
}
