// The panel beside the document: the seal to drag, where it is put, keywords, the seal across pages.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { errorText } from "../error-text.js";
import type { SealPlace } from "../pdf/options.js";
import { seal } from "./directives.js";
import { POINTS_PER_MM, wholeMm } from "./geometry.js";
import * as icons from "./icons.js";
import type { OpenFile, View } from "./view-model.js";
import { crossSection, keywordSection } from "./view-sections.js";

/** Side of the seal in the palette, in pixels. */
const PALETTE_SIDE = 76;

/** Everything beside the document. */
export function panel(view: View, open: OpenFile): TemplateResult {
  const { messages, actions } = view;
  return html`
    <aside part="panel" class="panel" aria-label=${messages.panel} id="panel" ?hidden=${view.narrow && !view.panelShown}>
      ${
        view.narrow
          ? html`<header class="sheet-head">
              <p class="title">${messages.panel}</p>
              <button part="tool" class="tool" type="button" aria-label=${messages.close} @click=${actions.togglePanel}>
                ${icons.close}
              </button>
            </header>`
          : nothing
      }
      <div class="panel-body">
        ${view.readonly ? nothing : palette(view, open)} ${placeList(view, open)}
        ${view.readonly ? nothing : keywordSection(view, open)} ${view.readonly ? nothing : crossSection(view, open)}
      </div>
    </aside>
  `;
}

/** What is always at hand where the panel is folded away. */
export function dock(view: View, { desk }: OpenFile): TemplateResult {
  const { messages, actions } = view;
  return html`
    <div class="dock">
      ${
        view.readonly
          ? nothing
          : html`<button part="action" class="main" type="button" @click=${actions.add}>${icons.stamp} ${messages.addSeal}</button>`
      }
      <button
        part="action"
        class="quiet"
        type="button"
        aria-expanded=${String(view.panelShown)}
        aria-controls="panel"
        @click=${actions.togglePanel}
      >
        ${icons.panel} ${messages.showPanel(desk.places.length)}
      </button>
    </div>
  `;
}

function palette(view: View, { desk, dragging }: OpenFile): TemplateResult {
  const { messages, picture, actions } = view;
  const { width, height } = desk.seal;
  const scale = PALETTE_SIDE / Math.max(width, height);
  return html`
    <section class="palette">
      <div
        part="palette"
        class="palette-seal"
        aria-hidden="true"
        @pointerdown=${(event: PointerEvent) => dragging.press(event, undefined)}
      >
        ${
          picture === undefined
            ? html`<span class="no-picture" data-word=${messages.seal}></span>`
            : html`<canvas ${seal(picture, width * scale, height * scale, undefined)}></canvas>`
        }
        <span class="grip"></span>
      </div>
      <div class="palette-text">
        <p class="strong"><bdi>${messages.sealSize(wholeMm(width), wholeMm(height))}</bdi></p>
        <p class="muted small">${messages.dragHint}</p>
      </div>
      <button part="action" class="main whole" type="button" @click=${actions.add}>${icons.stamp} ${messages.addSeal}</button>
    </section>
  `;
}

function placeList(view: View, open: OpenFile): TemplateResult {
  const { messages } = view;
  const { places } = open.desk;
  return html`
    <section>
      <h2>${messages.seals} ${places.length > 0 ? html`<span class="count">${places.length}</span>` : nothing}</h2>
      ${
        places.length === 0
          ? html`<div class="nothing">
              <p>${messages.noSeals}</p>
              ${view.readonly ? nothing : html`<p class="muted small">${messages.noSealsAdvice}</p>`}
            </div>`
          : html`<ul class="places" role="list">
              ${repeat(
                places,
                (_, index) => index,
                (place, index) => placeItem(view, open, place, index),
              )}
            </ul>`
      }
    </section>
  `;
}

