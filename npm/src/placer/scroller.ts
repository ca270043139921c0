// The column of pages as it is scrolled and zoomed.

import type { ViewerPage } from "../viewer/page.js";
import { PIXELS_PER_POINT, type Point, toPoint } from "./geometry.js";
import { type Column, clampZoom, columnOf, currentPage, fittingZoom, pageAt, seenPages, zoomStep } from "./layout.js";
import type { Wanted } from "./painter.js";

/** Pages are drawn again at a new zoom when it has not changed for so many milliseconds. */
const SETTLE = 160;
/** Pixels of the page's edge in which a drag scrolls. */
const EDGE = 48;
/** Sharper than this nobody sees on a page, and it costs memory. */
const MAX_PIXEL_RATIO = 2;

/** A point on a page, found from one on the screen. */
export interface Spot {
  readonly page: number;
  readonly point: Point;
  /** Whether it really lies on the page, not beside it. */
  readonly inside: boolean;
}

/** One column of one document in one scrolling box. */
export class PageScroller {
  zoom = 1;
  /** Whether the zoom follows the width there is: always, or only so far that nothing is cut off. */
  fit: "width" | "auto" | "none" = "auto";
  column: Column;
  private scale = 0;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private box: HTMLElement | undefined;
  private size = { width: 0, height: 0 };
  private scrolled = { top: 0, left: 0 };
  private chosen: { readonly page: number; readonly top: number } | undefined;

  constructor(
    private readonly pages: readonly ViewerPage[],
    private readonly spacing: () => { readonly margin: number; readonly gap: number },
    private readonly redraw: () => void,
  ) {
    this.column = columnOf(pages, PIXELS_PER_POINT, spacing());
  }

  get pixelsPerPoint(): number {
    return this.zoom * PIXELS_PER_POINT;
  }

  /** Width of everything: at least that of the box, so that narrow pages stand in the middle. */
  get width(): number {
    return Math.max(this.column.width, this.size.width);
  }

  /** The page that is worked on: the one gone to, as long as nobody scrolls on, else the one that fills the view. */
  get current(): number {
    if (this.chosen?.top === this.scrolled.top) return this.chosen.page;
    const { top } = this.scrolled;
    const atEnd = top > 0 && top + this.size.height >= this.column.height - 1;
    return atEnd ? this.pages.length : currentPage(this.column, top, this.size.height);
  }

  /** First and last page of which something is seen. */
  get seen(): readonly [number, number] {
    return seenPages(this.column, this.scrolled.top, this.size.height);
  }

  leftOf(page: number): number {
    return Math.round((this.width - (this.column.widths[page - 1] ?? 0)) / 2);
  }

  /** The box has been drawn, or has another size. */
  attach(box: HTMLElement): void {
    this.box = box;
    const { clientWidth, clientHeight } = box;
    if (clientWidth === this.size.width && clientHeight === this.size.height) return;
    this.size = { width: clientWidth, height: clientHeight };
    if (this.fit !== "none") this.applyFit();
    else this.relayout();
    this.redraw();
  }

  /** The box has been scrolled. */
  onScroll(): void {
    if (this.box === undefined) return;
    this.scrolled = { top: this.box.scrollTop, left: this.box.scrollLeft };
    this.redraw();
  }

  /** Shows a page from its upper edge. */
  goTo(page: number): void {
    this.scrollTo((this.column.tops[page - 1] ?? 0) - this.spacing().margin / 2, this.scrolled.left);
    this.chosen = { page, top: this.scrolled.top };
  }

  /** Scrolls no more than it takes to see a part of a page, given in pixels from the page's top left. */
  reveal(page: number, part: { left: number; top: number; width: number; height: number }): void {
    const { margin } = this.spacing();
    const along = (start: number, length: number, from: number, room: number) => {
      if (start - margin < from) return Math.max(0, start - margin);
      return start + length + margin > from + room ? start + length + margin - room : from;
    };
    const top = (this.column.tops[page - 1] ?? 0) + part.top;
    const left = this.leftOf(page) + part.left;
    this.scrollTo(
      along(top, part.height, this.scrolled.top, this.size.height),
      along(left, part.width, this.scrolled.left, this.size.width),
    );
    this.chosen = { page, top: this.scrolled.top };
  }

  /** Zooms, keeping what is at a point of the box where it is; its middle, if none is given. */
  zoomTo(zoom: number, anchor?: { readonly x: number; readonly y: number }): void {
    this.fit = "none";
    this.applyZoom(zoom, anchor);
  }

  step(direction: 1 | -1): void {
    this.zoomTo(zoomStep(this.zoom, direction));
  }

  fitWidth(): void {
    this.fit = "width";
    this.applyFit();
  }

