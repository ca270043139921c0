/** The list of contracts: tabs with counts, search, and several sealed with one scan. */
import "../styles/base.css";
import "../styles/contracts.css";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { call } from "../lib/api";
import { holdPlace } from "../lib/hold-place";
import { dateTime } from "../lib/locale";
import type { Account } from "../lib/model";
import { toast } from "../lib/toast";
import { plus, sealGlyph, search } from "../portal/icons";
import { noContractsPicture } from "../portal/pictures";
import { PortalPage } from "../portal/portal-page";
import { type ContractList, type ContractRow, MOST_CONTRACTS, TABS, type Tab } from "./model";
import { changedRows, sameList } from "./news";
import { amount, named, stateOf, waitingFor } from "./parts";
import { contractsTexts } from "./texts-contracts";

class PortalContracts extends PortalPage {
  static override properties = {
    ...PortalPage.properties,
    list: { state: true },
    tab: { state: true },
    word: { state: true },
    chosen: { state: true },
    busy: { state: true },
    said: { state: true },
    fresh: { state: true },
  };

  declare list: ContractList | null;
  declare tab: Tab;
  /** What was searched for. */
  declare word: string;
  /** Ids of contracts to be sealed together, in the order in which they were chosen. */
  declare chosen: readonly number[];
  declare busy: boolean;
  declare said: string;
  /** Ids of contracts that have changed while the list was looked at. */
  declare fresh: readonly number[];

  protected override readonly page = "contracts";

  constructor() {
    super();
    this.list = null;
    this.tab = TABS.find((tab) => `#${tab}` === location.hash) ?? "all";
    this.word = new URLSearchParams(location.search).get("q") ?? "";
    this.chosen = [];
    this.busy = false;
    this.said = "";
    this.fresh = [];
  }

  protected override async fetch(): Promise<void> {
    this.list = await this.first();
  }

  protected override async refresh(): Promise<void> {
    const { list, tab, word } = this;
    if (list === null || this.busy) return;
    let found = await this.first();
    if (sameList(list, found)) return;
    // As many as are shown by now.
    while (found.next !== null && found.contracts.length < list.contracts.length) {
      const older = await this.ask(found.next);
      found = { ...older, contracts: [...found.contracts, ...older.contracts] };
    }
    if (this.list !== list || this.tab !== tab || this.word !== word || this.busy) return;
    const putBack = holdPlace(this.querySelector("#main"));
    const changed = changedRows(list.contracts, found.contracts);
    this.list = found;
    this.fresh = changed.map(({ id }) => id);
    this.said = "";
    this.keepChosen(found.contracts);
    await this.updateComplete;
    putBack();
    this.said = contractsTexts().changed(changed.map(({ title }) => title));
  }

  protected override content(_account: Account): TemplateResult {
    const t = contractsTexts();
    const { list } = this;
    if (list === null) return html``;
    const untouched = list.counts.all === 0 && this.word === "";
    return html`
      <header class="page-head">
        <div>
          <h1>${t.title}</h1>
          <p>${t.lead}</p>
        </div>
        <div class="buttons"><a class="button primary" href="/contract#new">${plus} ${t.create}</a></div>
      </header>
      ${untouched ? this.nothingYet() : html`${this.finder(list)} ${this.table(list)}`}
      ${this.chosen.length > 0 ? this.chosenBar() : nothing}
      <p class="visually-hidden" role="status">${this.said}</p>
    `;
  }

  private nothingYet(): TemplateResult {
    const t = contractsTexts();
    return html`<section class="panel empty">
      ${noContractsPicture}
      <h2>${t.emptyTitle}</h2>
      <p>${t.emptyHow}</p>
      <a class="button primary" href="/contract#new">${plus} ${t.create}</a>
    </section>`;
  }

