/** Certificates that the demo authorities issued: issue, revoke, reissue. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { day, localized } from "../lib/locale";
import { toast } from "../lib/toast";
import { plus } from "../portal/icons";
import { shortened } from "./format";
import { askToIssue, askToRevoke, handOver } from "./issue-forms";
import { Listing, type Rows } from "./listing";
import type { IssuedCertificate, NewCertificate, TrustedCa, TrustList } from "./model";
import { address, kindChip, stateChip, term } from "./parts";
import { certificateWords } from "./words/certificates";
import { common } from "./words/common";

interface Issued extends Rows<IssuedCertificate> {
  /** Authorities that the demo itself runs. */
  cas: TrustedCa[];
}

class AdminIssued extends Listing<IssuedCertificate, Issued> {
  protected override readonly name = "certificates";

  protected override get searchFor(): string {
    return certificateWords().searchIssued;
  }

  protected override head(): typeof nothing {
    return nothing;
  }

  protected override panelTools(): TemplateResult {
    return html`<div class="tools">
      ${this.refreshTool()}
      <button class="button small primary" ?disabled=${this.#issuing().length === 0} @click=${this.#issue}>${plus} ${certificateWords().issue}</button>
    </div>`;
  }

  protected override async read(): Promise<Issued> {
    const path = address("/api/admin/certificates", { q: this.query, page: this.page + 1 });
    const [{ certificates, total }, { cas }] = await Promise.all([
      call<{ certificates: IssuedCertificate[]; total: number }>("GET", path),
      call<TrustList>("GET", "/api/admin/trust-list"),
    ]);
    return { rows: certificates, total, cas: cas.filter(({ own }) => own) };
  }

  protected override empty(): string {
    return certificateWords().issuedEmpty;
  }

  protected override table({ rows, cas }: Issued): TemplateResult {
    const t = certificateWords();
    return html`<table class="table">
      <caption class="visually-hidden">${t.issuedCaption}</caption>
      <thead>
        <tr>
          <th scope="col">${t.enterprise}</th><th scope="col">${t.purpose}</th><th scope="col">${t.authority}</th>
          <th scope="col">${t.term}</th><th scope="col">${t.state}</th><th scope="col" class="end">${common().actions}</th>
        </tr>
      </thead>
      <tbody>${rows.map((row) => this.#row(row, cas))}</tbody>
    </table>`;
  }

  #row(row: IssuedCertificate, cas: TrustedCa[]): TemplateResult {
    const t = certificateWords();
    const ca = cas.find(({ id }) => id === row.ca);
    return html`<tr>
      <th scope="row" class="wide lead">
        <strong>${row.name}</strong>
        ${row.creditCode ? html`<span class="quiet mono" dir="ltr">${row.creditCode}</span>` : nothing}
        <span class="quiet">${t.serial} <span class="mono" dir="ltr" title=${row.serial}>${shortened(row.serial)}</span></span>
      </th>
      <td data-label=${t.purpose} class="short">${row.purpose === "enterprise" ? t.forEnterprise : t.forService}</td>
      <td data-label=${t.authority}><div>${ca ? localized(ca.name) : row.ca}<div>${ca ? kindChip(ca.kind) : nothing}</div></div></td>
      <td data-label=${t.term} class="short"><div>${term(row.notAfter)}<div class="quiet">${t.issuedOn(day(row.issued))}</div></div></td>
      <td data-label=${t.state} class="short">
        <div>
          ${stateChip(row.state)}
          ${row.revoked ? html`<div class="quiet">${t.revokedAt(day(row.revoked.at))}<br />${t.reasons[row.revoked.reason]?.name ?? row.revoked.reason}</div>` : nothing}
        </div>
      </td>
      <td class="wide end">${this.#buttons(row)}</td>
    </tr>`;
  }

  #buttons(row: IssuedCertificate): TemplateResult | typeof nothing {
    if (row.purpose !== "enterprise" || row.revoked) return nothing;
    const t = certificateWords();
    const button = (text: string, run: () => Promise<void>) => html`<button
      class="button small" aria-label="${text} ${row.name} ${shortened(row.serial)}" aria-busy=${this.busy} @click=${run}
    >${text}</button>`;
    return html`<div class="buttons">
      ${button(t.reissue, () => this.#reissue(row))} ${row.state === "expired" ? nothing : button(t.revoke, () => this.#revoke(row))}
    </div>`;
  }

  /** Authorities that may issue: one that is left out of the trust list may not. */
  #issuing(): TrustedCa[] {
    return this.data?.cas.filter(({ listed }) => listed) ?? [];
  }

  readonly #issue = async (): Promise<void> => {
    const made = await askToIssue(this.#issuing());
    if (!made) return;
    void this.refresh();
    await handOver(certificateWords().issued, made);
  };

  async #revoke(row: IssuedCertificate): Promise<void> {
    if (!(await askToRevoke(row))) return;
    toast(certificateWords().revoked);
    await this.refresh();
  }

  async #reissue({ serial, name }: IssuedCertificate): Promise<void> {
    const t = certificateWords();
    if (!(await confirmDialog({ title: t.reissueTitle(name), body: t.reissueBody, action: t.reissue }))) return;
    const path = `/api/admin/certificates/${encodeURIComponent(serial)}/reissue`;
    const made = await this.act(async () => {
      const answer = await call<NewCertificate>("POST", path);
      await this.refresh();
      return answer;
    }, t.reissued);
    if (made) await handOver(t.reissued, made);
  }
}

customElements.define("admin-issued", AdminIssued);
