import { html, nothing, type TemplateResult } from "lit";
import type { Screen } from "../app";
import { texts } from "../texts";
import { sealTexts } from "../texts-seal";

/**
 * While the phone signs and the platform checks. Documents take longer, so the steps are named. Whoever is cut off with the
 * answer given may `leave`: the computer has the result, or will not get it for minutes.
 */
export function signingScreen(
  { signed, documents }: Extract<Screen, { at: "signing" }>,
  cutOff: boolean,
  leave: () => void,
): TemplateResult {
  const t = texts();
  const alone = signed && cutOff;
  const way = alone
    ? html`<div class="bottom"><button class="button wide" @click=${leave}>${t.close}</button></div>`
    : nothing;
  const more = alone ? html`<p class="quiet">${t.cutOff}</p>` : nothing;
  const title = html`<h1 data-focus tabindex="-1">${signed ? t.waiting : t.checking}</h1>`;
  if (documents === 0)
    return html`<div class="waiting" role="status"><span class="spinner"></span>${title} ${more}</div>
      ${way}`;
  const s = sealTexts();
  // PIN and signatures are one step of the phone's core: together they are done, or together they are not.
  const steps = [
    { text: s.stepPin, done: signed },
    { text: s.stepSign(documents), done: signed },
    { text: s.stepPlatform, done: false },
  ];
  const current = steps.findIndex(({ done }) => !done);
  return html`<div class="waiting" role="status">
    <span class="spinner"></span>
    ${title}
    <ol class="steps">
      ${steps.map(
        ({ text, done }, index) =>
          html`<li data-done=${done} aria-current=${index === current ? "step" : "false"}>${text}</li>`,
      )}
    </ol>
    ${more}
  </div>
    ${way}`;
}
