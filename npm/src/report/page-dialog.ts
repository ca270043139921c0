// The window in which a version of the file is looked at, page by page, with a place outlined.

import { html, nothing, type ReactiveController, type ReactiveControllerHost, svg, type TemplateResult } from "lit";
import type { PdfChange, PdfRect } from "../pdf/report.js";
import type { ViewerDocument } from "../viewer/document.js";
import { type Frame, toShown } from "../viewer/page.js";
import { glyph } from "./icons.js";
import type { Versions } from "./versions.js";
import { foreign } from "./view-parts.js";
import { fill, fillText, type ReportWords } from "./words.js";

/** Pixels to a point, so that small print can be read when enlarged. */
const SCALE = 2;
/** Points around what is outlined. */
const OUTLINE_GAP = 3;

/** A version that can be chosen. */
export interface VersionChoice {
  readonly revision: number;
  /** What happened in it, in words. */
  readonly what: string;
}

/** A place that is pointed out, and what is there. */
export interface Pointed {
  readonly page: number;
  readonly rect: PdfRect | undefined;
  readonly what: string;
}

type Status = "opening" | "ready" | "failed" | "no-page";

/** The dialog of one element. */
export class PageDialog implements ReactiveController {
  private versions: Versions | undefined;
  private revision: number | undefined;
  private page = 1;
  private pages = 0;
  private pointed: Pointed | undefined;
  private frame: Frame | undefined;
  private size = { width: 1, height: 1 };
  private status: Status = "opening";
  private enlarged = false;
  /** Counts what was asked for, so that what comes too late is not shown. */
  private asked = 0;

  constructor(private readonly host: ReactiveControllerHost & { readonly renderRoot: ParentNode }) {
    host.addController(this);
  }

  /** Nothing to do until it is opened. */
  hostConnected(): void {}

  hostUpdated(): void {
    const dialog = this.dialog;
    if (dialog === null || dialog.open) return;
    // Safari before 15.4 has no dialogs: there it is a part of the page.
    if (typeof dialog.showModal === "function") dialog.showModal();
    else dialog.setAttribute("open", "");
  }

  /** Shows a version, at a place if there is one. */
  async show(versions: Versions, revision: number, change?: PdfChange, what = ""): Promise<void> {
    this.versions = versions;
    this.revision = revision;
    this.enlarged = false;
    this.pages = 0;
    this.pointed = change?.page === undefined ? undefined : { page: change.page, rect: change.rect, what };
    this.page = change?.page ?? 1;
    await this.draw();
  }

  /** Takes the dialog away. */
  close(): void {
    this.asked += 1;
    this.revision = undefined;
    this.pointed = undefined;
    this.host.requestUpdate();
  }

  /** The dialog; nothing while it is closed. */
  render(words: ReportWords, choices: readonly VersionChoice[]): TemplateResult | typeof nothing {
    const { revision } = this;
    if (revision === undefined) return nothing;
    return html`
      <dialog
        part="viewer"
        class="viewer"
        aria-labelledby="viewer-title"
        @close=${this.onClose}
        @keydown=${this.onKey}
        @click=${this.onBackdrop}
      >
        <div class="viewer-bar">
          <h2 id="viewer-title">${words.viewer}</h2>
          <label class="viewer-version">
            <span>${words.versionChoice}</span>
            <select @change=${this.onVersion}>
              ${choices.map(
                (choice) => html`<option value=${choice.revision} ?selected=${choice.revision === revision}>
                  ${fillText(words.versionOf, { version: choice.revision + 1, what: choice.what })}
                </option>`,
              )}
            </select>
          </label>
          ${this.pager(words)}
          <button part="action" class="icon-button" type="button" aria-pressed=${this.enlarged ? "true" : "false"}
            aria-label=${words.zoom} title=${words.zoom} @click=${this.onZoom}>${glyph("zoom")}</button>
          <button part="action" class="icon-button" type="button" aria-label=${words.close} title=${words.close} @click=${this.onClose}>
            ${glyph("close")}
          </button>
        </div>
        <p class="viewer-note" role="status">${this.note(words)}</p>
        <div class="viewer-stage" role="region" tabindex="0" aria-label=${words.viewer}>
          <div class="sheet ${this.enlarged ? "enlarged" : ""} ${this.status}">
            <canvas
              role="img"
              aria-label=${fillText(words.pageLabel, { version: revision + 1, page: this.page })}
            ></canvas>
            ${this.outline()}
          </div>
        </div>
      </dialog>
    `;
  }

