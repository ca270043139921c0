import { html, nothing, type TemplateResult } from "lit";
import { locale } from "../../lib/locale";
import { placeName } from "../../lib/place";
import type { Screen } from "../app";
import type { Account, SealView } from "../core-types";
import { explain } from "../explain";
import { texts } from "../texts";
import { sealTexts } from "../texts-seal";
import { certificateCard } from "./list";
import { documentList, sealChoice } from "./seal-parts";

/** Who asks (only what is proven), what for, from where; refusing is as easy as agreeing. */
export function reviewScreen(
  screen: Extract<Screen, { at: "review" }>,
  seals: readonly SealView[],
  now: number,
  on: {
    choose: (id: string) => void;
    chooseSeal: (id: string | null) => void;
    fetchSeals: (certificate: string) => void;
    agree: (chosen: string) => void;
    /** Goes on to the documents, to look at them or not. */
    seal: (chosen: string, look: boolean) => void;
    refuse: (code: "refused" | "reported-fraud") => void;
  },
): TemplateResult {
  const t = texts();
  const { review, chosen } = screen;
  const language = locale() === "en" ? "en" : "zh";
  const sealing = review.documents.length > 0;
  return html`
    <div class="review">
      <p class="asks">${t.asks} <span class="chip good">${t.proven}</span></p>
      <h1 data-focus tabindex="-1">${review.platform[language]}</h1>
      <p class="what">${review.display[language].map((line) => html`<span>${line}</span>`)}</p>
      ${review.account ? accountPanel(review.account, sealing) : nothing}
      ${sealing ? documentList(review.documents) : nothing}
      <div class="number">
        <span>${t.checkNumber}</span>
        <strong class="mono" dir="ltr">${review.checkNumber}</strong>
        <span class="quiet">${t.checkHelp}</span>
      </div>
      <dl class="facts">
        <div><dt>${t.site}</dt><dd class="mono" dir="ltr">${review.origin}</dd></div>
        <div><dt>${t.from}</dt><dd><bdi>${review.browser}</bdi></dd></div>
        <div><dt>${t.place}</dt><dd><bdi>${placeName(review.place)}</bdi></dd></div>
      </dl>
      <fieldset>
        <legend>${chosen === null ? t.noneFits : t.certificate}</legend>
        ${review.candidates.map(
          ({ certificate, ca, kind, reason, differs }) => html`<label class="choice" data-fits=${reason === null}>
            <input
              type="radio"
              name="certificate"
              value=${certificate.id}
              .checked=${certificate.id === chosen}
              ?disabled=${reason !== null}
              @change=${() => on.choose(certificate.id)}
            />
            ${certificateCard(ca ? { ...certificate, issuer: ca[language] } : certificate, { kind, differs })}
            ${reason === null ? nothing : html`<span class="wrong">${explain({ code: reason }).cause}</span>`}
          </label>`,
        )}
      </fieldset>
      ${
        sealing && chosen !== null
          ? sealChoice(seals, screen.seal, { choose: on.chooseSeal, fetch: () => on.fetchSeals(chosen) })
          : nothing
      }
    </div>
    <div class="bottom">
      <p class="quiet left" role="timer">${t.expiresIn(left(screen.until, now))}</p>
      ${
        sealing
          ? html`<button class="button primary wide" aria-describedby="fetch-more" ?disabled=${chosen === null} @click=${() => chosen !== null && on.seal(chosen, true)}>${sealTexts().fetchAndCheck}</button>
              <p class="quiet left" id="fetch-more">${sealTexts().fetchAndCheckMore}</p>
              <div class="pair">
                <button class="button" @click=${() => on.refuse("refused")}>${t.refuse}</button>
                <button class="button" ?disabled=${chosen === null} @click=${() => chosen !== null && on.seal(chosen, false)}>${sealTexts().unseen}</button>
              </div>`
          : html`<div class="pair">
              <button class="button" @click=${() => on.refuse("refused")}>${t.refuse}</button>
              <button class="button primary" ?disabled=${chosen === null} @click=${() => chosen !== null && on.agree(chosen)}>${t.agree}</button>
            </div>`
      }
      <button class="button plain wide" title=${t.notMeHelp} @click=${() => on.refuse("reported-fraud")}>${t.notMe}</button>
    </div>
  `;
}

/** The account that asks for a binding, or for which is sealed: what the certificate must agree with. */
function accountPanel(account: Account, sealing: boolean): TemplateResult {
  const t = texts();
  const title = sealing ? sealTexts().sealFor : account.replaces ? t.replaceAt : t.bindTo;
  return html`<section class="account" aria-labelledby="account-title">
    <h2 id="account-title">${title}</h2>
    <dl class="facts">
      <div><dt>${t.account}</dt><dd dir="ltr">${account.name}</dd></div>
      <div><dt>${t.enterprise}</dt><dd><bdi>${account.enterprise}</bdi></dd></div>
      <div><dt>${t.creditCode}</dt><dd class="mono" dir="ltr">${account.creditCode}</dd></div>
    </dl>
  </section>`;
}

/** Remaining time as m:ss. */
export function left(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
