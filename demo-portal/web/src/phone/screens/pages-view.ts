/** `<sealed-pages>`: the pages of a document with the stamps in place. The viewer is loaded when it is first needed. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { ViewerDocument, ViewerPage } from "scanseal/viewer";
import { onLocale } from "../../lib/locale";
import { explain } from "../explain";
import { sealTexts } from "../texts-seal";

/** How far a page can be enlarged. */
const ZOOMS = [1, 1.5, 2, 3, 4] as const;
/** Pages beside the shown one that keep their picture; those further away give their memory back. */
const KEPT = 2;
/** Width of a thumbnail in CSS pixels. */
const THUMBNAIL = 64;

export class SealedPages extends LitElement {
  static override properties = {
    file: { attribute: false },
    sealed: { attribute: false },
    current: { state: true },
    zoom: { state: true },
    pages: { state: true },
    failure: { state: true },
  };

  /** The document as it will look. */
  declare file: Blob | null;
  /** Pages with a stamp, from 1. */
  declare sealed: readonly number[];
  declare current: number;
  declare zoom: number;
  declare pages: readonly ViewerPage[];
  declare failure: string | null;

  #document: ViewerDocument | undefined;
  #opening = new AbortController();
  #observer: IntersectionObserver | undefined;
  #drawn = new Map<HTMLCanvasElement, number>();
  #stop: (() => void) | undefined;
  /** Distance of two fingers and zoom when they were laid down. */
  #pinch: { distance: number; zoom: number } | undefined;
  readonly #fingers = new Map<number, PointerEvent>();

  constructor() {
    super();
    this.file = null;
    this.sealed = [];
    this.current = 1;
    this.zoom = 1;
    this.pages = [];
    this.failure = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onLocale(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#close();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("file")) void this.#open();
    // By script, not as attributes: the page's policy allows no styles in markup.
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>("canvas[data-page]")) {
      const size = this.pages[Number(canvas.dataset.page) - 1];
      if (size) canvas.style.setProperty("--ratio", String(size.width / size.height));
      canvas.style.setProperty("--zoom", String(this.zoom));
    }
    if (changed.has("pages") && this.pages.length > 0) {
      this.#watch();
      this.show(this.sealed[0] ?? 1, "auto");
    }
    if (changed.has("zoom") && this.pages.length > 0) void this.#draw();
  }

  protected override render(): TemplateResult {
    const t = sealTexts();
    if (this.failure) {
      const { cause, advice } = explain({ code: this.failure });
      return html`<p class="notice bad" role="alert"><span><strong>${cause}</strong>${advice}</span></p>`;
    }
    if (this.pages.length === 0)
      return html`<div class="waiting" role="status"><span class="spinner"></span><p>${t.opening}</p></div>`;
    const next = this.sealed.find((page) => page > this.current) ?? this.sealed[0];
    return html`
      <div class="view-tools" role="toolbar" aria-label=${t.pages}>
        <button class="icon" aria-label=${t.previous} ?disabled=${this.current === 1} @click=${() => this.show(this.current - 1)}>${arrow("M15 5l-7 7 7 7")}</button>
        <span role="status" class="where">${t.page(this.current, this.pages.length)}</span>
        <button class="icon" aria-label=${t.next} ?disabled=${this.current === this.pages.length} @click=${() => this.show(this.current + 1)}>${arrow("M9 5l7 7-7 7")}</button>
        <button class="icon" aria-label=${t.zoomOut} ?disabled=${this.zoom <= 1} @click=${() => this.#step(-1)}>${arrow("M5 12h14")}</button>
        <button class="icon" aria-label=${t.zoomIn} ?disabled=${this.zoom >= 4} @click=${() => this.#step(1)}>${arrow("M5 12h14M12 5v14")}</button>
      </div>
      <div
        class="sheets"
        data-zoomed=${this.zoom > 1}
        tabindex="0"
        role="region"
        aria-label=${t.pages}
        @keydown=${this.#key}
        @scroll=${this.#scrolled}
        @pointerdown=${this.#finger}
        @pointermove=${this.#finger}
        @pointerup=${this.#lift}
        @pointercancel=${this.#lift}
      >
        ${this.pages.map(
          (_, index) => html`<div class="sheet-slot" data-page=${index + 1}>
            <div class="sheet-room" tabindex=${this.zoom > 1 ? "0" : nothing}>
              <canvas
                role="img"
                aria-label=${this.sealed.includes(index + 1) ? t.pageSealed(index + 1) : t.pagePlain(index + 1)}
                data-page=${index + 1}
              ></canvas>
            </div>
          </div>`,
        )}
      </div>
      ${
        this.pages.length > 1
          ? html`<div class="thumbs" role="group" aria-label=${t.pages}>
              ${this.pages.map(
                (_, index) => html`<button
                  data-thumb=${index + 1}
                  aria-current=${this.current === index + 1 ? "page" : nothing}
                  aria-label=${this.sealed.includes(index + 1) ? t.pageSealed(index + 1) : t.pagePlain(index + 1)}
                  @click=${() => this.show(index + 1)}
                >
                  <canvas data-page=${index + 1} aria-hidden="true"></canvas>
                  <span aria-hidden="true">${index + 1}</span>
                  ${this.sealed.includes(index + 1) ? html`<i aria-hidden="true"></i>` : nothing}
                </button>`,
              )}
            </div>`
          : nothing
      }
      ${
        next !== undefined && this.sealed.length > 1
          ? html`<button class="button wide" @click=${() => this.show(next)}>${t.nextSeal}</button>`
          : nothing
      }
    `;
  }