  private pager(words: ReportWords): TemplateResult {
    return html`
      <div class="pager" role="group" aria-label=${words.pageNumber}>
        <button part="action" class="icon-button" type="button" aria-label=${words.previousPage} title=${words.previousPage}
          ?disabled=${this.page <= 1} @click=${() => this.turn(this.page - 1)}>${glyph("left")}</button>
        <input type="text" inputmode="numeric" size="3" aria-label=${words.pageNumber} .value=${String(this.page)} @change=${this.onPage} />
        <span>${this.pages > 0 ? fill(words.ofPages, { count: this.pages }) : nothing}</span>
        <button part="action" class="icon-button" type="button" aria-label=${words.nextPage} title=${words.nextPage}
          ?disabled=${this.page >= this.pages} @click=${() => this.turn(this.page + 1)}>${glyph("right")}</button>
      </div>
    `;
  }

  private note(words: ReportWords): unknown {
    if (this.status === "failed") return words.cannotOpen;
    if (this.status === "no-page") return words.notOnPage;
    if (this.status === "opening") return words.opening;
    if (this.frame === undefined) return nothing;
    return fill(words.outlined, { what: foreign(this.pointed?.what ?? "") });
  }

  private outline(): TemplateResult | typeof nothing {
    const { frame, size } = this;
    if (frame === undefined || this.status !== "ready") return nothing;
    const rectangle = (kind: string) => svg`<rect
      class=${kind}
      x=${frame.x - OUTLINE_GAP}
      y=${size.height - frame.y - frame.height - OUTLINE_GAP}
      width=${frame.width + 2 * OUTLINE_GAP}
      height=${frame.height + 2 * OUTLINE_GAP}
      rx="2"
    />`;
    return html`<svg class="outline" viewBox="0 0 ${size.width} ${size.height}" aria-hidden="true">
      ${rectangle("outline-halo")}${rectangle("outline-line")}
    </svg>`;
  }

  private async draw(): Promise<void> {
    const { versions, revision, page } = this;
    if (versions === undefined || revision === undefined) return;
    this.asked += 1;
    const now = this.asked;
    this.status = "opening";
    this.host.requestUpdate();
    await this.host.updateComplete;
    const canvas = this.dialog?.querySelector("canvas");
    if (!canvas) return;
    try {
      await versions.use(revision, async (document) => {
        if (now === this.asked) await this.drawPage(document, page, canvas);
      });
    } catch {
      if (now === this.asked) this.status = "failed";
    }
    if (now !== this.asked) return;
    this.host.requestUpdate();
    await this.host.updateComplete;
    this.dialog?.querySelector(".outline-line")?.scrollIntoView({ block: "center", inline: "center" });
  }

  private async drawPage(document: ViewerDocument, page: number, canvas: HTMLCanvasElement): Promise<void> {
    this.pages = document.pages.length;
    this.frame = undefined;
    const size = document.pages[page - 1];
    if (size === undefined) {
      this.status = "no-page";
      return;
    }
    await document.render(page, canvas, SCALE);
    this.size = size;
    const { pointed } = this;
    if (pointed?.page === page) this.frame = pointed.rect ? toShown(size, pointed.rect) : { x: 0, y: 0, ...size };
    this.status = "ready";
  }

  private get dialog(): HTMLDialogElement | null {
    return this.host.renderRoot.querySelector<HTMLDialogElement>("dialog.viewer");
  }

  private turn(page: number): void {
    if (page < 1 || (this.pages > 0 && page > this.pages) || page === this.page) return;
    this.page = page;
    void this.draw();
  }

  private readonly onClose = (): void => this.close();

  private readonly onZoom = (): void => {
    this.enlarged = !this.enlarged;
    this.host.requestUpdate();
  };

  private readonly onVersion = (event: Event): void => {
    this.revision = Number((event.target as HTMLSelectElement).value);
    void this.draw();
  };

  private readonly onPage = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const wanted = Math.min(Math.max(1, Math.trunc(Number(input.value)) || this.page), Math.max(1, this.pages));
    input.value = String(wanted);
    this.turn(wanted);
  };

  private readonly onKey = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
    const step = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 }[event.key];
    // What is enlarged is moved by the arrows.
    if (step === undefined || (this.enlarged && event.key.startsWith("Arrow"))) return;
    event.preventDefault();
    this.turn(this.page + step);
  };

  private readonly onBackdrop = (event: Event): void => {
    if (event.composedPath()[0] === this.dialog) this.close();
  };
}
