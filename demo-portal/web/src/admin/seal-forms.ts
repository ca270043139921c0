/** Dialogs about a seal: see it at its real size, decide about a photographed one, revoke one. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { openDialog } from "../lib/dialog";
import { dateTime } from "../lib/locale";
import { DialogForm } from "./form";
import type { SealRow } from "./model";
import { common } from "./words/common";
import { sealWords } from "./words/seals";

/** Reasons that staff can give; the others follow from something else. */
const REASONS = ["unspecified", "superseded", "lost", "name-changed"];
/** Pixels of CSS in a millimetre (CSS Values and Units, section 6.2). */
const PIXELS = 96 / 25.4;

/** What staff decided. */
export type Decision = "approved" | "returned";

/** Where the picture of a seal is. */
export function picturePath(id: string): string {
  return `/api/admin/seals/${encodeURIComponent(id)}/picture`;
}

/** The seal on white paper as large as it will be printed, and a line to measure the screen by. */
function atRealSize({ id, name, millimetres: [width, height] }: SealRow): TemplateResult {
  const t = sealWords();
  return html`<div class="seal-paper" role="group" tabindex="0" aria-label=${t.picture(name)}>
      <img src=${picturePath(id)} alt="" width=${Math.round(width * PIXELS)} height=${Math.round(height * PIXELS)} />
    </div>
    <p class="quiet">${t.trueSize}</p>
    <p class="seal-ruler"><span>${t.ruler}</span></p>`;
}

function facts(row: SealRow): TemplateResult {
  const t = sealWords();
  const fact = (name: string, value: TemplateResult | string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return html`<dl class="seal-facts">
    ${fact(t.enterprise, html`${row.enterprise} <span class="quiet mono" dir="ltr">${row.creditCode ?? ""}</span>`)}
    ${fact(t.seal, `${t.kinds[row.kind]} · ${t.origins[row.origin]}`)} ${fact(t.size, t.millimetres(...row.millimetres))}
    ${fact(t.certificate, html`<span class="mono" dir="ltr">${row.serial}</span>`)}
    ${row.replaces ? fact(t.replaces, html`<span class="mono" dir="ltr">${row.replaces}</span>`) : nothing}
    ${fact(t.state, html`${t.states[row.status]} <span class="quiet">${row.status === "waiting" ? t.asked(dateTime(row.asked)) : t.changed(dateTime(row.since))}</span>`)}
  </dl>`;
}

class SealReviewForm extends DialogForm<Decision> {
  static override properties = { row: { attribute: false } };

  declare row: SealRow;

  protected override fields(): TemplateResult {
    const t = sealWords();
    const option = (value: string, text: string, more: string) => ({
      value,
      text: html`<strong>${text}</strong>`,
      more,
    });
    return html`<div class="seal-review">
      <div>${atRealSize(this.row)}</div>
      <div>${facts(this.row)}<p>${t.checks}</p></div>
    </div>
    ${this.choice("decision", t.decision, [
      option("approve", t.approve, this.row.replaces ? t.approveReplaces : t.approveMore),
      option("return", t.return, t.returnMore),
    ])}
    ${this.field({ name: "reason", label: t.reason, hint: t.reasonHint, maxlength: 200 })}`;
  }

  protected override action(): string {
    return sealWords().decide;
  }

  protected override faults(): Record<string, string> {
    const decision = this.value("decision");
    if (!decision) return { decision: sealWords().needDecision };
    return decision === "return" ? this.missing("reason") : {};
  }

  protected override async send(): Promise<Decision> {
    const path = `/api/admin/seals/${encodeURIComponent(this.row.id)}`;
    if (this.value("decision") === "return") {
      await call("POST", `${path}/return`, { reason: this.value("reason") });
      return "returned";
    }
    await call("POST", `${path}/approve`);
    return "approved";
  }
}

class SealRevokeForm extends DialogForm<true> {
  static override properties = { row: { attribute: false } };

  declare row: SealRow;
  protected override readonly danger = true;

  protected override fields(): TemplateResult {
    const t = sealWords();
    const options = REASONS.map((value) => ({
      value,
      text: html`<strong>${t.reasons[value]?.name}</strong>`,
      more: t.reasons[value]?.more ?? "",
    }));
    return html`<p>${t.revokeBody}</p>
      ${this.choice("reason", t.revokeReason, options)}`;
  }

  protected override action(): string {
    return sealWords().revoke;
  }

  protected override faults(): Record<string, string> {
    return this.value("reason") ? {} : { reason: sealWords().needReason };
  }

  protected override async send(): Promise<true> {
    const path = `/api/admin/seals/${encodeURIComponent(this.row.id)}/revoke`;
    await call("POST", path, { reason: this.value("reason") });
    return true;
  }
}

/** Shows a photographed seal and asks what to do with it; `undefined` if the person left. */
export function askToDecide(row: SealRow): Promise<Decision | undefined> {
  return openDialog<Decision>({
    title: sealWords().reviewTitle(row.name),
    wide: true,
    content: (close) => html`<admin-seal-review .row=${row} .close=${close}></admin-seal-review>`,
  });
}

/** Asks for the reason and revokes. */
export async function askToRevokeSeal(row: SealRow): Promise<boolean> {
  const revoked = await openDialog<true>({
    title: sealWords().revokeTitle(row.name),
    content: (close) => html`<admin-seal-revoke .row=${row} .close=${close}></admin-seal-revoke>`,
  });
  return revoked === true;
}

/** Shows a seal. */
export async function showSeal(row: SealRow): Promise<void> {
  await openDialog<void>({
    title: sealWords().lookTitle(row.name),
    wide: true,
    content: (close) => html`<div class="dialog-body seal-review">
        <div>${atRealSize(row)}</div>
        <div>${facts(row)}</div>
      </div>
      <footer><button class="button" autofocus @click=${() => close()}>${common().close}</button></footer>`,
  });
}

customElements.define("admin-seal-review", SealReviewForm);
customElements.define("admin-seal-revoke", SealRevokeForm);
