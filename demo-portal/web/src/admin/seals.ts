/** Electronic seals: photographed ones wait here for review, all can be looked at and revoked. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { day, number } from "../lib/locale";
import { toast } from "../lib/toast";
import { shortened } from "./format";
import { Listing, type Rows } from "./listing";
import type { SealRow, SealState } from "./model";
import { address } from "./parts";
import { askToDecide, askToRevokeSeal, picturePath, showSeal } from "./seal-forms";
import { common } from "./words/common";
import { sealWords } from "./words/seals";

interface Seals extends Rows<SealRow> {
  waiting: number;
}

const STATES: readonly SealState[] = ["waiting", "valid", "revoked", "returned", "expired"];

const TONES: Record<SealState, string> = {
  waiting: "warn",
  valid: "good",
  expired: "plain",
  revoked: "bad",
  returned: "plain",
};

class AdminSeals extends Listing<SealRow, Seals> {
  protected override readonly name = "seals";
  #state: SealState | "" = "";

  protected override get searchFor(): string {
    return sealWords().searchFor;
  }

  protected override async read(): Promise<Seals> {
    const path = address("/api/admin/seals", { q: this.query, state: this.#state, page: this.page + 1 });
    const { seals, total, waiting } = await call<{ seals: SealRow[]; total: number; waiting: number }>("GET", path);
    return { rows: seals, total, waiting };
  }

  protected override panelTools(): TemplateResult {
    const t = sealWords();
    const waiting = this.data?.waiting ?? 0;
    return html`<div class="tools">
      ${waiting ? html`<span class="chip warn">${t.waitingNow(number(waiting))}</span>` : nothing}
      <label class="seal-filter">
        <span class="visually-hidden">${t.filter}</span>
        <select .value=${this.#state} @change=${this.#filter}>
          <option value="">${t.all}</option>
          ${STATES.map((state) => html`<option value=${state}>${t.states[state]}</option>`)}
        </select>
      </label>
    </div>`;
  }

  protected override empty(): string {
    return this.#state ? sealWords().emptyIn : sealWords().empty;
  }

  protected override table({ rows }: Seals): TemplateResult {
    const t = sealWords();
    return html`<table class="table">
      <caption class="visually-hidden">${t.caption}</caption>
      <thead>
        <tr>
          <th scope="col">${t.seal}</th><th scope="col">${t.enterprise}</th><th scope="col">${t.origin}</th>
          <th scope="col">${t.state}</th><th scope="col" class="end">${common().actions}</th>
        </tr>
      </thead>
      <tbody>${rows.map((row) => this.#row(row))}</tbody>
    </table>`;
  }

  #row(row: SealRow): TemplateResult {
    const t = sealWords();
    return html`<tr>
      <th scope="row" class="wide">
        <div class="seal-lead">
          ${row.status === "returned" ? nothing : html`<img class="seal-thumb" src=${picturePath(row.id)} alt="" loading="lazy" />`}
          <span>
            <strong>${row.name}</strong>
            <span class="quiet">${t.kinds[row.kind]} · ${t.millimetres(...row.millimetres)}</span>
            <span class="quiet mono" dir="ltr" title=${row.id}>${shortened(row.id)}</span>
          </span>
        </div>
      </th>
      <td data-label=${t.enterprise}><div>${row.enterprise}<div class="quiet mono" dir="ltr">${row.creditCode ?? ""}</div></div></td>
      <td data-label=${t.origin} class="short">${t.origins[row.origin]}</td>
      <td data-label=${t.state} class="short">
        <div>
          <span class="chip ${TONES[row.status]}">${t.states[row.status]}</span>
          <div class="quiet">${row.status === "valid" ? t.until(day(row.validUntil)) : t.changed(day(row.since))}</div>
          ${row.reason ? html`<div class="quiet">${t.reasons[row.reason]?.name ?? row.reason}</div>` : nothing}
        </div>
      </td>
      <td class="wide end">${this.#buttons(row)}</td>
    </tr>`;
  }

  #buttons(row: SealRow): TemplateResult | typeof nothing {
    const t = sealWords();
    const button = (text: string, run: () => Promise<void>, tone = "") => html`<button
      class="button small ${tone}" aria-label="${text} ${row.name} ${row.enterprise}" @click=${run}
    >${text}</button>`;
    if (row.status === "returned") return nothing;
    if (row.status === "waiting")
      return html`<div class="buttons">${button(t.review, () => this.#decide(row), "primary")}</div>`;
    return html`<div class="buttons">
      ${button(t.look, () => showSeal(row))} ${row.status === "valid" ? button(t.revoke, () => this.#revoke(row)) : nothing}
    </div>`;
  }

  readonly #filter = (event: Event): void => {
    this.#state = (event.currentTarget as HTMLSelectElement).value as SealState | "";
    this.page = 0;
    void this.refresh();
  };

  async #decide(row: SealRow): Promise<void> {
    const decision = await askToDecide(row);
    if (!decision) return;
    toast(sealWords()[decision]);
    await this.refresh();
  }

  async #revoke(row: SealRow): Promise<void> {
    if (!(await askToRevokeSeal(row))) return;
    toast(sealWords().revoked);
    await this.refresh();
  }
}

customElements.define("admin-seals", AdminSeals);
