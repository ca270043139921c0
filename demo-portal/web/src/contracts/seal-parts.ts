/** What the sealing page draws: its phases, the steps of a scan, the results. Pure: models in, templates out. */
import { html, nothing, type TemplateResult } from "lit";
import { errorText, isErrorCode } from "scanseal";
import { ApiError } from "../lib/api";
import { byteSize } from "../lib/bytes";
import { locale } from "../lib/locale";
import { check, download, sealGlyph, swap } from "../portal/icons";
import { donePicture, refusedPicture, waitingPicture } from "../portal/pictures";
import type { Delivery } from "./hand-over";
import type { Contract } from "./model";
import { levelChip } from "./parts";
import { type SealProgress, STEPS } from "./seal-steps";
import { explainContract } from "./texts-contracts";
import { sealTexts } from "./texts-seal";

/** 1 placing, 2 scanning, 3 done. */
export function phases(now: number): TemplateResult {
  const t = sealTexts();
  return html`<ol class="flow" aria-label=${t.phasesLabel}>
    ${t.phases.map(
      (name, at) => html`<li class=${at < now ? "past" : ""} aria-current=${at === now ? "step" : nothing}>
        <span class="flow-number" aria-hidden="true">${at < now ? check : at + 1}</span> ${name}
      </li>`,
    )}
  </ol>`;
}

/** What happens between page, phone and platform, as it happens. */
export function steps(progress: SealProgress): TemplateResult {
  const t = sealTexts();
  const now = STEPS.indexOf(progress.step);
  return html`<ol class="steps-list">
    ${STEPS.map((step, at) => {
      const state = at < now || progress.step === "done" ? "past" : at === now ? "now" : "";
      return html`<li class=${state} aria-current=${state === "now" ? "step" : nothing}>
        <span class="step-point" aria-hidden="true">${state === "past" ? check : nothing}</span>
        <div>
          <p>${t.steps[step]}</p>
          ${state === "now" ? detail(progress) : nothing}
        </div>
      </li>`;
    })}
  </ol>`;
}

function detail({ step, prepared, total, fetched, phone }: SealProgress): TemplateResult | typeof nothing {
  const t = sealTexts();
  if (step === "choose" && phone) return html`<p class="quiet"><bdi>${phone}</bdi></p>`;
  if (step === "prepare" && total > 1) return html`<p class="quiet">${t.prepared(prepared, total)}</p>`;
  if (step !== "check") return nothing;
  return fetched > 0
    ? html`<p class="quiet">${t.fetched(percent(fetched))}</p>
        <progress max="1" .value=${fetched} aria-label=${t.steps.check}></progress>`
    : html`<p class="quiet">${t.notLooked}</p>`;
}

/** The documents that are being sealed. */
export function documentList(contracts: readonly Contract[], places: number): TemplateResult {
  const t = sealTexts();
  return html`<section class="sealing-documents">
    <h3>${t.documents}</h3>
    <ul>
      ${contracts.map(
        ({ title, number, file }) => html`<li>
          <span class="file-name">${title}</span>
          <span class="quiet">
            <span dir="ltr">${number}</span> · ${t.pages(file?.pages ?? 0)} · ${byteSize(file?.size ?? 0)}
          </span>
        </li>`,
      )}
    </ul>
    <p class="quiet">${t.places(places)}</p>
  </section>`;
}

/** A document that cannot take the places: which, why, and at which of the places if that can be shown. */
export interface Misfitting {
  at: number;
  why: string;
  place: number | null;
}

/** Names the documents in which the places do not fit, and leads to where. */
export function misfitting(
  contracts: readonly Contract[],
  misfits: readonly Misfitting[],
  { show, leaveOut }: { show: (one: Misfitting) => void; leaveOut: () => void },
): TemplateResult {
  const t = sealTexts();
  const reasons: Readonly<Partial<Record<string, string>>> = t.misfits;
  const word = (why: string): string => reasons[why] ?? (isErrorCode(why) ? errorText(why, locale()).cause : why);
  const several = contracts.length > 1;
  return html`<section class="notice bad misfits" role="alert">
    <div>
      <strong>${several ? t.misfitTitle(misfits.length) : t.misfitOnly}</strong>
      <ul>
        ${misfits.map(
          (one) => html`<li>
            ${several ? t.misfitOf(contracts[one.at]?.title ?? "") : nothing}${one.place === null ? nothing : t.misfitAt(one.place + 1)}${word(one.why)}
            ${one.place === null ? nothing : html`<button class="button small" type="button" @click=${() => show(one)}>${t.misfitShow}</button>`}
          </li>`,
        )}
      </ul>
      <p>${several ? t.misfitHow : t.misfitMove}</p>
      ${
        misfits.length < contracts.length
          ? html`<button class="button small" type="button" @click=${leaveOut}>${t.withoutThem}</button>`
          : nothing
      }
    </div>
  </section>`;
}

/** Codes that scanning again does not get rid of as long as the places are these. */
const OF_PLACES = ["seal-off-page", "keyword-not-found", "no-text-layer", "pages-invalid", "single-page"];

/** Whether a refusal is about where the seal is put. */
export function ofPlaces(code: string): boolean {
  return OF_PLACES.includes(code);
}

/** How a scan failed, and what is known of it besides its code. */
export interface Failed {
  code: string;
  refusal: ApiError | null;
  /** `found`: the phone found another document than the platform's. `sealless`: on the phone no seal was chosen. */
  why: "found" | "sealless" | null;
}

