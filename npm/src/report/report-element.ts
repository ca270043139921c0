// `<scanseal-report>`: the report on a PDF, for people who ask whether it is genuine.

import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { closestLanguage } from "../element/language.js";
import type { Locale } from "../error-text.js";
import { localeFor } from "../i18n/messages.js";
import type { PdfChange, PdfReport } from "../pdf/report.js";
import { Crops } from "./crops.js";
import { plain, versionName } from "./format.js";
import { isLarge, stepsOf, verdictOf } from "./model.js";
import { PageDialog, type VersionChoice } from "./page-dialog.js";
import { printOnly } from "./print.js";
import { styles } from "./styles.js";
import { controlStyles } from "./styles-controls.js";
import { dialogStyles } from "./styles-dialog.js";
import { printStyles } from "./styles-print.js";
import { signatureStyles } from "./styles-signature.js";
import { Versions } from "./versions.js";
import { emptyView, loadingView, reportView, spoken } from "./view.js";
import { STEPS } from "./view-history.js";
import { nameOf, type ReportActions, type ReportView } from "./view-parts.js";
import { type ReportWords, reportWords, valueText } from "./words.js";

/** How long it is said that something was copied, in milliseconds. */
const SAID = 4000;

/** `report-export`: the report is about to be saved as JSON; `preventDefault()` keeps it from being saved. */
export type ReportExportEvent = CustomEvent<{ readonly json: string; readonly fileName: string }>;
/** `password-submit`: somebody typed the password of the file. */
export type PasswordSubmitEvent = CustomEvent<{ readonly password: string }>;

/** The element's events by name, those of every element among them. */
export interface ReportElementEventMap extends HTMLElementEventMap {
  "report-export": ReportExportEvent;
  "password-submit": PasswordSubmitEvent;
}

