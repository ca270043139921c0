// The pages, and the seals on them.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { box, seal } from "./directives.js";
import { type PixelBox, toPixels, wholeMm } from "./geometry.js";
import * as icons from "./icons.js";
import type { Impression } from "./impressions.js";
import { THUMBNAIL_WIDTH } from "./thumbnails.js";
import type { OpenFile, View } from "./view-model.js";

/** Pixels from the page's edge in which what stands beside a seal stands on its other side. */
const HANDLE_ROOM = 44;
/** Pixels that a seal is high at least, so that what stands beside it ends above what stands below it. */
const HANDLES_HEIGHT = 100;
/** Pixels that the line with the distances takes above a seal. */
const LABEL_ROOM = 32;

/** The document, as it is scrolled. */
export function stage(view: View, open: OpenFile): TemplateResult {
  const { messages, actions } = view;
  const { scroller } = open;
  const [first, last] = scroller.seen;
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return html`
    <div
      part="stage"
      class="stage"
      role="region"
      tabindex="0"
      aria-label=${messages.document}
      @scroll=${actions.onStageScroll}
      @wheel=${zoomByWheel(view)}
      @click=${(event: Event) => (event.target as Element).closest(".impression") ?? open.desk.select(undefined)}
    >
      <div class="filler" ${box({ height: scroller.column.height, width: scroller.width })}>
        ${repeat(
          numbers,
          (number) => number,
          (number) => page(view, open, number),
        )}
      </div>
    </div>
  `;
}

/** Ctrl and the wheel, or two fingers on a touch pad, which browsers tell as that. */
function zoomByWheel({ actions }: View) {
  return {
    handleEvent(event: WheelEvent): void {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
      actions.zoomBy(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top);
    },
    passive: false,
  };
}

function page(view: View, open: OpenFile, number: number): TemplateResult {
  const { messages } = view;
  const { scroller, painter, desk } = open;
  const key = `page ${number}`;
  const place = {
    left: scroller.leftOf(number),
    top: scroller.column.tops[number - 1] ?? 0,
    width: scroller.column.widths[number - 1] ?? 0,
    height: scroller.column.heights[number - 1] ?? 0,
  };
  const impressions = desk.outcome.byPage.get(number) ?? [];
  return html`
    <div part="page" class="page" role="group" aria-label=${messages.page(number)} ${box(place)}>
      ${painter.picture(key) ?? (painter.hasFailed(key) ? html`<p class="page-failed">${messages.pageFailed}</p>` : html`<div class="page-wait"></div>`)}
      ${marks(view, open, number)}
      ${repeat(
        impressions,
        (impression) =>
          `${impression.place} ${impressions.filter(({ place }) => place === impression.place).indexOf(impression)}`,
        (impression) => sealPicture(view, open, impression),
      )}
    </div>
  `;
}

/** Where the word that is looked for stands; while a seal is dragged, all words that would hold it. */
function marks(view: View, { desk, scroller, dragging }: OpenFile, number: number): unknown {
  const words = desk.isDragging ? undefined : view.word === undefined ? [] : [view.word];
  const size = desk.pages[number - 1];
  if (size === undefined) return nothing;
  return desk.hitsOn(number, words).map((hit) => {
    const pixels = toPixels(hit.frame, size, scroller.pixelsPerPoint);
    const held = dragging.picture?.hit;
    const holds = held?.page === hit.page && held.word === hit.word && held.occurrence === hit.occurrence;
    return html`<div class="mark ${holds ? "holds" : ""}" ${box({ ...pixels })}></div>`;
  });
}

function sealPicture(view: View, { desk, scroller, dragging }: OpenFile, impression: Impression): unknown {
  const size = desk.pages[impression.page - 1];
  const place = desk.places[impression.place];
  const isNew = impression.place >= desk.places.length;
  if (size === undefined) return nothing;
  const pixels = toPixels(impression.frame, size, scroller.pixelsPerPoint);
  const selected = impression.place === desk.selected || isNew;
  const held = desk.isDragging && (isNew || dragging.picture?.impression?.place === impression.place);
  const classes = [
    "impression",
    selected ? "selected" : "",
    held ? "held" : "",
    impression.offPage ? "off-page" : "",
    pixels.left < HANDLE_ROOM ? "near-start" : "",
    pixels.left + pixels.width > (scroller.column.widths[impression.page - 1] ?? 0) - HANDLE_ROOM ? "near-end" : "",
    pixels.height < HANDLES_HEIGHT && pixels.top > LABEL_ROOM ? "label-above" : "",
    impression.slice ? (impression.slice.vertical ? "slice upright" : "slice level") : "",
  ].join(" ");
  const label = labelOf(view, impression, place?.type === "keyword" ? place.word : undefined);
  return html`
    <div class=${classes} ${box({ ...pixels })}>
      <div
        part="seal"
        class="seal"
        role=${view.readonly ? "img" : "button"}
        tabindex=${view.readonly ? nothing : "0"}
        aria-label=${label}
        aria-roledescription=${view.readonly ? nothing : view.messages.movable}
        aria-describedby=${view.readonly ? nothing : "seal-keys"}
        data-place=${impression.place}
        data-page=${impression.page}
        @pointerdown=${(event: PointerEvent) => {
          if (view.readonly) return;
          desk.select(impression.place);
          dragging.press(event, impression);
        }}
        @focus=${() => view.readonly || desk.isDragging || desk.select(impression.place)}
        @keydown=${(event: KeyboardEvent) => view.actions.onSealKey(event, impression)}
      >
        ${sealFace(view, pixels, impression)}
      </div>
      ${selected ? handles(view, dragging, impression, held) : nothing}
    </div>
  `;
}

