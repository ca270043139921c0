import { html, nothing, type TemplateResult } from "lit";
import type { CertificateView, Failure } from "../core-types";
import { explain } from "../explain";
import { texts } from "../texts";
import { certificateCard } from "./list";

type Wrong = Partial<Record<"enterprise" | "creditCode" | "pin" | "again", string>>;

/** The application form. The core checks again; here a person sees at once which field is wrong. */
export function enrolScreen(
  state: { busy: boolean; failure: Failure | null },
  on: {
    submit: (form: { enterprise: string; creditCode: string; pin: string }) => void;
    back: () => void;
    forget: () => void;
  },
): TemplateResult {
  const t = texts();
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (state.busy) return;
    const form = event.currentTarget as HTMLFormElement;
    const value = (name: string): string => (form.elements.namedItem(name) as HTMLInputElement).value.trim();
    const wrong = check(value("enterprise"), value("creditCode"), value("pin"), value("again"));
    mark(form, wrong);
    if (Object.keys(wrong).length === 0)
      on.submit({ enterprise: value("enterprise"), creditCode: value("creditCode").toUpperCase(), pin: value("pin") });
  };
  return html`
    <h1 data-focus tabindex="-1">${t.apply}</h1>
    <form class="stack" novalidate @submit=${submit}>
      ${state.failure ? problem(state.failure, on.forget) : nothing}
      ${field("enterprise", t.enterprise, t.enterpriseHint, { autocomplete: "organization", maxlength: 80 })}
      ${field("creditCode", t.creditCode, t.creditCodeHint, { autocomplete: "off", maxlength: 18 })}
      <button type="button" class="button plain start" @click=${fillExample}>${t.demoEnterprise}</button>
      ${field("pin", t.pin, t.pinHint, { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12 })}
      ${field("again", t.pinAgain, "", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12 })}
      <p class="notice warn">${t.pinWarn}</p>
      <button class="button primary wide" aria-busy=${state.busy}>${state.busy ? t.applying : t.submitApply}</button>
      <button type="button" class="button wide" ?disabled=${state.busy} @click=${on.back}>${t.back}</button>
    </form>
  `;
}

/** After the certificate was issued. */
export function enrolled(
  certificate: CertificateView | undefined,
  close: () => void,
  scan: () => void,
): TemplateResult {
  const t = texts();
  return html`
    <div class="done">
      <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 25l7 7 14-15" /></svg>
      <h1 data-focus tabindex="-1">${t.enrolled}</h1>
      <p class="quiet">${t.enrolledMore}</p>
    </div>
    ${certificate ? certificateCard(certificate) : nothing}
    <div class="bottom">
      <button class="button primary wide" @click=${scan}>${t.scan}</button>
      <button class="button wide" @click=${close}>${t.close}</button>
    </div>
  `;
}

interface FieldOptions {
  type?: string;
  inputmode?: string;
  autocomplete: string;
  maxlength: number;
}

function field(name: string, label: string, hint: string, options: FieldOptions): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <input
      id=${name}
      name=${name}
      type=${options.type ?? "text"}
      inputmode=${options.inputmode ?? "text"}
      autocomplete=${options.autocomplete}
      maxlength=${options.maxlength}
      spellcheck="false"
      aria-describedby="${name}-hint ${name}-wrong"
    />
    ${hint ? html`<span class="hint" id="${name}-hint">${hint}</span>` : nothing}
    <span class="wrong" id="${name}-wrong"></span>
  </div>`;
}

function problem(failure: Failure, forget: () => void): TemplateResult {
  const { cause, advice } = explain(failure);
  return html`<p class="notice bad" role="alert"><span><strong>${cause}</strong>${advice}</span></p>
    ${
      failure.code === "trust-list-invalid"
        ? html`<button type="button" class="button wide" @click=${forget}>${texts().forget}</button>`
        : nothing
    }`;
}

function check(enterprise: string, creditCode: string, pin: string, again: string): Wrong {
  const t = texts();
  return {
    ...(enterprise === "" ? { enterprise: t.needEnterprise } : {}),
    ...(/^[0-9A-HJ-NPQRTUWXY]{18}$/i.test(creditCode) ? {} : { creditCode: t.badCreditCode }),
    ...(/^[0-9]{6,12}$/.test(pin) ? {} : { pin: t.badPin }),
    ...(pin === again ? {} : { again: t.differentPins }),
  };
}

function mark(form: HTMLFormElement, wrong: Wrong): void {
  for (const name of ["again", "pin", "creditCode", "enterprise"] as const) {
    const input = form.elements.namedItem(name) as HTMLInputElement;
    const text = wrong[name];
    input.setAttribute("aria-invalid", String(text !== undefined));
    const place = form.querySelector(`#${name}-wrong`);
    if (place) place.textContent = text ?? "";
    if (text !== undefined) input.focus();
  }
}

/** The enterprise of the demo's supplier account, so that a first try needs no invention. */
function fillExample(event: Event): void {
  const form = (event.currentTarget as HTMLButtonElement).form;
  if (!form) return;
  (form.elements.namedItem("enterprise") as HTMLInputElement).value = "天山博康医疗器械有限公司";
  (form.elements.namedItem("creditCode") as HTMLInputElement).value = "91650100MA77C0R54J";
}
