// What every view of the report is given, and small pieces that several have.

import { html, nothing, type TemplateResult } from "lit";
import type { Locale } from "../error-text.js";
import type { PdfChange, PdfReport, PdfSignatureReport } from "../pdf/report.js";
import { commonName, day, moment, shortened } from "./format.js";
import { signedAt } from "./model.js";
import { fill, type ReportWords } from "./words.js";

/** Lists are cut after so many items, until somebody asks for the rest. */
export const LIST_LENGTH = 20;

/** What people can do in a report. */
export interface ReportActions {
  readonly copy: () => void;
  readonly print: () => void;
  readonly exportJson: () => void;
  /** Opens a version of the file, at the place of a change if there is one. */
  readonly look: (revision: number, change?: PdfChange) => void;
  readonly download: (revision: number) => void;
  /** Compares the file with one that somebody has kept. */
  readonly compareWith: (copy: Blob, name: string) => void;
  /** Goes to the changes of a revision. */
  readonly find: (revision: number) => void;
  /** Shows all of a list. */
  readonly expand: (list: string) => void;
  readonly password: (event: SubmitEvent) => void;
  readonly showPassword: (event: Event) => void;
}

/** All that the picture of a report depends on. */
export interface ReportView {
  readonly report: PdfReport;
  readonly locale: Locale;
  readonly words: ReportWords;
  readonly fileName: string | undefined;
  /** The file is at hand: pages can be shown. */
  readonly pictures: boolean;
  /** A file was given, but it is not this one. */
  readonly wrongFile: boolean;
  /** Everything is shown, as for paper. */
  readonly whole: boolean;
  /** So many changes that paper and browser could not take them all. */
  readonly large: boolean;
  readonly expanded: ReadonlySet<string>;
  /** What became of copying. */
  readonly copied: "no" | "yes" | "failed";
  readonly password: { readonly wrong: boolean; readonly waiting: boolean; readonly shown: boolean };
  readonly actions: ReportActions;
}

/** A text that somebody else wrote: of any direction, and never markup. */
export function foreign(text: string): TemplateResult {
  return html`<bdi>${shortened(text)}</bdi>`;
}

/** The name of whoever signed, as the certificate has it; undefined without one. */
export function nameOf({ signer }: PdfSignatureReport): string | undefined {
  if (signer === null) return undefined;
  return signer.enterprise ?? signer.name ?? commonName(signer.subject);
}

/** A moment, for people and for machines. */
export function momentOf(time: string, locale: Locale): TemplateResult {
  return html`<time datetime=${time}>${moment(time, locale)}</time>`;
}

/** A day, for people and for machines. */
export function dayOf(time: string, locale: Locale): TemplateResult {
  return html`<time datetime=${time}>${day(time, locale)}</time>`;
}

/** When it was signed, and how that is known. */
export function timeOf(signature: PdfSignatureReport, { words, locale, report }: ReportView): unknown {
  const at = signedAt(signature, report);
  return at.known === "no" ? words.noTime : fill(words[at.known], { time: momentOf(at.time, locale) });
}

/** One fact with its name; nothing if there is no fact. */
export function fact(name: string, value: unknown, kind: "" | "code" = ""): TemplateResult | typeof nothing {
  if (value === undefined || value === null || value === "") return nothing;
  return html`<div class="fact"><dt>${name}</dt><dd class=${kind}>${value}</dd></div>`;
}

/** The first items of a list, and a button for the rest; on paper all, or how many the JSON has besides. */
export function cut<Item>(
  { whole, large, expanded, words, actions }: ReportView,
  list: string,
  items: readonly Item[],
  length = LIST_LENGTH,
): { readonly items: readonly Item[]; readonly more: TemplateResult | typeof nothing } {
  if (items.length <= length || expanded.has(list) || (whole && !large)) return { items, more: nothing };
  const count = items.length - length;
  const more = whole
    ? html`<p class="quiet">${fill(words.moreInJson, { count })}</p>`
    : html`<button part="action" class="link" type="button" @click=${() => actions.expand(list)}>
        ${fill(words.moreChanges, { count })}
      </button>`;
  return { items: items.slice(0, length), more };
}
