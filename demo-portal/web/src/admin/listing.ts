/** A section, or a tab of one, that is a searchable table in pages. */
import { html, nothing, type TemplateResult } from "lit";
import { nothingHere, pager, searchBar } from "./parts";
import { Section } from "./section";

/** One page of rows and how many there are in all. */
export interface Rows<Row> {
  rows: Row[];
  total: number;
}

export abstract class Listing<Row, T extends Rows<Row> = Rows<Row>> extends Section<T> {
  protected query = "";
  /** Counted from 0; most of the server's lists count from 1. */
  protected page = 0;
  /** Rows of a full page, as the first one tells. */
  #size = 0;

  /** What can be searched for; nothing where the server offers no search. */
  protected get searchFor(): string | null {
    return null;
  }

  protected abstract table(data: T): TemplateResult;
  protected abstract empty(): string;

  /** Tools beside the search, where the listing is a tab and has no head of its own. */
  protected panelTools(): TemplateResult | typeof nothing {
    return nothing;
  }

  protected override content(data: T): TemplateResult {
    if (this.page === 0) this.#size = data.rows.length;
    return html`<div class="panel">
      ${
        this.searchFor === null
          ? nothing
          : html`<div class="panel-top">${searchBar(this.searchFor, this.query, this.#search)}${this.panelTools()}</div>`
      }
      ${data.rows.length ? this.table(data) : nothingHere(this.query, () => this.#search(""), this.empty())}
      ${pager({ page: this.page, size: this.#size, total: data.total }, this.#turn)}
    </div>`;
  }

  readonly #search = (query: string): void => {
    this.query = query;
    this.page = 0;
    void this.refresh();
  };

  readonly #turn = async (page: number): Promise<void> => {
    this.page = page;
    await this.refresh();
    this.querySelector(".panel")?.scrollIntoView({ block: "start" });
  };
}