function placeItem(view: View, open: OpenFile, place: SealPlace, index: number): TemplateResult {
  const { messages, actions, locale } = view;
  const { desk } = open;
  const selected = desk.selected === index;
  const problem = desk.outcome.problems.get(index);
  const [icon, title, detail] = described(view, open, place, index);
  return html`
    <li part="place" class="place ${selected ? "selected" : ""} ${problem ? "wrong" : ""}">
      <div class="place-line">
        <button
          class="place-main"
          type="button"
          aria-pressed=${String(selected)}
          @click=${() => actions.show(index)}
        >
          <span class="place-icon">${icon}</span>
          <span class="place-text"><bdi class="strong">${title}</bdi><bdi class="muted small">${detail}</bdi></span>
        </button>
        ${
          view.readonly
            ? nothing
            : html`<button part="tool" class="tool" type="button" aria-label="${messages.remove} ${title}" data-tip=${messages.remove} @click=${() => actions.remove(index)}>
                ${icons.remove}
              </button>`
        }
      </div>
      ${problem ? html`<p class="problem small">${icons.warning} ${errorText(problem, locale).cause}</p>` : nothing}
      ${selected && !view.readonly ? placeFields(view, open, place, index) : nothing}
    </li>
  `;
}

function described(
  { messages }: View,
  { desk }: OpenFile,
  place: SealPlace,
  index: number,
): readonly [icon: TemplateResult, title: string, detail: string] {
  const impressions = desk.outcome.impressions.filter((each) => each.place === index);
  const [first] = impressions;
  switch (place.type) {
    case "at": {
      const title = impressions.length > 1 ? messages.onPages(place.pages) : messages.page(first?.page ?? 1);
      return [icons.stamp, title, messages.distances(wholeMm(place.x), wholeMm(place.y))];
    }
    case "keyword": {
      const finding = desk.search.known(place.word);
      const detail =
        finding?.state === "searching"
          ? messages.searching(place.word)
          : place.occurrence === "all"
            ? `${messages.keywordEverywhere} · ${messages.hits(impressions.length)}`
            : messages.keywordOccurrence(first?.page ?? 1, place.occurrence ?? 1);
      return [icons.word, messages.keywordSeal(place.word), detail];
    }
    case "cross-page": {
      const pages = place.pages === undefined ? messages.allPages : messages.onPages(place.pages);
      return [
        icons.across,
        messages.crossSeal(messages.sides[place.side]),
        `${pages} · ${messages.hits(impressions.length)}`,
      ];
    }
  }
}

/** The place in numbers: what the pointer does roughly, exactly. */
function placeFields(view: View, open: OpenFile, place: SealPlace, index: number): unknown {
  const { messages } = view;
  const { desk } = open;
  const impression = desk.outcome.impressions.find((each) => each.place === index);
  if (place.type === "cross-page" || impression === undefined) return nothing;
  const { x, y } = impression.frame;
  return html`
    <div class="fields">
      ${length(messages.fromLeft, messages.millimetres, x, (value) => desk.putAt(impression, { x: value }))}
      ${length(messages.fromBottom, messages.millimetres, y, (value) => desk.putAt(impression, { y: value }))}
      ${
        place.type === "at"
          ? html`<label class="field whole">
              <span>${messages.pages}</span>
              <input
                part="field"
                type="text"
                autocomplete="off"
                .value=${place.pages}
                placeholder=${messages.pagesHint}
                @change=${(event: Event) => {
                  const field = event.target as HTMLInputElement;
                  if (field.value.trim() === "" || !desk.changePages(index, field.value)) field.value = place.pages;
                }}
              />
            </label>`
          : nothing
      }
    </div>
  `;
}

function length(label: string, unit: string, points: number, change: (points: number) => void): TemplateResult {
  const millimetres = String(Math.round((points / POINTS_PER_MM) * 10) / 10);
  return html`
    <label class="field">
      <span>${label}</span>
      <span class="with-unit">
        <input
          part="field"
          type="number"
          step="1"
          min="0"
          inputmode="decimal"
          .value=${millimetres}
          @change=${(event: Event) => {
            const field = event.target as HTMLInputElement;
            if (field.value !== "" && Number.isFinite(field.valueAsNumber)) change(field.valueAsNumber * POINTS_PER_MM);
            else field.value = millimetres;
          }}
        />
        <span class="unit" aria-hidden="true">${unit}</span>
      </span>
    </label>
  `;
}
