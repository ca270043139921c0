/** The audit log: search, older entries, export, print, and how anyone verifies the chain. */
import { html, nothing, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { dateTime, number } from "../lib/locale";
import { browserName, placeName } from "../lib/place";
import { download as downloadGlyph, printer } from "../portal/icons";
import { moment, shortened } from "./format";
import type { AuditEntry, Summary } from "./model";
import { address, copyButton, fingerprint, nothingHere, searchBar } from "./parts";
import { Section } from "./section";
import { auditWords } from "./words/audit";

/** Entries fetched at once. */
const ENTRIES = 50;
/** What the names of all events of contracts begin with. */
const OF_CONTRACTS = "contract.";
const EXPORT = "/api/admin/audit/export";
const FILE = "scanseal-audit.jsonl";

interface Batch {
  events: AuditEntry[];
  /** The entries before this one come next; `null` after the first of all. */
  next: number | null;
}

interface Log extends Batch {
  chain: Summary["audit"];
}

class AdminAudit extends Section<Log> {
  protected override readonly name = "audit";
  #query = "";

  protected override async read(): Promise<Log> {
    const [batch, { audit }] = await Promise.all([this.#batch(null), call<Summary>("GET", "/api/admin/summary")]);
    return { ...batch, chain: audit };
  }

  #batch(before: number | null): Promise<Batch> {
    return call("GET", address("/api/admin/audit", { before, limit: ENTRIES, q: this.#query }));
  }

  protected override tools(): TemplateResult {
    const t = auditWords();
    return html`<a class="button small" href=${EXPORT} download=${FILE}>${downloadGlyph} ${t.export}</a>
      <button class="button small" @click=${() => print()}>${printer} ${t.print}</button>`;
  }

  protected override content({ events, next, chain }: Log): TemplateResult {
    const t = auditWords();
    const shown = (query: string, name: string): TemplateResult =>
      html`<button class="button small" type="button" aria-pressed=${query === this.#query} @click=${() => this.#search(query)}>${name}</button>`;
    return html`${this.#proof(chain)}
      <div class="panel">
        <div class="panel-top">
          ${searchBar(t.searchFor, this.#query, this.#search)}
          <div class="buttons" role="group" aria-label=${t.show}>
            ${shown("", t.everything)} ${shown(OF_CONTRACTS, t.contracts)}
          </div>
        </div>
        ${events.length ? table(events) : nothingHere(this.#query, () => this.#search(""), t.empty)}
        ${
          next === null
            ? events.length
              ? html`<p class="quiet after">${t.complete}</p>`
              : nothing
            : html`<div class="after"><button class="button" aria-busy=${this.busy} @click=${() => this.#older(next)}>${t.older}</button></div>`
        }
      </div>`;
  }

  #proof({ events, head }: Summary["audit"]): TemplateResult {
    const t = auditWords();
    const command = `scanseal audit verify ${FILE} --head ${head}`;
    return html`<section class="panel proof">
      <div class="head-seal">
        <p class="quiet">${t.head} · ${t.eventsInAll(number(events))}</p>
        ${fingerprint(head)}
        ${copyButton(head, t.copyHead)}
      </div>
      <p class="print-only">${t.printed(dateTime(this.readAt ?? 0), this.account?.name ?? "")}</p>
      <details>
        <summary>${t.verify}</summary>
        <ol class="how">
          <li>${t.verify1}</li>
          <li>${t.verify2}<div class="command"><pre class="mono" dir="ltr" tabindex="0">${command}</pre>${copyButton(command)}</div></li>
          <li>${t.verify3}</li>
        </ol>
      </details>
    </section>`;
  }

  readonly #search = (query: string): void => {
    this.#query = query;
    void this.refresh();
  };

  async #older(before: number): Promise<void> {
    const more = await this.attempt(() => this.#batch(before));
    if (more && this.data) this.data = { ...this.data, events: [...this.data.events, ...more.events], next: more.next };
  }
}

function table(events: AuditEntry[]): TemplateResult {
  const t = auditWords();
  return html`<table class="table log">
    <caption class="visually-hidden">${t.caption}</caption>
    <thead>
      <tr>
        <th scope="col" class="figure">${t.seq}</th><th scope="col">${t.at}</th><th scope="col">${t.event}</th>
        <th scope="col">${t.who}</th><th scope="col">${t.where}</th><th scope="col">${t.facts}</th>
      </tr>
    </thead>
    <tbody>${events.map(row)}</tbody>
  </table>`;
}

function row({ seq, ...event }: AuditEntry): TemplateResult {
  const t = auditWords();
  const refused = /refused$/.test(event.event);
  return html`<tr>
    <td data-label=${t.seq} class="figure"><span class="mono">${seq}</span></td>
    <td data-label=${t.at} class="short">${moment(event.at)}</td>
    <th scope="row" class="lead short">
      <strong class=${refused ? "wrong" : ""}>${t.events[event.event] ?? event.event}</strong>
      <span class="quiet mono" dir="ltr">${event.event}</span>
    </th>
    <td data-label=${t.who}>
      <div>
        <bdi>${event.account ?? "—"}</bdi>
        ${event.actor && event.actor !== event.account ? html`<div class="quiet">${actor(event.actor)}</div>` : nothing}
        ${event.enterprise ? html`<div class="quiet mono" dir="ltr">${event.enterprise}</div>` : nothing}
      </div>
    </td>
    <td data-label=${t.where}>
      <div><bdi>${event.browser === null ? "—" : browserName(event.browser)}</bdi>${event.place ? html`<div class="quiet"><bdi>${placeName(event.place)}</bdi></div>` : nothing}</div>
    </td>
    <td data-label=${t.facts} class="facts-cell">
      <dl>
        ${Object.entries(event.facts)
          // Ids are for addresses; the numbers beside them are for people.
          .filter(([name]) => name !== "contractId" && name !== "contractIds")
          .map(([name, value]) => fact(t.factNames[name] ?? name, value))}
      </dl>
    </td>
  </tr>`;
}

function fact(name: string, value: unknown): TemplateResult {
  const text = plain(value);
  // Hashes and serial numbers are told apart by their ends; the whole of them is in the export.
  const long = /^[\w-]{33,}$/.test(text);
  return html`<div><dt>${name}</dt><dd class=${long ? "mono" : ""} title=${long ? text : nothing}><bdi>${long ? shortened(text) : text}</bdi></dd></div>`;
}

/** A fact as text; lists and objects without the signs of JSON. */
function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (value === null || typeof value !== "object") return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${auditWords().factNames[name] ?? name}: ${plain(inner)}`)
    .join("; ");
}

function actor(name: string): string {
  const t = auditWords();
  if (name === "system") return t.bySystem;
  return name === "page" ? t.byPage : t.by(name);
}

customElements.define("admin-audit", AdminAudit);
