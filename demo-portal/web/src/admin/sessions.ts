/** Web sessions that are alive, of all accounts; each can be ended. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { dateTime, fromNow } from "../lib/locale";
import { placeName } from "../lib/place";
import { Listing, type Rows } from "./listing";
import type { LiveSession } from "./model";
import { address } from "./parts";
import { common } from "./words/common";
import { sessionWords } from "./words/sessions";

class AdminSessions extends Listing<LiveSession> {
  protected override readonly name = "sessions";

  protected override async read(): Promise<Rows<LiveSession>> {
    const path = address("/api/admin/sessions", { page: this.page + 1 });
    const { sessions, total } = await call<{ sessions: LiveSession[]; total: number }>("GET", path);
    return { rows: sessions, total };
  }

  protected override empty(): string {
    return sessionWords().empty;
  }

  protected override table({ rows }: Rows<LiveSession>): TemplateResult {
    const t = sessionWords();
    return html`<table class="table">
      <caption class="visually-hidden">${t.caption}</caption>
      <thead>
        <tr>
          <th scope="col">${t.account}</th><th scope="col">${t.method}</th><th scope="col">${t.browser}</th>
          <th scope="col">${t.started}</th><th scope="col">${t.lastUsed}</th><th scope="col" class="end">${common().actions}</th>
        </tr>
      </thead>
      <tbody>${rows.map((row) => this.#row(row))}</tbody>
    </table>`;
  }

  #row(row: LiveSession): TemplateResult {
    const t = sessionWords();
    return html`<tr>
      <th scope="row" class="wide lead">
        <span><strong>${row.account.name}</strong> ${row.current ? html`<span class="chip">${t.current}</span>` : nothing}</span>
        <span class="quiet"><bdi>${row.account.login}</bdi></span>
      </th>
      <td data-label=${t.method} class="short">
        <span><span class="chip ${row.method === "scan" ? "" : "plain"}">${row.method === "scan" ? common().byScan : common().byPassword}</span></span>
      </td>
      <td data-label=${t.browser}><div><bdi>${row.browser}</bdi><div class="quiet"><bdi>${placeName(row.place)}</bdi></div></div></td>
      <td data-label=${t.started} class="short">${dateTime(row.started)}</td>
      <td data-label=${t.lastUsed} class="short"><time title=${dateTime(row.lastUsed)}>${fromNow(row.lastUsed)}</time></td>
      <td class="wide end">
        ${
          row.current
            ? nothing
            : html`<div class="buttons"><button class="button small" aria-label="${t.end} ${row.account.name} ${row.browser}" aria-busy=${this.busy} @click=${() => this.#end(row)}>${t.end}</button></div>`
        }
      </td>
    </tr>`;
  }

  async #end({ id, account: { name }, browser }: LiveSession): Promise<void> {
    const t = sessionWords();
    if (!(await confirmDialog({ title: t.endTitle(name), body: t.endBody(browser), action: t.end, danger: true })))
      return;
    await this.act(async () => {
      await call("POST", `/api/admin/sessions/${encodeURIComponent(id)}/end`);
      await this.refresh();
    }, t.ended(name));
  }
}

customElements.define("admin-sessions", AdminSessions);
