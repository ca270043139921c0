/** Accounts and roles: search, close and reopen, end logins, change roles. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog, type Question } from "../lib/dialog";
import { dateTime, fromNow, number } from "../lib/locale";
import { kindName } from "../portal/frame";
import { Listing, type Rows } from "./listing";
import type { AccountRow } from "./model";
import { address, roleText } from "./parts";
import { accountWords } from "./words/accounts";
import { common } from "./words/common";

type Deed = "disable" | "enable" | "end-sessions" | "make-administrator" | "make-operator";

class AdminAccounts extends Listing<AccountRow> {
  protected override readonly name = "accounts";

  protected override get searchFor(): string {
    return accountWords().searchFor;
  }

  protected override async read(): Promise<Rows<AccountRow>> {
    const path = address("/api/admin/accounts", { q: this.query, page: this.page + 1 });
    const { accounts, total } = await call<{ accounts: AccountRow[]; total: number }>("GET", path);
    return { rows: accounts, total };
  }

  protected override empty(): string {
    return accountWords().empty;
  }

  protected override table({ rows }: Rows<AccountRow>): TemplateResult {
    const t = accountWords();
    return html`<table class="table">
      <caption class="visually-hidden">${t.caption}</caption>
      <thead>
        <tr>
          <th scope="col">${t.account}</th><th scope="col">${t.enterprise}</th><th scope="col">${t.role}</th>
          <th scope="col" class="figure">${t.certificates}</th><th scope="col">${t.sessions}</th>
          <th scope="col">${t.lastLogin}</th><th scope="col" class="end">${common().actions}</th>
        </tr>
      </thead>
      <tbody>${rows.map((row) => this.#row(row))}</tbody>
    </table>`;
  }

  #row(row: AccountRow): TemplateResult {
    const t = accountWords();
    const { login, name, phone, enterprise } = row;
    const self = login === this.account?.login;
    return html`<tr class=${row.state === "disabled" ? "off" : ""}>
      <th scope="row" class="wide lead">
        <span><strong>${name}</strong> ${self ? html`<span class="chip">${common().you}</span>` : nothing}
        ${row.state === "disabled" ? html`<span class="chip bad">${t.disabled}</span>` : nothing}</span>
        <span class="quiet"><bdi>${login}</bdi>${phone ? html` · <bdi>${phone}</bdi>` : nothing}</span>
      </th>
      <td data-label=${t.enterprise} class="grow">
        <div>${enterprise.name}<div class="quiet"><span class="mono" dir="ltr">${enterprise.creditCode}</span> · ${kindName(enterprise.kind)}</div></div>
      </td>
      <td data-label=${t.role} class="short"><div>${roleText(row.role)}<div>${self ? nothing : this.#roleButton(row)}</div></div></td>
      <td data-label=${t.certificates} class="figure">${number(row.certificates)}</td>
      <td data-label=${t.sessions} class="short"><div>${number(row.sessions)}<div>${row.sessions ? this.#endButton(row) : nothing}</div></div></td>
      <td data-label=${t.lastLogin} class="short">
        ${row.lastLogin === null ? html`<span class="quiet">${common().never}</span>` : html`<time title=${dateTime(row.lastLogin)}>${fromNow(row.lastLogin)}</time>`}
      </td>
      <td class="wide end">${self ? nothing : html`<div class="buttons">${this.#stateButton(row)}</div>`}</td>
    </tr>`;
  }

  // Each deed stands beside what it changes. Nobody closes or demotes their own account.

  #roleButton(row: AccountRow): TemplateResult {
    const t = accountWords();
    const { name, enterprise } = row;
    if (row.role === "administrator")
      return this.#deed(
        row,
        "make-operator",
        { action: t.demote, title: t.demoteTitle(name), body: t.demoteBody },
        t.demoted(name),
      );
    const question = { action: t.promote, title: t.promoteTitle(name), body: t.promoteBody(enterprise.name) };
    return this.#deed(row, "make-administrator", question, t.promoted(name));
  }

  #endButton(row: AccountRow): TemplateResult {
    const t = accountWords();
    const question = {
      action: t.end,
      title: t.endTitle(row.name),
      body: t.endBody(number(row.sessions)),
      danger: true,
    };
    return this.#deed(row, "end-sessions", question, t.ended(row.name));
  }

  #stateButton(row: AccountRow): TemplateResult {
    const t = accountWords();
    const { name } = row;
    if (row.state === "disabled")
      return this.#deed(
        row,
        "enable",
        { action: t.enable, title: t.enableTitle(name), body: t.enableBody },
        t.enabled(name),
        "small",
      );
    const question = { action: t.disable, title: t.disableTitle(name), body: t.disableBody, danger: true };
    return this.#deed(row, "disable", question, t.hasBeenDisabled(name), "small");
  }

  #deed(row: AccountRow, what: Deed, question: Question, done: string, look = "inline"): TemplateResult {
    return html`<button
      class="button ${look}"
      aria-label="${question.action} ${row.name}"
      aria-busy=${this.busy}
      @click=${() => this.#ask(row, what, question, done)}
    >${question.action}</button>`;
  }

  async #ask({ login }: AccountRow, what: Deed, question: Question, done: string): Promise<void> {
    if (!(await confirmDialog(question))) return;
    await this.act(async () => {
      await call("POST", `/api/admin/accounts/${encodeURIComponent(login)}/${what}`);
      await this.refresh();
    }, done);
  }
}

customElements.define("admin-accounts", AdminAccounts);