  /** The place on a page under a point of the screen, or on the nearest page; seen from one page if that is given. */
  locate(clientX: number, clientY: number, onPage?: number): Spot | undefined {
    const { box } = this;
    if (box === undefined) return undefined;
    const { left, top } = box.getBoundingClientRect();
    const x = clientX - left - box.clientLeft + box.scrollLeft;
    const y = clientY - top - box.clientTop + box.scrollTop;
    const page = onPage ?? pageAt(this.column, y + this.spacing().gap / 2);
    const size = this.pages[page - 1];
    if (size === undefined) return undefined;
    const fromLeft = x - this.leftOf(page);
    const fromTop = y - (this.column.tops[page - 1] ?? 0);
    const inBox =
      clientX >= left && clientX < left + box.clientWidth && clientY >= top && clientY < top + box.clientHeight;
    const width = this.column.widths[page - 1] ?? 0;
    const height = this.column.heights[page - 1] ?? 0;
    const inside = inBox && fromLeft >= 0 && fromLeft <= width && fromTop >= 0 && fromTop <= height;
    return { page, point: toPoint(fromLeft, fromTop, size, this.pixelsPerPoint), inside };
  }

  /** Scrolls on while something is held at the edge of the box; whether it did. */
  scrollAtEdge(clientX: number, clientY: number): boolean {
    const { box } = this;
    if (box === undefined) return false;
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const pull = (value: number, start: number, end: number) =>
      value < start + EDGE ? (value - start - EDGE) / 4 : value > end - EDGE ? (value - end + EDGE) / 4 : 0;
    const limited = (value: number) => Math.max(-24, Math.min(24, value));
    const before = [box.scrollLeft, box.scrollTop];
    box.scrollTop += limited(pull(clientY, top, bottom));
    box.scrollLeft += limited(pull(clientX, left, right));
    return before[0] !== box.scrollLeft || before[1] !== box.scrollTop;
  }

  /** What is to be drawn, the seen pages first, then their neighbours. */
  get wanted(): readonly Wanted[] {
    if (this.size.height === 0) return [];
    const [first, last] = this.seen;
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    for (const neighbour of [last + 1, first - 1]) {
      if (neighbour >= 1 && neighbour <= this.pages.length) numbers.push(neighbour);
    }
    const pixelsPerPoint = this.drawnScale();
    return numbers.map((page) => ({ key: `page ${page}`, page, pixelsPerPoint }));
  }

  close(): void {
    clearTimeout(this.settling);
  }

  private drawnScale(): number {
    if (this.scale === 0) this.scale = this.sharpScale();
    return this.scale;
  }

  private sharpScale(): number {
    return this.pixelsPerPoint * Math.min(globalThis.devicePixelRatio || 1, MAX_PIXEL_RATIO);
  }

  private applyFit(): void {
    const fitting = fittingZoom(this.pages, this.size.width - 2 * this.spacing().margin, PIXELS_PER_POINT);
    this.applyZoom(this.fit === "auto" ? Math.min(1, fitting) : fitting);
  }

  private applyZoom(zoom: number, anchor?: { readonly x: number; readonly y: number }): void {
    const held = anchor ?? { x: this.size.width / 2, y: this.size.height / 3 };
    const page = pageAt(this.column, this.scrolled.top + held.y);
    const before = { left: this.leftOf(page), top: this.column.tops[page - 1] ?? 0 };
    const factor = clampZoom(zoom) / this.zoom;
    this.zoom = clampZoom(zoom);
    this.relayout();
    const top = (this.column.tops[page - 1] ?? 0) + (this.scrolled.top + held.y - before.top) * factor - held.y;
    const left = this.leftOf(page) + (this.scrolled.left + held.x - before.left) * factor - held.x;
    this.redraw();
    // The box can be scrolled only so far as it is filled, so the new sizes come first.
    const { box } = this;
    if (box !== undefined) {
      const filler = box.firstElementChild;
      if (filler instanceof HTMLElement) {
        filler.style.height = `${this.column.height}px`;
        filler.style.width = `${this.width}px`;
      }
      this.scrollTo(Math.max(0, top), Math.max(0, left));
    }
    clearTimeout(this.settling);
    if (this.scale === 0) return;
    this.settling = setTimeout(() => {
      this.scale = this.sharpScale();
      this.redraw();
    }, SETTLE);
  }

  private relayout(): void {
    this.column = columnOf(this.pages, this.pixelsPerPoint, this.spacing());
  }

  private scrollTo(top: number, left: number): void {
    if (this.box === undefined) return;
    this.box.scrollTop = top;
    this.box.scrollLeft = left;
    this.onScroll();
  }
}