/** What went wrong, and what to do. */
export function failureWords({ code, refusal, why }: Failed): { cause: string; advice: string } {
  const t = sealTexts();
  if (why === "found") return { cause: t.phoneRefused, advice: t.phoneRefusedMore };
  if (why === "sealless") return { cause: t.sealless, advice: t.seallessMore };
  // The common words are for who logs in with it.
  if (code === "certificate-not-bound") return { cause: t.notBound, advice: t.notBoundMore };
  if (code === "document-changed") return { cause: t.notSealed, advice: t.reasonChanged };
  if (isErrorCode(code)) return errorText(code, locale());
  return { cause: t.notSealed, advice: refusal ? explainContract(refusal) : code };
}

/** What the results need of their page. */
export interface ResultActions {
  save: (document: number) => void;
  tryNow: () => void;
}

/** What came of each document. */
export function results(
  contracts: readonly Contract[],
  deliveries: readonly Delivery[],
  { save, tryNow }: ResultActions,
): TemplateResult {
  const t = sealTexts();
  const good = deliveries.filter(({ at }) => at === "accepted").length;
  const bad = deliveries.filter(({ at }) => at === "refused" || at === "left-out" || at === "late").length;
  const open = deliveries.length - good - bad;
  const late = deliveries.some(({ at }) => at === "late");
  const title =
    open > 0 ? t.waitTitle : bad === 0 ? t.doneTitle(good) : good > 0 ? t.partTitle(good, bad) : t.noneTitle;
  const rest = contracts.filter((_, at) => retried(deliveries[at])).map(({ id }) => id);
  const [only] = contracts.length === 1 ? contracts : [];
  return html`<section class="panel sealed">
    <div class="sealed-head">
      ${open > 0 ? waitingPicture : good > 0 ? donePicture : refusedPicture}
      <div role="status">
        <h2 tabindex="-1">${title}</h2>
        <p>${open > 0 ? t.waitBody : late ? t.lateBody : good > 0 ? t.doneBody : nothing}</p>
      </div>
    </div>
    <ul class="deliveries">
      ${contracts.map((contract, at) => delivery(contract, deliveries[at], () => save(at)))}
    </ul>
    <div class="form-end">
      ${open > 0 ? html`<button class="button" type="button" @click=${tryNow}>${swap} ${t.tryNow}</button>` : nothing}
      ${open === 0 && rest.length > 0 ? html`<a class="button" href="/seal#${rest.join(",")}">${sealGlyph} ${t.sealRest}</a>` : nothing}
      ${
        open === 0
          ? only
            ? html`<a class="button primary" href="/contract#${only.id}">${t.openContract}</a>`
            : html`<a class="button primary" href="/contracts">${t.leaveMany}</a>`
          : nothing
      }
    </div>
  </section>`;
}

/** Whether scanning once more may seal it. */
function retried(delivery: Delivery | undefined): boolean {
  if (delivery?.at === "refused") return delivery.code !== "already-sealed" && delivery.code !== "not-your-turn";
  return delivery?.at === "left-out" || delivery?.at === "late";
}

const TONES: Record<Delivery["at"], string> = {
  waiting: "plain",
  sending: "",
  stuck: "warn",
  accepted: "good",
  refused: "bad",
  "left-out": "bad",
  late: "bad",
};

function delivery(contract: Contract, one: Delivery | undefined, save: () => void): TemplateResult {
  const t = sealTexts();
  const state: Delivery = one ?? { at: "waiting" };
  const word = state.at === "sending" ? t.state.sending(percent(state.share)) : t.state[state.at];
  // What is sealed and not with the platform is the person's to keep; with a refusal for its own sake it is worth nothing.
  const kept =
    state.at === "stuck" || state.at === "late" || (state.at === "refused" && state.code === "login-required");
  return html`<li>
    <div>
      <p><a href="/contract#${contract.id}">${contract.title}</a> <span class="quiet" dir="ltr">${contract.number}</span></p>
      <p>
        <span class="chip ${TONES[state.at]}">${word}</span>
        ${state.at === "accepted" ? levelChip(state.answer.level) : nothing}
        ${
          state.at === "accepted"
            ? html`<span class="quiet">${state.answer.state === "done" ? t.finished : t.next2}${state.answer.pending ? html` · ${t.pending}` : nothing}</span>`
            : nothing
        }
      </p>
      ${"code" in state ? html`<p class="quiet">${reason(state)}</p>` : nothing}
      ${state.at === "sending" ? html`<progress max="1" .value=${state.share} aria-label=${contract.title}></progress>` : nothing}
    </div>
    ${
      state.at === "accepted"
        ? html`<a class="button small" href="/api/contracts/${contract.id}/revisions/${state.answer.revision}" download aria-label="${t.download}: ${contract.title}"
            >${download} ${t.download}</a
          >`
        : kept
          ? html`<button class="button small" type="button" aria-label="${t.saveSealed}: ${contract.title}" @click=${save}>
              ${download} ${t.saveSealed}
            </button>`
          : nothing
    }
  </li>`;
}

/** Why, in one sentence. */
function reason({ at, code }: Extract<Delivery, { code: string }>): string {
  const t = sealTexts();
  if (code === "document-changed") return at === "left-out" ? t.phoneRefused : t.reasonChanged;
  return isErrorCode(code) ? errorText(code, locale()).cause : explainContract(new ApiError(code, 0, ""));
}

/** A share of one, as people read it. */
export function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent" }).format(share);
}
