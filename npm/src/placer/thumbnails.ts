// The column of small pages beside the document. Only those that are seen exist.

import type { ViewerPage } from "../viewer/page.js";
import { type Column, columnOf, seenPages } from "./layout.js";
import type { Wanted } from "./painter.js";

/** Width of every small page in pixels; its height follows. */
export const THUMBNAIL_WIDTH = 96;
/** Below each: its number. */
const LABEL = 30;
const MARGIN = 14;
/** Pages above and below those seen that are kept, for the keyboard to step onto. */
const SPARE = 1;
/** Higher than this a page is not drawn: a till receipt would fill the column. */
const MAX_RATIO = 2.2;

/** The column of one document. */
export class Thumbnails {
  readonly column: Column;
  private box: HTMLElement | undefined;
  private top = 0;
  private height = 0;

  constructor(
    private readonly pages: readonly ViewerPage[],
    private readonly redraw: () => void,
  ) {
    const sizes = pages.map((page) => ({ width: THUMBNAIL_WIDTH, height: THUMBNAIL_WIDTH * ratio(page) }));
    this.column = columnOf(sizes, 1, { margin: MARGIN, gap: LABEL });
  }

  /** The box has been drawn, or is gone. */
  attach(box: HTMLElement | undefined): void {
    this.box = box;
    const height = box?.clientHeight ?? 0;
    if (height === this.height) return;
    this.height = height;
    this.redraw();
  }

  onScroll(): void {
    this.top = this.box?.scrollTop ?? 0;
    this.redraw();
  }

  /** Scrolls no more than it takes to see a page. */
  reveal(page: number): void {
    const { box } = this;
    if (box === undefined) return;
    const top = (this.column.tops[page - 1] ?? 0) - MARGIN;
    const bottom = top + (this.column.heights[page - 1] ?? 0) + LABEL + MARGIN;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
    this.top = box.scrollTop;
  }

  /** First and last page that exist. */
  get seen(): readonly [number, number] {
    if (this.height === 0) return [1, 0];
    const [first, last] = seenPages(this.column, this.top, this.height);
    return [Math.max(1, first - SPARE), Math.min(this.pages.length, last + SPARE)];
  }

  get wanted(): readonly Wanted[] {
    const [first, last] = this.seen;
    const sharp = Math.min(globalThis.devicePixelRatio || 1, 2);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
      const page = first + index;
      const { width = 1 } = this.pages[page - 1] ?? {};
      return { key: `thumbnail ${page}`, page, pixelsPerPoint: (THUMBNAIL_WIDTH / width) * sharp };
    });
  }
}

function ratio({ width, height }: ViewerPage): number {
  return Math.min(MAX_RATIO, height / width);
}
