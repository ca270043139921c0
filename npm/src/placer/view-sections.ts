// Two sections of the panel: keywords, and the seal across pages.

import { html, nothing, type TemplateResult } from "lit";
import { errorText } from "../error-text.js";
import type { SealPlace } from "../pdf/options.js";
import type { Side } from "./cross-page.js";
import * as icons from "./icons.js";
import { shownHits } from "./impressions.js";
import type { Finding } from "./keyword-search.js";
import { pagesOf } from "./page-range.js";
import type { OpenFile, View } from "./view-model.js";

/** Hits that are listed; a word that occurs more often than that is no place for a seal. */
const LISTED_HITS = 30;
const SIDES: readonly Side[] = ["left", "right", "top", "bottom"];

/** Words to seal at: those suggested, and a field for others. */
export function keywordSection(view: View, open: OpenFile): TemplateResult {
  const { messages, actions, keywords, word } = view;
  const { search } = open.desk;
  return html`
    <section>
      <h2>${messages.keywordTitle}</h2>
      <p class="muted small">${messages.keywordHint}</p>
      <form
        class="search"
        role="search"
        @submit=${(event: Event) => {
          event.preventDefault();
          const field = (event.target as HTMLFormElement).querySelector("input");
          actions.lookFor(field?.value.trim() || undefined);
        }}
      >
        <input
          part="field"
          type="search"
          autocomplete="off"
          maxlength="100"
          aria-label=${messages.searchField}
          placeholder=${messages.searchField}
          .value=${word ?? ""}
        />
        <button part="action" class="quiet square" type="submit" aria-label=${messages.search}>${icons.search}</button>
      </form>
      ${
        keywords.length > 0
          ? html`<div class="chips">
              ${search.offered(keywords).map((each) => {
                const finding = search.known(each);
                const chosen = word === each;
                return html`<button
                  part="keyword"
                  class="chip ${finding?.state === "found" && finding.hits.length === 0 ? "idle" : ""}"
                  type="button"
                  aria-pressed=${String(chosen)}
                  @click=${() => actions.lookFor(chosen ? undefined : each)}
                >
                  ${each}
                  ${finding?.state === "found" ? html`<span class="count">${finding.hits.length}</span>` : nothing}
                  ${finding?.state === "searching" ? html`<span class="spinner small" aria-hidden="true"></span>` : nothing}
                </button>`;
              })}
            </div>`
          : nothing
      }
      ${word === undefined ? nothing : results(view, open, word, search.known(word))}
    </section>
  `;
}

function results(view: View, open: OpenFile, word: string, finding: Finding | undefined): TemplateResult {
  const { messages, actions, locale } = view;
  if (finding === undefined || finding.state === "searching") {
    return html`<p class="muted small waiting"><span class="spinner small" aria-hidden="true"></span> ${messages.searching(word)}</p>`;
  }
  const code = finding.state === "failed" ? finding.code : finding.hits.length === 0 ? "keyword-not-found" : undefined;
  if (code !== undefined) {
    const { cause, advice } = errorText(code, locale);
    return html`<p class="problem small">${icons.warning} <span>${cause} ${advice}</span></p>`;
  }
  const hits = finding.state === "found" ? shownHits(word, finding.hits, open.desk.pages) : [];
  return html`
    <div class="hits">
      <p class="hits-head small">
        <span class="strong">${messages.hitsOf(word, hits.length)}</span>
        ${
          hits.length > 1
            ? html`<button class="link" type="button" @click=${() => actions.addEverywhere(word)}>${messages.placeEverywhere(hits.length)}</button>`
            : nothing
        }
      </p>
      <ul role="list">
        ${hits.slice(0, LISTED_HITS).map(
          (hit) => html`<li class="hit">
            <button class="link plain" type="button" @click=${() => actions.showHit(hit)}>
              ${messages.keywordOccurrence(hit.page, hit.occurrence)}
            </button>
            <button part="action" class="quiet small" type="button" aria-label="${messages.place} ${messages.keywordOccurrence(hit.page, hit.occurrence)}" @click=${() => actions.addOnHit(hit)}>
              ${icons.stamp} ${messages.place}
            </button>
          </li>`,
        )}
      </ul>
    </div>
  `;
}