  /** Goes to a page. */
  show(page: number, behavior: ScrollBehavior = "smooth"): void {
    const slot = this.querySelector<HTMLElement>(`.sheet-slot[data-page="${page}"]`);
    const sheets = this.querySelector<HTMLElement>(".sheets");
    if (!slot || !sheets) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    sheets.scrollTo({ left: slot.offsetLeft - sheets.offsetLeft, behavior: calm ? "auto" : behavior });
    this.current = page;
    void this.#draw();
    const thumb = this.querySelector<HTMLElement>(`[data-thumb="${page}"]`);
    const strip = thumb?.parentElement;
    if (thumb && strip) strip.scrollTo({ left: thumb.offsetLeft - strip.offsetLeft - strip.clientWidth / 2 + 32 });
  }

  async #open(): Promise<void> {
    this.#close();
    this.pages = [];
    this.failure = null;
    const opening = new AbortController();
    this.#opening = opening;
    if (!this.file) return;
    try {
      const { openDocument } = await import("scanseal/viewer");
      const document = await openDocument(this.file, { signal: opening.signal });
      if (opening.signal.aborted) return document.close();
      this.#document = document;
      this.pages = document.pages;
    } catch (error) {
      if (opening.signal.aborted) return;
      const { code } = error as { code?: unknown };
      this.failure = typeof code === "string" ? code : "internal";
      console.warn("viewer", error);
    }
  }

  #close(): void {
    this.#opening.abort();
    this.#observer?.disconnect();
    this.#document?.close();
    this.#document = undefined;
    this.#drawn.clear();
  }

  /** Thumbnails are drawn when they come into view. */
  #watch(): void {
    this.#observer?.disconnect();
    const strip = this.querySelector(".thumbs");
    if (!strip) return;
    const observer = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (!isIntersecting) continue;
          observer.unobserve(target);
          void this.#paint(target as HTMLCanvasElement, THUMBNAIL);
        }
      },
      { root: strip, rootMargin: "0px 200px" },
    );
    this.#observer = observer;
    for (const canvas of strip.querySelectorAll("canvas")) observer.observe(canvas);
  }

  /** Draws the page that is shown and its neighbours, and empties the others. */
  async #draw(): Promise<void> {
    const wide = this.querySelector<HTMLElement>(".sheets")?.clientWidth ?? 0;
    if (wide === 0) return;
    const canvases = [...this.querySelectorAll<HTMLCanvasElement>(".sheet-slot canvas")];
    const { current } = this;
    for (const canvas of canvases) {
      if (Math.abs(Number(canvas.dataset.page) - current) <= KEPT || !this.#drawn.has(canvas)) continue;
      this.#drawn.delete(canvas);
      canvas.width = canvas.height = 0;
    }
    for (const offset of [0, 1, -1]) {
      const canvas = canvases[current - 1 + offset];
      if (canvas && current === this.current) await this.#paint(canvas, offset === 0 ? wide * this.zoom : wide);
    }
  }

  async #paint(canvas: HTMLCanvasElement, cssWidth: number): Promise<void> {
    const page = Number(canvas.dataset.page);
    const size = this.pages[page - 1];
    const document = this.#document;
    if (!size || !document || (this.#drawn.get(canvas) ?? 0) >= cssWidth) return;
    const before = this.#drawn.get(canvas);
    this.#drawn.set(canvas, cssWidth);
    try {
      // A canvas takes one drawing at a time; a sharper picture replaces the one that is there when it is finished.
      const fresh = window.document.createElement("canvas");
      await document.render(page, fresh, (cssWidth * devicePixelRatio) / size.width, this.#opening.signal);
      if (!this.#drawn.has(canvas)) return;
      canvas.width = fresh.width;
      canvas.height = fresh.height;
      canvas.getContext("2d")?.drawImage(fresh, 0, 0);
    } catch (error) {
      if (this.#opening.signal.aborted) return;
      if (before === undefined) this.#drawn.delete(canvas);
      else this.#drawn.set(canvas, before);
      const { code } = error as { code?: unknown };
      if (code !== "cancelled") this.failure = typeof code === "string" ? code : "internal";
    }
  }

  #step(direction: 1 | -1): void {
    const next = ZOOMS.filter((zoom) => (direction > 0 ? zoom > this.zoom : zoom < this.zoom));
    this.#enlarge((direction > 0 ? next[0] : next[next.length - 1]) ?? this.zoom);
  }

  #enlarge(zoom: number): void {
    this.zoom = Math.min(4, Math.max(1, zoom));
  }

  readonly #scrolled = (event: Event): void => {
    const sheets = event.currentTarget as HTMLElement;
    const page = Math.round(sheets.scrollLeft / sheets.clientWidth) + 1;
    if (page === this.current || page > this.pages.length) return;
    this.current = page;
    void this.#draw();
  };

  readonly #key = (event: KeyboardEvent): void => {
    const { key } = event;
    if (key === "+" || key === "=") this.#step(1);
    else if (key === "-") this.#step(-1);
    // The arrows move an enlarged page.
    else if (this.zoom > 1 && key.startsWith("Arrow")) return;
    else if (key === "ArrowRight" || key === "PageDown") this.show(Math.min(this.pages.length, this.current + 1));
    else if (key === "ArrowLeft" || key === "PageUp") this.show(Math.max(1, this.current - 1));
    else if (key === "Home") this.show(1);
    else if (key === "End") this.show(this.pages.length);
    else return;
    event.preventDefault();
  };

  /** Two fingers enlarge. */
  readonly #finger = (event: PointerEvent): void => {
    if (event.pointerType !== "touch" || (event.type === "pointermove" && !this.#fingers.has(event.pointerId))) return;
    this.#fingers.set(event.pointerId, event);
    const [one, other] = [...this.#fingers.values()];
    if (!one || !other) return;
    const distance = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    this.#pinch ??= { distance, zoom: this.zoom };
    this.#enlarge((this.#pinch.zoom * distance) / Math.max(1, this.#pinch.distance));
  };

  readonly #lift = (event: PointerEvent): void => {
    this.#fingers.delete(event.pointerId);
    if (this.#fingers.size < 2) this.#pinch = undefined;
  };
}

function arrow(path: string): TemplateResult {
  return html`<svg class="line" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

customElements.define("sealed-pages", SealedPages);
