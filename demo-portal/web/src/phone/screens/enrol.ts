import { html, nothing, type TemplateResult } from "lit";
import { locale } from "../../lib/locale";
import type { CertificateView, Failure, Issuer } from "../core-types";
import { explain } from "../explain";
import { texts } from "../texts";
import { certificateCard } from "./list";

/** What is wrong with each field, as names of texts: the language may change while they stand there. */
export type Wrong = Partial<
  Record<"enterprise" | "creditCode" | "pin" | "again", "needEnterprise" | "badCreditCode" | "badPin" | "differentPins">
>;

/** The application form. The core checks again; here a person sees at once which field is wrong. */
export function enrolScreen(
  state: { busy: boolean; failure: Failure | null; issuers: Issuer[]; wrong: Wrong },
  on: {
    submit: (form: { ca: string | undefined; enterprise: string; creditCode: string; pin: string }) => void;
    check: (wrong: Wrong) => void;
    back: () => void;
    retry: () => void;
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
    on.check(wrong);
    if (Object.keys(wrong).length === 0)
      on.submit({
        ca: new FormData(form).get("ca")?.toString(),
        enterprise: value("enterprise"),
        creditCode: value("creditCode").toUpperCase(),
        pin: value("pin"),
      });
  };
  return html`
    <h1 data-focus tabindex="-1">${t.apply}</h1>
    <form class="stack" novalidate @submit=${submit}>
      ${state.failure ? problem(state.failure, on) : nothing}
      ${issuerChoice(state.issuers)}
      ${field("enterprise", state.wrong.enterprise, t.enterprise, t.enterpriseHint, { autocomplete: "organization", maxlength: 80 })}
      ${field("creditCode", state.wrong.creditCode, t.creditCode, t.creditCodeHint, { autocomplete: "off", maxlength: 18 })}
      <div class="examples">
        <button type="button" class="button plain start" @click=${(event: Event) => fill(event, REGISTERED)}>${t.demoEnterprise}</button>
        <button type="button" class="button plain start" @click=${(event: Event) => fill(event, UNKNOWN)}>${t.demoNewcomer}</button>
      </div>
      ${field("pin", state.wrong.pin, t.pin, t.pinHint, { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12 })}
      ${field("again", state.wrong.again, t.pinAgain, "", { type: "password", inputmode: "numeric", autocomplete: "off", maxlength: 12 })}
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

function field(
  name: string,
  wrong: Wrong[keyof Wrong],
  label: string,
  hint: string,
  options: FieldOptions,
): TemplateResult {
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
      aria-invalid=${wrong !== undefined}
      aria-describedby="${name}-hint ${name}-wrong"
    />
    ${hint ? html`<span class="hint" id="${name}-hint">${hint}</span>` : nothing}
    <span class="wrong" id="${name}-wrong">${wrong ? texts()[wrong] : nothing}</span>
  </div>`;
}

/** Which authority to apply to. Platforms may accept only some kinds; the person sees which is which. */
function issuerChoice(issuers: Issuer[]): TemplateResult | typeof nothing {
  const t = texts();
  if (issuers.length === 0) return nothing;
  const language = locale() === "en" ? "en" : "zh";
  return html`<fieldset class="issuers">
    <legend>${t.issuer}</legend>
    ${issuers.map(
      ({ id, name, kind }, index) => html`<label>
        <input type="radio" name="ca" value=${id} ?checked=${index === 0} />
        <span>
          <span class="label">${name[language]}</span>
          <span class="hint"><span class="chip">${kind === "mutual" ? t.mutual : t.ownKind}</span> ${kind === "mutual" ? t.mutualMore : t.ownKindMore}</span>
        </span>
      </label>`,
    )}
  </fieldset>`;
}

function problem(failure: Failure, on: { retry: () => void; forget: () => void }): TemplateResult {
  const t = texts();
  const { cause, advice } = explain(failure);
  return html`<p class="notice bad" role="alert"><span><strong>${cause}</strong>${advice}</span></p>
    ${failure.code === "offline" ? html`<button type="button" class="button wide" @click=${on.retry}>${t.retry}</button>` : nothing}
    ${
      failure.code === "trust-list-invalid"
        ? html`<button type="button" class="button wide" @click=${on.forget}>${t.forget}</button>`
        : nothing
    }`;
}

function check(enterprise: string, creditCode: string, pin: string, again: string): Wrong {
  return {
    ...(enterprise === "" && { enterprise: "needEnterprise" }),
    ...(!/^[0-9A-HJ-NPQRTUWXY]{18}$/i.test(creditCode) && { creditCode: "badCreditCode" }),
    ...(!/^[0-9]{6,12}$/.test(pin) && { pin: "badPin" }),
    ...(pin !== again && { again: "differentPins" }),
  };
}

interface Example {
  enterprise: string;
  creditCode: string;
}

/** Two of the demo, so that a first try needs no invention: one that has an account to bind to, one that nobody knows yet. */
const REGISTERED: Example = { enterprise: "天山博康医疗器械有限公司", creditCode: "91650100MA77C0R54J" };
const UNKNOWN: Example = { enterprise: "云岭绿洲园林工程有限公司", creditCode: "91650102MA7ABQ8K1H" };

function fill(event: Event, example: Example): void {
  const form = (event.currentTarget as HTMLButtonElement).form;
  if (!form) return;
  (form.elements.namedItem("enterprise") as HTMLInputElement).value = example.enterprise;
  (form.elements.namedItem("creditCode") as HTMLInputElement).value = example.creditCode;
}
