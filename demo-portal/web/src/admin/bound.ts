/** Certificates bound to accounts of the platform: freeze, unfreeze, unbind. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog, type Question } from "../lib/dialog";
import { day, localized } from "../lib/locale";
import { shortened } from "./format";
import { Listing, type Rows } from "./listing";
import type { Binding } from "./model";
import { address, kindChip, stateChip, term } from "./parts";
import { certificateWords } from "./words/certificates";
import { common } from "./words/common";

class AdminBound extends Listing<Binding> {
  protected override readonly name = "certificates";

  protected override get searchFor(): string {
    return certificateWords().searchBound;
  }

  protected override head(): typeof nothing {
    return nothing;
  }

  protected override panelTools(): TemplateResult {
    return html`<div class="tools">${this.refreshTool()}</div>`;
  }

  protected override async read(): Promise<Rows<Binding>> {
    const path = address("/api/admin/bindings", { q: this.query, page: this.page + 1 });
    const { certificates, total } = await call<{ certificates: Binding[]; total: number }>("GET", path);
    return { rows: certificates, total };
  }

  protected override empty(): string {
    return certificateWords().boundEmpty;
  }

  protected override table({ rows }: Rows<Binding>): TemplateResult {
    const t = certificateWords();
    return html`<table class="table">
      <caption class="visually-hidden">${t.boundCaption}</caption>
      <thead>
        <tr>
          <th scope="col">${t.enterprise}</th><th scope="col">${t.holder}</th><th scope="col">${t.authority}</th>
          <th scope="col">${t.term}</th><th scope="col">${t.state}</th><th scope="col" class="end">${common().actions}</th>
        </tr>
      </thead>
      <tbody>${rows.map((row) => this.#row(row))}</tbody>
    </table>`;
  }

  #row(row: Binding): TemplateResult {
    const t = certificateWords();
    return html`<tr>
      <th scope="row" class="wide lead grow">
        <strong>${row.enterprise}</strong>
        <span class="quiet mono" dir="ltr">${row.creditCode}</span>
        <span class="quiet">${t.serial} <span class="mono" dir="ltr" title=${row.serial}>${shortened(row.serial)}</span></span>
      </th>
      <td data-label=${t.holder}><div>${row.holderName}<div class="quiet"><bdi>${row.holder}</bdi></div></div></td>
      <td data-label=${t.authority}><div>${localized(row.authorityName)}<div>${kindChip(row.kind)}</div></div></td>
      <td data-label=${t.term} class="short"><div>${term(row.notAfter)}<div class="quiet">${t.bound(day(row.bound))}</div></div></td>
      <td data-label=${t.state} class="short"><span>${stateChip(row.state)}</span></td>
      <td class="wide end">${this.#buttons(row)}</td>
    </tr>`;
  }

  #buttons(row: Binding): TemplateResult {
    const t = certificateWords();
    const { enterprise, holderName } = row;
    const deed = (what: string, done: string, question: Question) => html`<button
      class="button small"
      aria-label="${question.action} ${enterprise} ${holderName}"
      aria-busy=${this.busy}
      @click=${() => this.#ask(row, what, question, done)}
    >${question.action}</button>`;
    const title = t.unbindTitle(holderName);
    return html`<div class="buttons">
      ${
        row.state === "frozen"
          ? deed("unfreeze", t.unfrozen, {
              action: t.unfreeze,
              title: t.unfreezeTitle(enterprise),
              body: t.unfreezeBody,
            })
          : row.state === "valid"
            ? deed("freeze", t.frozen, {
                action: t.freeze,
                title: t.freezeTitle(enterprise),
                body: t.freezeBody,
                danger: true,
              })
            : nothing
      }
      ${deed("unbind", t.unbound, { action: t.unbind, title, body: t.unbindBody, danger: true })}
    </div>`;
  }

  async #ask({ id }: Binding, what: string, question: Question, done: string): Promise<void> {
    if (!(await confirmDialog(question))) return;
    await this.act(async () => {
      await call("POST", `/api/admin/bindings/${encodeURIComponent(id)}/${what}`);
      await this.refresh();
    }, done);
  }
}

customElements.define("admin-bound", AdminBound);
