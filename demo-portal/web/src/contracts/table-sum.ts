/** What the rows of a template's table come to, beside the contract's amount, while they are typed. */
import { html, LitElement, nothing, type TemplateResult } from "lit";
import type { TemplateField } from "./model";
import { amountInNumbers, amountOf, amountOfFen, costOf } from "./money";
import { formTexts } from "./texts-form";

/** Columns of which a row's costs are the product; `null` for tables that come to nothing. */
export function factors(columns: TemplateField["columns"]): { count: string; price: string } | null {
  const [count, price] = columns.slice(-2);
  return count?.kind === "number" && price?.kind === "money" ? { count: count.name, price: price.name } : null;
}

/** What rows come to, in fen, as far as they are complete; `null` without any that is. */
export function sumOf(costs: readonly (bigint | null)[]): bigint | null {
  const known = costs.filter((cost) => cost !== null);
  return known.length === 0 ? null : known.reduce((sum, cost) => sum + cost, 0n);
}

class TableSum extends LitElement {
  static override properties = {
    factors: { attribute: false },
    rows: { attribute: false },
    amount: { attribute: false },
    language: { attribute: false },
  };

  declare factors: { count: string; price: string };
  /** How many there are: what is typed is read from the table itself. */
  declare rows: number;
  /** The contract's, as it is typed. */
  declare amount: string;
  declare language: string;

  #table: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#table = this.closest("fieldset");
    this.#table?.addEventListener("input", this.#typed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#table?.removeEventListener("input", this.#typed);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render(): TemplateResult {
    const t = formTexts();
    const sum = this.#sum();
    const wanted = amountOf(this.amount);
    const fits = sum !== null && wanted !== null && amountOfFen(sum) === wanted;
    return html`<p class="table-sum">
      ${t.sum} <strong class="number" dir="ltr">${sum === null ? "—" : amountInNumbers(amountOfFen(sum))}</strong>
      ${
        sum === null || wanted === null
          ? nothing
          : html`<span class=${fits ? "fits" : "wrong"}>${fits ? t.sumFits : t.sumDiffers(amountInNumbers(wanted))}</span>`
      }
    </p>`;
  }

  /** Of the rows that are complete; `null` without any. */
  #sum(): bigint | null {
    const { count, price } = this.factors;
    const rows = [...(this.#table?.querySelectorAll("tbody tr") ?? [])];
    return sumOf(rows.map((row) => costOf(typedIn(row, count), typedIn(row, price))));
  }

  readonly #typed = (): void => this.requestUpdate();
}

function typedIn(row: Element, column: string): string {
  return row.querySelector<HTMLInputElement>(`input[name$=".${column}"]`)?.value ?? "";
}

customElements.define("portal-table-sum", TableSum);
