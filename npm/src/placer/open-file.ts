// All that exists as long as a file is open.

import type { SealPlace } from "../pdf/options.js";
import { findKeyword } from "../pdf.js";
import type { ViewerDocument } from "../viewer/document.js";
import { Desk, type DeskHost } from "./desk.js";
import { Dragging } from "./dragging.js";
import type { Size } from "./geometry.js";
import { KeywordSearch } from "./keyword-search.js";
import { Painter } from "./painter.js";
import { PageScroller } from "./scroller.js";
import { Thumbnails } from "./thumbnails.js";
import type { OpenFile } from "./view-model.js";

/** Space around and between pages, in pixels. */
const SPACING = { wide: { margin: 28, gap: 20 }, narrow: { margin: 12, gap: 12 } } as const;

/** What an open file needs of the element. */
export interface OpenFileHost extends DeskHost {
  readonly narrow: boolean;
  /** The outermost element, once it is drawn. */
  readonly base: HTMLElement | undefined;
  dragStarted(): void;
  /** A seal was dropped on a page. */
  dropped(): void;
}

/** Sets everything up around an opened document. */
export function openFile(
  document: ViewerDocument,
  source: { readonly file: Blob; readonly password: string | undefined },
  start: { readonly places: readonly SealPlace[]; readonly seal: Size },
  host: OpenFileHost,
): OpenFile {
  const { pages } = document;
  const redraw = () => host.redraw();
  const search = new KeywordSearch(findKeyword, source.file, source.password, () => desk.found());
  const desk = new Desk(pages, search, host, start.places, start.seal);
  const scroller = new PageScroller(pages, () => (host.narrow ? SPACING.narrow : SPACING.wide), redraw);
  const painter = new Painter(document, redraw);
  const dragging = new Dragging(
    desk,
    scroller,
    () => host.base,
    () => host.dragStarted(),
    () => host.dropped(),
  );
  const close = () => {
    dragging.cancel();
    painter.close();
    scroller.close();
    search.close();
    document.close();
  };
  return { desk, scroller, painter, dragging, thumbnails: new Thumbnails(pages, redraw), close };
}