  private finder({ counts }: ContractList): TemplateResult {
    const t = contractsTexts();
    return html`<div class="finder">
      <div class="states-tabs" role="group" aria-label=${t.tabList}>
        ${TABS.map(
          (
            tab,
          ) => html`<button type="button" title=${tab === "all" ? nothing : t.stateHints[tab]} aria-pressed=${tab === this.tab} @click=${() => this.show(tab)}>
            ${t.tabs[tab]} <span class="count">${counts[tab]}</span>
          </button>`,
        )}
      </div>
      <form class="search" role="search" @submit=${this.find}>
        <label class="visually-hidden" for="word">${t.searchLabel}</label>
        <input id="word" name="word" type="search" maxlength="80" placeholder=${t.searchHint} .value=${this.word} />
        <button class="button small">${search} ${t.search}</button>
        ${
          this.word
            ? html`<button class="button small plain" type="button" @click=${() => this.look("")}>${t.clearSearch}</button>`
            : nothing
        }
      </form>
    </div>`;
  }

  private table({ contracts, next }: ContractList): TemplateResult {
    const t = contractsTexts();
    if (contracts.length === 0) return this.nothingHere();
    const sealable = contracts.filter(({ myTurn }) => myTurn);
    const all = sealable.length > 0 && sealable.every(({ id }) => this.chosen.includes(id));
    return html`<section class="panel" aria-busy=${this.busy}>
      <table class="table contracts">
        <thead>
          <tr>
            <th scope="col" class="pick">
              ${
                sealable.length > 0
                  ? html`<input
                      type="checkbox"
                      aria-label=${t.chooseAll}
                      title=${t.chooseAll}
                      .checked=${all}
                      @change=${() => this.choose(sealable, !all)}
                    />`
                  : html`<span class="visually-hidden">${t.onlyMyTurn}</span>`
              }
            </th>
            <th scope="col">${t.index}</th>
            <th scope="col">${t.name}</th>
            <th scope="col">${t.order}</th>
            <th scope="col">${t.purchaser}</th>
            <th scope="col">${t.supplier}</th>
            <th scope="col" class="end">${t.amount}</th>
            <th scope="col">${t.status}</th>
            <th scope="col">${t.updated}</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            contracts,
            ({ id }) => id,
            (contract, at) => this.row(contract, at + 1),
          )}
        </tbody>
      </table>
      ${
        next === null
          ? nothing
          : html`<p class="more">
              <button class="button" type="button" aria-busy=${this.busy} @click=${() => this.more(next)}>${t.more}</button>
            </p>`
      }
    </section>`;
  }

  private row(contract: ContractRow, index: number): TemplateResult {
    const t = contractsTexts();
    const { id, title, number, orderNumber, parties, myTurn } = contract;
    const waits = waitingFor(parties);
    return html`<tr class="${this.chosen.includes(id) ? "chosen" : ""} ${this.fresh.includes(id) ? "fresh" : ""}">
      <td class="pick">
        <input
          type="checkbox"
          aria-label=${t.choose(title)}
          title=${myTurn ? nothing : t.onlyMyTurn}
          ?disabled=${!myTurn}
          .checked=${this.chosen.includes(id)}
          @change=${(event: Event) => this.choose([contract], (event.currentTarget as HTMLInputElement).checked)}
        />
      </td>
      <td class="index" data-label=${t.index}>${index}</td>
      <td class="wide title">
        <a href="/contract#${id}">${title}</a>
        <span class="quiet number" dir="ltr">${number}</span>
      </td>
      <td data-label=${t.order}>${orderNumber ? html`<span class="number" dir="ltr">${orderNumber}</span>` : html`<span class="quiet">${t.none}</span>`}</td>
      <td data-label=${t.purchaser}>${named(parties, "purchaser") || html`<span class="quiet">${t.none}</span>`}</td>
      <td data-label=${t.supplier}>${named(parties, "supplier") || html`<span class="quiet">${t.none}</span>`}</td>
      <td class="end" data-label=${t.amount}>${amount(contract.amount)}</td>
      <td data-label=${t.status}>
        <span>${stateOf(contract)} ${waits && !myTurn ? html`<span class="quiet waits">${t.waitsFor(waits)}</span>` : nothing}</span>
      </td>
      <td class="when" data-label=${t.updated}>${dateTime(contract.updated)}</td>
    </tr>`;
  }