/** Types for listeners; the methods are those of every element. */
export interface ReportElement {
  addEventListener<Type extends keyof ReportElementEventMap>(
    type: Type,
    listener: (this: this, event: ReportElementEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof ReportElementEventMap>(
    type: Type,
    listener: (this: this, event: ReportElementEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Shows the report of `verifyPdf` (or of `scanseal verify --json`) to people who ask whether a contract is genuine.
 *
 * @tagname scanseal-report
 *
 * @attr {"zh-Hans"|"en"} locale - Language; without it, that of the nearest `lang` attribute.
 * @attr {string} file-name - Name of the file, shown and used for what is saved.
 *
 * @fires {ReportExportEvent} report-export - Somebody wants the report as JSON; `detail.json`, `detail.fileName`. Saved unless prevented.
 * @fires {PasswordSubmitEvent} password-submit - Somebody typed the password of the file; `detail.password`. Verify again with it.
 *
 * @slot empty - Instead of what is shown before there is a report.
 *
 * @csspart base - Everything.
 * @csspart verdict - The verdict at the top.
 * @csspart file - Which file it is, and the buttons.
 * @csspart findings - What is odd about the file as a whole.
 * @csspart history - The history of the file.
 * @csspart signature - One signature.
 * @csspart impressions - Pictures of its seal.
 * @csspart own-copy - Where a copy can be chosen or dropped to compare with, if the signed content was changed.
 * @csspart claims - What the file claims about it.
 * @csspart changes - The changes of one version.
 * @csspart action - Every button.
 * @csspart progress - The bar while the file is checked.
 * @csspart viewer - The window in which a version is looked at.
 * @csspart status - The live region, which is not seen.
 *
 * @cssprop [--scan-radius=0.875rem] - Corners.
 * @cssprop [--scan-accent=#17508f] - Buttons and links.
 * @cssprop [--scan-on-accent=#fff] - Text on the accent colour.
 * @cssprop [--scan-text=#17212f] - Text.
 * @cssprop [--scan-muted=#576579] - Secondary text.
 * @cssprop [--scan-line=#d9e0e9] - Borders.
 * @cssprop [--scan-surface=#fff] - Cards.
 * @cssprop [--scan-success=#14783f] - Passed.
 * @cssprop [--scan-warning=#96560a] - Could not be told.
 * @cssprop [--scan-danger=#b3261e] - Failed, and what is outlined on a page.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface adds overloads of inherited methods only.
export class ReportElement extends LitElement {
  static override readonly styles = [styles, controlStyles, signatureStyles, dialogStyles, printStyles];
  static override readonly properties = {
    locale: { type: String },
    fileName: { type: String, attribute: "file-name" },
    report: { attribute: false },
    file: { attribute: false },
    password: { attribute: false },
    progress: { attribute: false },
    whole: { state: true },
    expanded: { state: true },
    copied: { state: true },
    passwordState: { state: true },
  };

  /** Language; without it, that of the nearest `lang` attribute. */
  locale: Locale | undefined;
  /** Name of the file, shown and used for what is saved. */
  fileName: string | undefined;
  /** What `verifyPdf` found. */
  report: PdfReport | undefined;
  /** The file that the report is about: with it, pages and seals are shown, and versions can be saved. */
  file: Blob | undefined;
  /** Password of the file, if it needs one. What is typed into the form is set here, too. */
  password: string | undefined;
  /** How much of the file has been checked, from 0 to 1; shown as long as there is no report. */
  progress: number | undefined;

  private whole = false;
  private expanded: ReadonlySet<string> = new Set();
  private copied: ReportView["copied"] = "no";
  private passwordState: ReportView["password"] = { wrong: false, waiting: false, shown: false };
  private passwordTried = false;
  private versions: Versions | undefined;
  private languageWatch: MutationObserver | undefined;
  private copiedTimer: ReturnType<typeof setTimeout> | undefined;
  private unfolded: HTMLDetailsElement[] = [];
  private crops: Crops | undefined;
  private readonly dialog = new PageDialog(this, (revision) => this.actions.download(revision));

  /** Prints the report, unfolded, with all pictures and without the rest of the page. */
  async print(): Promise<void> {
    await this.updateComplete;
    await this.crops?.finish(this.renderRoot);
    printOnly(this);
  }

  /** Hands out the report as JSON, as its button does. */
  exportJson(): void {
    if (this.report === undefined) return;
    const json = `${JSON.stringify(this.report, undefined, 2)}\n`;
    const fileName = `${(this.fileName ?? "").replace(/\.pdf$/i, "") || "document"}-report.json`;
    const detail = { json, fileName };
    const event = new CustomEvent("report-export", { detail, bubbles: true, composed: true, cancelable: true });
    if (this.dispatchEvent(event)) save(new Blob([json], { type: "application/json" }), fileName);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.languageWatch = new MutationObserver(this.redraw);
    this.languageWatch.observe(document.documentElement, { attributeFilter: ["lang"] });
    window.addEventListener("beforeprint", this.onBeforePrint);
    window.addEventListener("afterprint", this.onAfterPrint);
    this.crops = new Crops();
    if (this.hasUpdated) this.openVersions();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.languageWatch?.disconnect();
    window.removeEventListener("beforeprint", this.onBeforePrint);
    window.removeEventListener("afterprint", this.onAfterPrint);
    clearTimeout(this.copiedTimer);
    this.crops?.disconnect();
    this.dialog.close();
    this.versions?.close();
    this.versions = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("report")) this.onReport();
    if (changed.has("report") || changed.has("file") || changed.has("password")) this.openVersions();
  }

  protected override updated(changed: PropertyValues): void {
    this.crops?.update(this.renderRoot, this.versions);
    // Whoever typed it is about to type again.
    if (changed.has("report") && this.passwordState.wrong)
      this.renderRoot.querySelector<HTMLInputElement>("#password")?.focus();
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const view = this.view();
    const loading = view === undefined && this.progress !== undefined;
    return html`
      <div part="base" class="base" role="group" aria-label=${words.title} lang=${this.language}>
        ${view ? reportView(view) : loading ? loadingView(words, this.progress ?? 0) : emptyView(words)}
        <div part="status" class="unseen" role="status">${spoken(words, view, loading)}</div>
        ${this.dialog.render(words, this.choices())}
      </div>
    `;
  }

  private view(): ReportView | undefined {
    const { report } = this;
    if (report === undefined || report === null) return undefined;
    return {
      report,
      locale: this.language,
      words: this.words,
      fileName: this.fileName,
      pictures: this.versions !== undefined,
      wrongFile: this.isWrongFile(report),
      whole: this.whole,
      large: isLarge(report),
      expanded: this.expanded,
      copied: this.copied,
      password: this.passwordState,
      actions: this.actions,
    };
  }

  private get language(): Locale {
    return this.locale ?? localeFor(closestLanguage(this));
  }

  private get words(): ReportWords {
    return reportWords(this.language);
  }

  private choices(): readonly VersionChoice[] {
    const { report, words } = this;
    if (report === undefined) return [];
    return stepsOf(report).map(({ kind, revision, signatures, signed }) => {
      const names = signatures.map(({ report: signature }) => {
        const name = nameOf(signature);
        return name === undefined ? (words.kinds[signature.kind.type] ?? words.unnamed) : plain(name);
      });
      const what =
        kind === "original"
          ? signed
            ? words.original
            : words.unsealed
          : kind === "update"
            ? words.update
            : names.join(", ");
      return { revision: revision.index, what };
    });
  }

  /** A new report: what was unfolded, typed or said about the last one is forgotten. */
  private onReport(): void {
    this.expanded = new Set();
    this.copied = "no";
    this.dialog.close();
    const encrypted = this.report?.document.unreadable?.code === "document-encrypted";
    this.passwordState = { wrong: encrypted && this.passwordTried, waiting: false, shown: false };
    if (this.report !== undefined) this.passwordTried = false;
  }

  private openVersions(): void {
    const { report, file, password } = this;
    this.versions?.close();
    this.versions = undefined;
    const readable = report !== undefined && verdictOf(report) !== "unreadable";
    if (readable && file !== undefined && !this.isWrongFile(report))
      this.versions = new Versions(file, report, password);
  }

  /** A report tells the size of its file: pictures of another one would lie. */
  private isWrongFile(report: PdfReport): boolean {
    return this.file !== undefined && this.file.size !== report.document.size;
  }

  private readonly actions: ReportActions = {
    copy: () => void this.copyDigest(),
    print: () => void this.print(),
    exportJson: () => this.exportJson(),
    look: (revision: number, change?: PdfChange) => {
      if (this.versions === undefined) return;
      const what = change === undefined ? "" : this.describe(change);
      void this.dialog.show(this.versions, revision, change, what);
    },
    compareWith: (copy: Blob, name: string) => {
      const last = this.report?.document.revisions.at(-1);
      if (this.versions === undefined || last === undefined) return;
      void this.dialog.compareWith(this.versions, last.index, copy, name);
    },
    download: (revision: number) => {
      const bytes = this.versions?.bytes(revision);
      if (bytes !== undefined) save(bytes, versionName(this.fileName, revision + 1));
    },
    find: async (revision: number) => {
      this.actions.expand(STEPS);
      await this.updateComplete;
      const list = this.renderRoot.querySelector<HTMLDetailsElement>(`#changes-${revision}`);
      if (list === null) return;
      list.open = true;
      list.scrollIntoView({ block: "center" });
      list.querySelector("summary")?.focus({ preventScroll: true });
    },
    expand: (list: string) => {
      this.expanded = new Set([...this.expanded, list]);
    },
    password: (event: SubmitEvent) => {
      event.preventDefault();
      const { value } = (event.target as HTMLFormElement).elements.namedItem("password") as HTMLInputElement;
      this.passwordTried = true;
      this.passwordState = { ...this.passwordState, wrong: false, waiting: true };
      this.password = value;
      const detail = { password: value };
      this.dispatchEvent(new CustomEvent("password-submit", { detail, bubbles: true, composed: true }));
    },
    showPassword: (event: Event) => {
      this.passwordState = { ...this.passwordState, shown: (event.target as HTMLInputElement).checked };
    },
  };

  private describe({ class: what, field }: PdfChange): string {
    const text = valueText("changeClasses", what, this.language);
    return field === undefined ? text : `${text} · ${field}`;
  }

  private async copyDigest(): Promise<void> {
    const digest = this.report?.document.sha256;
    if (!digest) return;
    clearTimeout(this.copiedTimer);
    try {
      await navigator.clipboard.writeText(digest);
      this.copied = "yes";
    } catch {
      // No clipboard: the page is not secure, or its owner does not permit it.
      this.copied = "failed";
    }
    this.copiedTimer = setTimeout(() => {
      this.copied = "no";
    }, SAID);
  }

  private readonly redraw = (): void => this.requestUpdate();

  /** Paper cannot be unfolded. The browser waits for this function only, so what it changes is drawn at once. */
  private readonly onBeforePrint = (): void => {
    this.whole = true;
    this.performUpdate();
    for (const details of this.renderRoot.querySelectorAll<HTMLDetailsElement>("details:not([open])")) {
      details.open = true;
      // Some browsers tell twice that they print.
      this.unfolded.push(details);
    }
  };

  private readonly onAfterPrint = (): void => {
    for (const details of this.unfolded) details.open = false;
    this.unfolded = [];
    this.whole = false;
  };
}

function save(bytes: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(bytes);
  link.download = name;
  link.click();
  // The browser has it by now, or reads on from what it holds.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
