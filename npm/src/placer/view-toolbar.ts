// The line of tools above the document.

import { html, nothing, type TemplateResult } from "lit";
import * as icons from "./icons.js";
import type { OpenFile, View } from "./view-model.js";

/** All tools. */
export function toolbar(view: View, { desk, scroller }: OpenFile): TemplateResult {
  const { messages, actions } = view;
  const count = desk.pages.length;
  const { current } = scroller;
  return html`
    <div part="toolbar" class="toolbar" role="group" aria-label=${messages.toolbar}>
      ${tool(messages.thumbnails, icons.thumbnails, actions.toggleThumbnails, { pressed: view.thumbnailsShown, side: "start" })}
      <span class="group">
        ${tool(messages.previousPage, icons.previous, () => actions.goTo(current - 1), { off: current <= 1, wide: true })}
        <span class="page-number">
          <input
            part="field"
            aria-label=${messages.pageNumber}
            type="text"
            inputmode="numeric"
            autocomplete="off"
            maxlength="6"
            .value=${String(current)}
            @change=${(event: Event) => goToTyped(event, view, count, current)}
            @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
          />
          <span class="muted">${messages.ofPages(count)}</span>
        </span>
        ${tool(messages.nextPage, icons.next, () => actions.goTo(current + 1), { off: current >= count, wide: true })}
      </span>
      <span class="spring"></span>
      <span class="group">
        ${tool(messages.zoomOut, icons.zoomOut, () => actions.zoom(-1), { off: scroller.zoom <= 0.25 })}
        <button part="tool" class="tool percent" type="button" data-tip=${messages.actualSize} aria-label="${Math.round(scroller.zoom * 100)}% · ${messages.actualSize}" @click=${actions.actualSize}>
          ${Math.round(scroller.zoom * 100)}%
        </button>
        ${tool(messages.zoomIn, icons.zoomIn, () => actions.zoom(1), { off: scroller.zoom >= 4 })}
        ${tool(messages.fitWidth, icons.fitWidth, actions.fitWidth, { pressed: scroller.fit === "width", wide: true })}
      </span>
      ${
        view.readonly
          ? nothing
          : html`<span class="group">
              ${tool(messages.undo, icons.undo, actions.undo, { off: !desk.canUndo })}
              ${tool(messages.redo, icons.redo, actions.redo, { off: !desk.canRedo })}
            </span>`
      }
    </div>
  `;
}

interface ToolOptions {
  readonly off?: boolean;
  readonly pressed?: boolean;
  /** Left out where there is little room. */
  readonly wide?: boolean;
  /** At an end of the line, where the tip has no room on that side. */
  readonly side?: "start";
}

function tool(label: string, icon: TemplateResult, act: () => void, options: ToolOptions = {}): TemplateResult {
  const { off = false, pressed, wide = false, side } = options;
  // Off, but not gone from the order of keys: focus must not be lost when the last step has been undone.
  return html`
    <button
      part="tool"
      class="tool ${wide ? "wide" : ""} ${side === "start" ? "tip-start" : ""}"
      type="button"
      aria-label=${label}
      data-tip=${label}
      aria-disabled=${off ? "true" : nothing}
      aria-pressed=${pressed === undefined ? nothing : String(pressed)}
      @click=${() => off || act()}
    >
      ${icon}
    </button>
  `;
}

function goToTyped(event: Event, { actions }: View, count: number, current: number): void {
  const field = event.target as HTMLInputElement;
  const page = Number(field.value);
  if (Number.isInteger(page) && page >= 1 && page <= count) actions.goTo(page);
  else field.value = String(current);
}
