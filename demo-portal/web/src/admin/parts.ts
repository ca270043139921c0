/** Small pieces that several sections show. */
import { html, nothing, type TemplateResult } from "lit";
import { day, number } from "../lib/locale";
import { grouped, remaining, span } from "./format";
import type { CertificateState, Kind, Role } from "./model";
import { certificateWords } from "./words/certificates";
import { common } from "./words/common";
import { type SectionName, sectionWords } from "./words/sections";

/** Time before the end of a certificate in which renewal should be on somebody's mind. */
const LAST_WEEKS = 30 * 86_400;

/** Title of a section, what it is for, and its tools. The title takes the focus when one comes from another section. */
export function sectionHead(name: SectionName, tools: TemplateResult | typeof nothing = nothing): TemplateResult {
  const t = sectionWords();
  return html`<header class="page-head">
    <div>
      <h1 id="section-title" tabindex="-1">${t.titles[name]}</h1>
      <p>${t.leads[name]}</p>
    </div>
    <div class="tools">${tools}</div>
  </header>`;
}

/** A path with its query; empty values are left out. */
export function address(path: string, query: Record<string, string | number | null>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== "") parameters.set(name, `${value}`);
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** Whose rules an authority or certificate follows. */
export function kindChip(kind: Kind): TemplateResult {
  const t = common();
  return html`<span class="chip kind-${kind}">${kind === "platform" ? t.platformKind : t.mutualKind}</span>`;
}

/** The state of a certificate; never by colour alone. */
export function stateChip(state: CertificateState): TemplateResult {
  const t = common();
  const [tone, text] = {
    valid: ["good", t.valid],
    "not-yet-valid": ["plain", t.notYetValid],
    expired: ["warn", t.expired],
    revoked: ["bad", t.revoked],
    frozen: ["cold", t.frozen],
  }[state] as [string, string];
  return html`<span class="chip ${tone}">${text}</span>`;
}

/** What a person may do within the enterprise. */
export function roleText(role: Role): string {
  return role === "administrator" ? common().administrator : common().operator;
}

/** A search field; `onSearch` is called when it is sent or cleared. */
export function searchBar(label: string, query: string, onSearch: (query: string) => void): TemplateResult {
  const t = common();
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("q") as HTMLInputElement;
    onSearch(field.value.trim());
  };
  return html`<form class="search" role="search" @submit=${submit}>
    <input name="q" type="search" maxlength="80" aria-label=${label} placeholder=${label} .value=${query} enterkeyhint="search" />
    <button class="button small">${t.search}</button>
    ${query ? html`<button class="button small plain" type="button" @click=${() => onSearch("")}>${t.clear}</button>` : nothing}
  </form>`;
}

/** Which rows are shown: pages count from 0, and all but the last have `size` rows. */
export interface Place {
  page: number;
  size: number;
  total: number;
}

/** Previous and next page, and where one is. Nothing if all is on one page. */
export function pager({ page, size, total }: Place, onPage: (page: number) => void): TemplateResult | typeof nothing {
  if (total <= size) return nothing;
  const t = common();
  const first = page * size + 1;
  const last = Math.min(first + size - 1, total);
  return html`<nav class="pager" aria-label=${t.pages}>
    <button class="button small" ?disabled=${page === 0} @click=${() => onPage(page - 1)}>${t.previous}</button>
    <span class="quiet" aria-live="polite">${t.range(number(first), number(last), number(total))}</span>
    <button class="button small" ?disabled=${last >= total} @click=${() => onPage(page + 1)}>${t.next}</button>
  </nav>`;
}

/** What stands in place of an empty table. */
export function nothingHere(query: string, onAll: () => void, text: string = common().none): TemplateResult {
  const t = common();
  if (!query) return html`<div class="empty"><p>${text}</p></div>`;
  return html`<div class="empty">
    <h2>${t.noneFound(query)}</h2>
    <p>${t.noneFoundHow}</p>
    <button class="button small" @click=${onAll}>${t.showAll}</button>
  </div>`;
}

/** A long value in groups of four; selecting it takes no spaces along. */
export function fingerprint(text: string): TemplateResult {
  return html`<span class="fingerprint mono" dir="ltr" aria-label=${text}
    >${grouped(text)
      .split(" ")
      .map((group) => html`<span>${group}</span>`)}</span
  >`;
}

/** Copies `text`; the button itself says whether that worked. */
export function copyButton(text: string, label: string = common().copy): TemplateResult {
  const copy = async (event: Event) => {
    const button = event.currentTarget as HTMLElement;
    const note = button.nextElementSibling as HTMLElement;
    const worked = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    note.textContent = worked ? common().copied : common().copyFailed;
    setTimeout(() => {
      note.textContent = "";
    }, 4000);
  };
  return html`<span class="copy"><button class="button small plain" type="button" @click=${copy}>${label}</button><span class="quiet" role="status"></span></span>`;
}

/** Gives the browser a file. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Until when a certificate is valid; the last weeks are counted. */
export function term(notAfter: number): TemplateResult {
  const t = certificateWords();
  const left = remaining(notAfter);
  return html`${t.until(day(notAfter))}${left > 0 && left < LAST_WEEKS ? html`<div><span class="chip warn">${t.left(span(left))}</span></div>` : nothing}`;
}