/** The seal across pages, and its facts. */
export function crossSection(view: View, open: OpenFile): TemplateResult {
  const { messages, actions } = view;
  const { desk } = open;
  const index = desk.places.findIndex((place) => place.type === "cross-page");
  const place = desk.places[index];
  const chosen = desk.selected === undefined ? undefined : desk.places[desk.selected];
  const shown = chosen?.type === "cross-page" ? chosen : place;
  return html`
    <section>
      <h2>${messages.crossTitle}</h2>
      <p class="muted small">${messages.crossHint}</p>
      ${
        shown?.type === "cross-page"
          ? crossFields(view, open, shown, desk.places.indexOf(shown))
          : html`<button
              part="action"
              class="quiet whole"
              type="button"
              aria-disabled=${desk.pages.length < 2 ? "true" : nothing}
              @click=${() => actions.addCrossPage("right")}
            >
              ${icons.across} ${messages.addCross}
            </button>`
      }
    </section>
  `;
}

function crossFields(
  view: View,
  { desk }: OpenFile,
  place: Extract<SealPlace, { type: "cross-page" }>,
  index: number,
): TemplateResult {
  const { messages, actions } = view;
  const count = pagesOf(place.pages ?? "1--1", desk.pages.length)?.length ?? 0;
  const percent = Math.round((place.offset ?? 0.5) * 100);
  return html`
    <div class="fields">
      <div class="field whole" role="radiogroup" aria-label=${messages.side}>
        <span aria-hidden="true">${messages.side}</span>
        <div class="segments">
          ${SIDES.map(
            (side) => html`<label class="segment">
              <input
                class="unseen"
                type="radio"
                name="side"
                .checked=${place.side === side}
                @change=${() => desk.changeCrossPage(index, { side })}
              />
              <span>${messages.sides[side]}</span>
            </label>`,
          )}
        </div>
      </div>
      <label class="field whole">
        <span>${messages.offset}<output class="muted">${percent}%</output></span>
        <input
          class="slider"
          type="range"
          min="0"
          max="100"
          .value=${String(percent)}
          @input=${(event: Event) => desk.changeCrossPage(index, { offset: (event.target as HTMLInputElement).valueAsNumber / 100 })}
        />
      </label>
      <label class="field">
        <span>${messages.pages}</span>
        <input
          part="field"
          type="text"
          autocomplete="off"
          placeholder=${messages.allPages}
          .value=${place.pages ?? ""}
          @change=${(event: Event) => {
            const field = event.target as HTMLInputElement;
            if (!desk.changePages(index, field.value)) field.value = place.pages ?? "";
          }}
        />
      </label>
      <label class="field">
        <span>${messages.group}</span>
        <input
          part="field"
          type="number"
          min="2"
          max=${Math.max(2, count)}
          step="1"
          placeholder=${messages.groupAll}
          .value=${place.group === undefined ? "" : String(place.group)}
          @change=${(event: Event) => changeGroup(event, desk, place, index)}
        />
      </label>
      <button part="action" class="quiet whole" type="button" @click=${() => actions.remove(index)}>
        ${icons.remove} ${messages.remove}
      </button>
    </div>
  `;
}

function changeGroup(
  event: Event,
  desk: OpenFile["desk"],
  place: Extract<SealPlace, { type: "cross-page" }>,
  index: number,
): void {
  const field = event.target as HTMLInputElement;
  const group = field.valueAsNumber;
  if (field.value === "") desk.changeGroup(index, undefined);
  else if (Number.isInteger(group) && group >= 2) desk.changeGroup(index, group);
  else field.value = place.group === undefined ? "" : String(place.group);
}