/** The picture, or what stands for it as long as there is none. */
function sealFace(view: View, { width, height }: PixelBox, { slice }: Impression): TemplateResult {
  const { picture, messages } = view;
  if (picture !== undefined) return html`<canvas ${seal(picture, width, height, slice)}></canvas>`;
  return html`<span class="no-picture" data-word=${slice ? nothing : messages.seal}></span>`;
}

function handles(
  { messages, actions, readonly }: View,
  dragging: OpenFile["dragging"],
  impression: Impression,
  held: boolean,
): unknown {
  if (readonly) return nothing;
  const { x, y } = impression.frame;
  return html`
    <span class="corners" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
    ${
      held || impression.slice === undefined
        ? html`<span class="where" aria-hidden="true">
            ${messages.distances(wholeMm(x), wholeMm(y))}</span>`
        : nothing
    }
    ${
      held
        ? nothing
        : html`<span class="handles">
            <button
              part="remove"
              class="remove"
              type="button"
              tabindex="-1"
              aria-label=${messages.remove}
              @click=${() => actions.remove(impression.place)}
            >
              ${icons.remove}
            </button>
            ${
              impression.slice === undefined
                ? html`<span
                    class="handle"
                    aria-hidden="true"
                    @pointerdown=${(event: PointerEvent) => dragging.press(event, impression)}
                    >${icons.move}</span
                  >`
                : nothing
            }
          </span>`
    }
  `;
}

function labelOf({ messages }: View, { slice, page, frame }: Impression, word: string | undefined): string {
  if (slice !== undefined) {
    return `${messages.crossTitle}, ${messages.page(page)}, ${messages.crossSlice(slice.index + 1, slice.count)}`;
  }
  const at = messages.sealAt(page, wholeMm(frame.x), wholeMm(frame.y));
  return word === undefined ? `${messages.seal}, ${at}` : `${messages.keywordSeal(word)}, ${at}`;
}

/** The seal under the pointer, over no page. */
export function ghost(view: View, { desk, scroller, dragging }: OpenFile): unknown {
  const at = dragging.picture?.ghost;
  if (at === undefined) return nothing;
  const width = desk.seal.width * scroller.pixelsPerPoint;
  const height = desk.seal.height * scroller.pixelsPerPoint;
  return html`
    <div class="ghost" aria-hidden="true" ${box({ left: at.x - width / 2, top: at.y - height / 2, width, height })}>
      ${view.picture === undefined ? html`<span class="no-picture"></span>` : html`<canvas ${seal(view.picture, width, height, undefined)}></canvas>`}
    </div>
  `;
}

/** The small pages. */
export function thumbnails(view: View, { thumbnails, painter, desk, scroller }: OpenFile): TemplateResult {
  const { messages, actions } = view;
  const [first, last] = thumbnails.seen;
  const { current } = scroller;
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  // The tab key finds the page that is shown; if that is scrolled away, the first that is there.
  const entrance = numbers.includes(current) ? current : first;
  return html`
    <nav
      part="thumbnails"
      class="thumbnails"
      aria-label=${messages.thumbnails}
      @scroll=${actions.onThumbnailsScroll}
      @keydown=${actions.onThumbnailKey}
    >
      <div class="filler" ${box({ height: thumbnails.column.height + 20 })}>
        ${repeat(
          numbers,
          (number) => number,
          (number) => {
            const seals = desk.outcome.byPage.get(number)?.length ?? 0;
            const place = {
              top: thumbnails.column.tops[number - 1] ?? 0,
              width: THUMBNAIL_WIDTH,
              height: thumbnails.column.heights[number - 1] ?? 0,
            };
            return html`
              <div class="thumbnail" ${box(place)}>
                <button
                  part="thumbnail"
                  class="sheet"
                  type="button"
                  tabindex=${number === entrance ? "0" : "-1"}
                  aria-current=${number === current ? "page" : nothing}
                  aria-label=${seals > 0 ? messages.pageWithSeals(number, seals) : messages.page(number)}
                  data-page=${number}
                  @click=${() => actions.goTo(number)}
                >
                  ${painter.picture(`thumbnail ${number}`) ?? html`<span class="page-wait"></span>`}
                  ${smallSeals(desk, number)}
                </button>
                ${seals > 0 ? html`<span class="badge" aria-hidden="true">${seals}</span>` : nothing}
                <span class="number" aria-hidden="true">${number}</span>
              </div>
            `;
          },
        )}
      </div>
    </nav>
  `;
}

/** Where on a small page the seals are. */
function smallSeals(desk: OpenFile["desk"], number: number): unknown {
  const page = desk.pages[number - 1];
  if (page === undefined) return nothing;
  const scale = THUMBNAIL_WIDTH / page.width;
  return (desk.outcome.byPage.get(number) ?? []).map(
    ({ frame, slice }) =>
      html`<span class="dot ${slice ? "part" : ""}" ${box({ ...toPixels(frame, page, scale) })}></span>`,
  );
}