  private nothingHere(): TemplateResult {
    const t = contractsTexts();
    return html`<section class="panel empty">
      ${noContractsPicture}
      ${
        this.word
          ? html`<h2>${t.nothingFound(this.word)}</h2>
              <p>${t.nothingFoundHow}</p>
              <button class="button" type="button" @click=${() => this.look("")}>${t.clearSearch}</button>`
          : html`<h2>${this.tab === "all" ? t.emptyTitle : t.emptyTab[this.tab]}</h2>`
      }
    </section>`;
  }

  private chosenBar(): TemplateResult {
    const t = contractsTexts();
    return html`<section class="chosen-bar" aria-label=${t.sealChosen}>
      <p role="status"><strong>${t.chosen(this.chosen.length)}</strong></p>
      <button class="button plain" type="button" @click=${() => this.unchoose()}>${t.unchoose}</button>
      <a class="button primary" href="/seal#${this.chosen.join(",")}">${sealGlyph} ${t.sealChosen}</a>
    </section>`;
  }

  /** What no longer waits for the reader's seal cannot be sealed with the others. */
  private keepChosen(contracts: readonly ContractRow[]): void {
    const chosen = this.chosen.filter((chosen) => contracts.some(({ id, myTurn }) => myTurn && id === chosen));
    const lost = this.chosen.length - chosen.length;
    if (lost === 0) return;
    this.chosen = chosen;
    toast(contractsTexts().noLongerChosen(lost), "bad");
  }

  private unchoose(): void {
    this.chosen = [];
  }

  private choose(contracts: readonly ContractRow[], wanted: boolean): void {
    const ids = contracts.map(({ id }) => id);
    const rest = this.chosen.filter((id) => !ids.includes(id));
    const chosen = wanted ? [...rest, ...ids] : rest;
    if (chosen.length > MOST_CONTRACTS) toast(contractsTexts().mostChosen, "bad");
    this.chosen = chosen.slice(0, MOST_CONTRACTS);
    // What did not fit is not ticked: the box itself has changed already.
    this.requestUpdate();
  }

  private async show(tab: Tab): Promise<void> {
    this.tab = tab;
    history.replaceState(null, "", tab === "all" ? "/contracts" : `#${tab}`);
    await this.again();
  }

  private async look(word: string): Promise<void> {
    this.word = word;
    await this.again();
  }

  private readonly find = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    await this.look(String(new FormData(event.currentTarget as HTMLFormElement).get("word") ?? "").trim());
  };

  private async again(): Promise<void> {
    this.chosen = [];
    this.fresh = [];
    this.busy = true;
    const [tab, word] = [this.tab, this.word];
    const list = await this.attempt(() => this.first());
    // Somebody may have pressed the next tab meanwhile.
    if (tab !== this.tab || word !== this.word) return;
    this.busy = false;
    if (list === undefined) return;
    this.list = list;
    this.said = contractsTexts().found(list.counts[this.tab]);
  }

  private async more(after: string): Promise<void> {
    this.busy = true;
    const older = await this.attempt(() => this.ask(after));
    this.busy = false;
    if (older === undefined || this.list === null) return;
    this.list = { ...older, contracts: [...this.list.contracts, ...older.contracts] };
    this.said = contractsTexts().moreLoaded(older.contracts.length);
  }

  private first(): Promise<ContractList> {
    return this.ask(null);
  }

  private ask(after: string | null): Promise<ContractList> {
    const query = new URLSearchParams({
      ...(this.tab !== "all" && { state: this.tab }),
      ...(this.word && { q: this.word }),
      ...(after !== null && { after }),
    });
    return call<ContractList>("GET", `/api/contracts?${query}`);
  }
}

customElements.define("portal-contracts", PortalContracts);
