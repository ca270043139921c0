// The window in which a version of the file is looked at: what it shows, and how it gets there. What it looks like is in
// `page-dialog-view.ts`.

import { nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import type { PdfChange, PdfRect } from "../pdf/report.js";
import type { ViewerDocument } from "../viewer/document.js";
import { type Frame, toShown } from "../viewer/page.js";
import { type Area, differences, isSlight } from "./differences.js";
import { merged } from "./outlines.js";
import { dialogView } from "./page-dialog-view.js";
import { COPY, type VersionId, type Versions } from "./versions.js";
import type { ReportWords } from "./words.js";

/** Pixels to a point, so that small print can be read when enlarged. */
const SCALE = 2;
/** The same for the pictures that are compared. */
const COMPARED_SCALE = 1.5;

/** Where there is no room for two pages: as in the styles of the dialog. */
const NARROW = "(max-width: 40rem)";

/** A version that can be chosen. */
export interface VersionChoice {
  readonly revision: number;
  /** What happened in it, in words. */
  readonly what: string;
}

/** What the dialog shows. */
export interface DialogState {
  readonly revision: number;
  readonly page: number;
  /** How many pages the version has; 0 as long as that is not known. */
  readonly pages: number;
  readonly status: "opening" | "searching" | "ready" | "failed" | "no-page";
  readonly enlarged: boolean;
  /** The version before, or the copy, is shown beside it, and what is different is outlined in both. */
  readonly comparing: boolean;
  /** The reader's own file, which takes the place of the version before; 0 pages as long as their number is not known. */
  readonly copy: { readonly name: string; readonly pages: number } | undefined;
  /** Which of the two is seen where there is no room for both. */
  readonly side: "before" | "after";
  /** The outlines in the version before; nothing if it is not drawn. */
  readonly before: Outlined | undefined;
  /** What came of that. */
  readonly compared: "different" | "same" | "same-everywhere" | "no-page-before" | undefined;
  /** What is pointed out on this page, and what it is. */
  readonly what: string | undefined;
  readonly frames: readonly Frame[];
  /** What is only drawn a little differently. */
  readonly slight: readonly Frame[];
  /** Of the page, in points. */
  readonly size: { readonly width: number; readonly height: number };
}

/** A page and what is outlined on it. */
export type Outlined = Pick<DialogState, "frames" | "slight" | "size">;

/** What people can do in the dialog. */
export interface DialogActions {
  readonly close: () => void;
  readonly turn: (page: number) => void;
  readonly choose: (revision: number) => void;
  readonly zoom: () => void;
  readonly compare: () => void;
  readonly see: (side: DialogState["side"]) => void;
  readonly download: (revision: number) => void;
}

interface Pointed {
  readonly page: number;
  readonly rect: PdfRect;
  readonly what: string;
}

/** The dialog of one element. */
export class PageDialog implements ReactiveController {
  private versions: Versions | undefined;
  private state: DialogState | undefined;
  private pointed: Pointed | undefined;
  /** Counts what was asked for, so that what comes too late is not shown. */
  private asked = 0;

  constructor(
    private readonly host: ReactiveControllerHost & { readonly renderRoot: ParentNode },
    private readonly download: (revision: number) => void,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    const { dialog } = this;
    if (dialog === null || dialog.open) return;
    // Safari before 15.4 has no dialogs: there it is a part of the page.
    if (typeof dialog.showModal === "function") dialog.showModal();
    else dialog.setAttribute("open", "");
    // Where the keys turn pages.
    dialog.querySelector<HTMLElement>(".viewer-stage")?.focus({ preventScroll: true });
  }

  /**
   * Shows a version, and where a change is: outlined if that is known, else by what differs from the version before. If not
   * even the page is known, the first one that differs is looked for.
   */
  async show(versions: Versions, revision: number, change?: PdfChange, what = ""): Promise<void> {
    const { page, rect } = change ?? {};
    const comparing = change !== undefined && rect === undefined && revision > 0;
    this.versions = versions;
    this.pointed = page === undefined || rect === undefined ? undefined : { page, rect, what };
    this.open(revision, page ?? 1, comparing, undefined);
    await this.draw(comparing && page === undefined);
  }

  /** Shows a version beside a file that somebody has kept, at the first page that differs. */
  async compareWith(versions: Versions, revision: number, copy: Blob, name: string): Promise<void> {
    this.versions = versions;
    this.pointed = undefined;
    versions.setCopy(copy);
    this.open(revision, 1, true, { name, pages: 0 });
    await this.draw(true);
  }

  private open(revision: number, page: number, comparing: boolean, copy: DialogState["copy"]): void {
    this.state = {
      revision,
      page,
      pages: 0,
      status: "opening",
      // One letter may differ, and on a phone a page is too small to read it.
      enlarged: comparing && globalThis.matchMedia?.(NARROW).matches === true,
      comparing,
      copy,
      side: "after",
      before: undefined,
      compared: undefined,
      what: undefined,
      frames: [],
      slight: [],
      size: { width: 1, height: 1 },
    };
  }

  /** Takes the dialog away. */
  close(): void {
    this.asked += 1;
    this.state = undefined;
    this.host.requestUpdate();
  }

  /** The dialog; nothing while it is closed. */
  render(words: ReportWords, choices: readonly VersionChoice[]): TemplateResult | typeof nothing {
    return this.state === undefined ? nothing : dialogView(this.state, words, choices, this.actions);
  }

  private readonly actions: DialogActions = {
    close: () => this.close(),
    turn: (page) => {
      const { state } = this;
      if (state === undefined || page === state.page || page < 1 || (state.pages > 0 && page > state.pages)) return;
      this.update({ page });
      void this.draw(false);
    },
    choose: (revision) => {
      this.update({ revision });
      void this.draw(false);
    },
    zoom: () => this.update({ enlarged: !this.state?.enlarged }),
    see: (side) => this.update({ side }),
    download: (revision) => this.download(revision),
    compare: () => {
      this.update({ comparing: !this.state?.comparing });
      void this.draw(false);
    },
  };

  private get dialog(): HTMLDialogElement | null {
    return this.host.renderRoot.querySelector<HTMLDialogElement>("dialog.viewer");
  }

  private update(change: Partial<DialogState>): void {
    if (this.state === undefined) return;
    this.state = { ...this.state, ...change };
    this.host.requestUpdate();
  }

  /** Draws what the state says. `search`: on the first page that differs from the version before. */
  private async draw(search: boolean): Promise<void> {
    const { versions } = this;
    this.asked += 1;
    const now = this.asked;
    const late = () => now !== this.asked;
    this.update({ status: "opening", frames: [], slight: [], before: undefined, compared: undefined, what: undefined });
    await this.host.updateComplete;
    if (versions === undefined || late()) return;
    try {
      const canvas = this.canvas("after");
      const found = search ? await this.search(versions, late) : true;
      if (late()) return;
      const shown = await this.drawPage(versions, canvas, late);
      if (late()) return;
      if (!found) this.update({ compared: "same-everywhere", comparing: false });
      else if (shown && this.state?.comparing === true) await this.compare(versions, late);
      if (late()) return;
      this.update({ status: shown ? "ready" : "no-page" });
    } catch {
      if (late()) return;
      this.update({ status: "failed", frames: [], slight: [] });
    }
    await this.host.updateComplete;
    this.dialog
      ?.querySelector(".sheet.ready :is(.outline-line, .outline-slight)")
      ?.scrollIntoView({ block: "center", inline: "center" });
  }

  private canvas(side: DialogState["side"]): HTMLCanvasElement {
    const canvas = this.dialog?.querySelector<HTMLCanvasElement>(`canvas[data-side="${side}"]`);
    if (!canvas) throw new Error("the dialog is not drawn");
    return canvas;
  }

  /** Draws the page; false if the version has no such page. */
  private drawPage(versions: Versions, canvas: HTMLCanvasElement, late: () => boolean): Promise<boolean> {
    const { revision, page } = this.state as DialogState;
    return versions.use(revision, async (document) => {
      if (late()) return false;
      const size = document.pages[page - 1];
      this.update({ pages: document.pages.length });
      if (size === undefined) return false;
      await document.render(page, canvas, SCALE);
      const { pointed } = this;
      const here = pointed?.page === page && this.state?.comparing === false;
      if (!late())
        this.update({ size, frames: here ? [toShown(size, pointed.rect)] : [], what: here ? pointed.what : undefined });
      return true;
    });
  }

  private async compare(versions: Versions, late: () => boolean): Promise<void> {
    const { revision, page, size } = this.state as DialogState;
    const base = baseOf(this.state as DialogState);
    if (base === undefined) return;
    const changed = await changedAreas(versions, base, revision, page);
    if (late()) return;
    if (changed === undefined) {
      this.update({ compared: "no-page-before" });
      return;
    }
    const sizeBefore = await versions.use(base, async (document) => {
      if (!late()) await document.render(page, this.canvas("before"), SCALE);
      return document.pages[page - 1] as DialogState["size"];
    });
    if (late()) return;
    this.update({
      ...outlined(changed.after, size),
      before: outlined(changed.before, sizeBefore),
      compared: changed.after.areas.length > 0 ? "different" : "same",
    });
  }

  /** Goes to the first page that differs, or else to the first that is drawn a little differently; false if all are the same. */
  private async search(versions: Versions, late: () => boolean): Promise<boolean> {
    const { revision, copy } = this.state as DialogState;
    const base = baseOf(this.state as DialogState);
    if (base === undefined) return true;
    const count = await versions.use(revision, async (document) => document.pages.length);
    const pages = await versions.use(base, async (document) => document.pages.length);
    if (copy !== undefined && !late()) this.update({ copy: { ...copy, pages } });
    let slightly: number | undefined;
    for (let page = 1; page <= count && !late(); page += 1) {
      this.update({ page, pages: count, status: "searching" });
      const changed = await changedAreas(versions, base, revision, page);
      if (changed === undefined || changed.after.areas.some(({ slight }) => !slight)) return true;
      if (changed.after.areas.length > 0) slightly ??= page;
    }
    if (!late()) this.update({ page: slightly ?? 1 });
    return slightly !== undefined;
  }
}

/** Where a page differs, in a picture of some width. */
interface Places {
  readonly areas: readonly (Area & { readonly slight: boolean })[];
  readonly width: number;
}

/** What a version is compared with; undefined if there is nothing. */
function baseOf({ revision, copy }: DialogState): VersionId | undefined {
  if (copy !== undefined) return COPY;
  return revision < 1 ? undefined : revision - 1;
}

/** Where a page differs from the same one of what it is compared with; undefined if that has no such page. */
async function changedAreas(
  versions: Versions,
  base: VersionId,
  revision: number,
  page: number,
): Promise<{ readonly before: Places; readonly after: Places } | undefined> {
  const after = await versions.use(revision, (document) => pixels(document, page));
  const before = await versions.use(base, (document) => pixels(document, page));
  if (before === undefined || after === undefined) return undefined;
  const places = (one: ImageData, other: ImageData): Places => ({
    areas: differences(one, other).map((area) => ({ ...area, slight: isSlight(one, other, area) })),
    width: other.width,
  });
  return { before: places(after, before), after: places(before, after) };
}

/** Areas of a picture in points of the page; the picture of a huge page is smaller than asked for. */
function outlined({ areas, width }: Places, size: DialogState["size"]): Outlined {
  const scale = width / size.width;
  const framesOf = (slight: boolean): readonly Frame[] =>
    merged(
      areas
        .filter((area) => area.slight === slight)
        .map((area) => ({
          x: area.x / scale,
          y: size.height - (area.y + area.height) / scale,
          width: area.width / scale,
          height: area.height / scale,
        })),
    );
  return { frames: framesOf(false), slight: framesOf(true), size };
}

/**
 * The picture of a page; undefined if there is none. On a canvas of its own, as the one in the dialog has a language, and
 * where a PDF lacks fonts, browsers choose them by that.
 */
async function pixels(document: ViewerDocument, page: number): Promise<ImageData | undefined> {
  if (document.pages[page - 1] === undefined) return undefined;
  const canvas = globalThis.document.createElement("canvas");
  await document.render(page, canvas, COMPARED_SCALE);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("the browser draws no pictures");
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
