// What the window shows in which a version of the file is looked at. Pure.

import { html, nothing, type TemplateResult } from "lit";
import { glyph } from "./icons.js";
import { marks, outlines } from "./outlines.js";
import type { DialogActions, DialogState, Outlined, VersionChoice } from "./page-dialog.js";
import { foreign } from "./view-parts.js";
import { fill, fillText, type ReportWords } from "./words.js";

/** How far the keys go. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };

/** The whole dialog. */
export function dialogView(
  state: DialogState,
  words: ReportWords,
  choices: readonly VersionChoice[],
  actions: DialogActions,
): TemplateResult {
  const { revision, enlarged, comparing, copy } = state;
  return html`
    <dialog
      part="viewer"
      class="viewer"
      aria-labelledby="viewer-title"
      @close=${actions.close}
      @keydown=${(event: KeyboardEvent) => onKey(event, state, actions)}
      @click=${(event: Event) => event.composedPath()[0] === event.currentTarget && actions.close()}
    >
      <div class="viewer-bar">
        <h2 id="viewer-title">${words.viewer}</h2>
        <label class="viewer-version">
          <span>${words.versionChoice}</span>
          <select @change=${(event: Event) => actions.choose(Number((event.target as HTMLSelectElement).value))}>
            ${options(state, words, choices)}
          </select>
        </label>
        ${pager(state, words, actions)}
        ${toggle("compare", copy === undefined ? words.compare : words.copyBeside, comparing, actions.compare, !canCompare(state))}
        ${toggle("zoom", words.zoom, enlarged, actions.zoom)}
        ${button("download", fillText(words.downloadVersion, { version: revision + 1 }), () => actions.download(revision))}
        ${button("close", words.close, actions.close)}
      </div>
      <p class="viewer-note" role="status">${note(state, words)}</p>
      ${comparing && canCompare(state) ? sides(state, words, actions) : nothing}
      <div class="viewer-stage" role="region" tabindex="0" aria-label=${words.viewer}>
        ${sheets(state, words)}
      </div>
    </dialog>
  `;
}

/** Whether there is something to compare with. */
function canCompare({ revision, copy }: DialogState): boolean {
  return copy !== undefined || revision > 0;
}

/** The page, beside that of the version before while they are compared; where there is no room, one of them. */
function sheets(state: DialogState, words: ReportWords): TemplateResult {
  const { revision, page, enlarged, comparing, side, status, before, size, frames, slight, copy } = state;
  const two = comparing && canCompare(state);
  const canvas = (of: DialogState["side"], version: number) => html`<canvas
    role="img"
    data-side=${of}
    aria-label=${of === "before" && copy !== undefined ? fillText(words.copyPageLabel, { page }) : fillText(words.pageLabel, { version, page })}
  ></canvas>`;
  const caption = (name: unknown) => (two ? html`<p class="sheet-caption">${name}</p>` : nothing);
  // The first version has none before it: its place stays, so that the canvas that is drawn on is always the same.
  return html`
    <div class="sheets ${two ? `two see-${side}` : ""} ${enlarged ? "enlarged" : ""}">
      <div class="sheet-column before" ?hidden=${!two}>
        ${caption(nameBefore(state, words))}
        <div class="sheet ${before === undefined ? "missing" : ""}">
          ${two ? canvas("before", revision) : nothing}
          ${before === undefined || status !== "ready" ? nothing : pointers(before)}
        </div>
      </div>
      <div class="sheet-column after">
        ${caption(fill(words.version, { version: revision + 1 }))}
        <div class="sheet ${status}">
          ${canvas("after", revision + 1)} ${status === "ready" ? pointers({ frames, slight, size }) : nothing}
        </div>
      </div>
    </div>
  `;
}

/** What the page is compared with. */
function nameBefore({ revision, copy }: DialogState, words: ReportWords): unknown {
  if (copy === undefined) return fill(words.version, { version: revision });
  return html`${words.copyCaption} ${foreign(copy.name)}`;
}

/** Which of the two is seen: only where there is no room for both. */
function sides(state: DialogState, words: ReportWords, { see }: DialogActions): TemplateResult {
  const { revision, side, copy } = state;
  const choice = (of: DialogState["side"], name: unknown) => html`<button
    part="action"
    class="side"
    type="button"
    aria-pressed=${String(side === of)}
    @click=${() => see(of)}
  >${name}</button>`;
  return html`<div class="sides" role="group" aria-label=${words.versionChoice}>
    ${choice("before", copy === undefined ? fill(words.version, { version: revision }) : words.copyCaption)}
    ${choice("after", fill(words.version, { version: revision + 1 }))}
  </div>`;
}

/** A revision before the first signature is no step of its own; it can be come to by a change in it. */
function options({ revision }: DialogState, words: ReportWords, choices: readonly VersionChoice[]): unknown {
  const known = choices.some((choice) => choice.revision === revision);
  const all = known
    ? choices
    : [...choices, { revision, what: words.original }].sort((left, right) => left.revision - right.revision);
  return all.map(
    (choice) => html`<option value=${choice.revision} .selected=${choice.revision === revision}>
      ${fillText(words.versionOf, { version: choice.revision + 1, what: choice.what })}
    </option>`,
  );
}

function pager({ page, pages }: DialogState, words: ReportWords, { turn }: DialogActions): TemplateResult {
  const onChange = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const wanted = Math.min(Math.max(1, Math.trunc(Number(input.value)) || page), Math.max(1, pages));
    input.value = String(wanted);
    turn(wanted);
  };
  return html`
    <div class="pager" role="group" aria-label=${words.pageNumber}>
      ${button("left", words.previousPage, () => turn(page - 1), page <= 1)}
      <input type="text" inputmode="numeric" size="3" aria-label=${words.pageNumber} .value=${String(page)} @change=${onChange} />
      <span>${pages > 0 ? fill(words.ofPages, { count: pages }) : nothing}</span>
      ${button("right", words.nextPage, () => turn(page + 1), page >= pages)}
    </div>
  `;
}

function button(
  picture: Parameters<typeof glyph>[0],
  label: string,
  onClick: () => void,
  disabled = false,
): TemplateResult {
  return html`<button
    part="action"
    class="icon-button"
    type="button"
    aria-label=${label}
    title=${label}
    ?disabled=${disabled}
    @click=${onClick}
  >${glyph(picture)}</button>`;
}

function toggle(
  picture: Parameters<typeof glyph>[0],
  label: string,
  on: boolean,
  onClick: () => void,
  disabled = false,
): TemplateResult {
  return html`<button
    part="action"
    class="icon-button"
    type="button"
    aria-label=${label}
    aria-pressed=${on ? "true" : "false"}
    title=${label}
    ?disabled=${disabled}
    @click=${onClick}
  >${glyph(picture)}</button>`;
}

function note(state: DialogState, words: ReportWords): unknown {
  const { status, compared, revision, page, pages, frames, slight, what, copy } = state;
  // The version before the one that is looked at has its number, counted from 1.
  const version = revision;
  if (status === "failed") return copy === undefined ? words.cannotOpen : words.copyCannotOpen;
  if (status === "no-page") return words.notOnPage;
  if (status === "opening") return words.opening;
  if (status === "searching")
    return fill(copy === undefined ? words.searching : words.copySearching, { version, page });
  if (compared === undefined) return what === undefined ? nothing : fill(words.outlined, { what: foreign(what) });
  const count = frames.length;
  const sentences =
    copy === undefined
      ? {
          different: fill(words.compared, { version, count }),
          same: fill(words.comparedSame, { version }),
          "same-everywhere": fill(words.comparedNone, { version }),
          "no-page-before": fill(words.comparedNewPage, { version }),
        }
      : {
          different: fill(words.copyDiffers, { count }),
          same: words.copySame,
          "same-everywhere":
            copy.pages > pages ? fill(words.copyLonger, { pages, more: copy.pages - pages }) : words.copySameEverywhere,
          "no-page-before": words.copyLacksPage,
        };
  const few = slight.length > 0 ? fill(words.slightly, { count: slight.length }) : nothing;
  return [compared === "different" && count === 0 ? nothing : sentences[compared], " ", few];
}

function pointers({ frames, slight, size }: Outlined): TemplateResult | typeof nothing {
  if (frames.length + slight.length === 0) return nothing;
  return html`<svg class="outline" viewBox="0 0 ${size.width} ${size.height}" aria-hidden="true">
    ${outlines(slight, size, "outline-slight")} ${outlines(frames, size)} ${marks(frames, size)}
  </svg>`;
}

function onKey(event: KeyboardEvent, { page, enlarged }: DialogState, { turn }: DialogActions): void {
  const [target] = event.composedPath();
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
  const step = STEPS[event.key];
  // What is enlarged is moved by the arrows.
  if (step === undefined || (enlarged && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  turn(page + step);
}
