// The history of a file: what it was at first, who signed it, and what was changed when.

import { html, nothing, type TemplateResult } from "lit";
import type { PdfChange, PdfReport } from "../pdf/report.js";
import { fileSize } from "./format.js";
import { glyph, statusIcon } from "./icons.js";
import { type ChangeGroup, rank, type Step, stepsOf, strayOf } from "./model.js";
import { soundness } from "./soundness.js";
import { cut, foreign, type ReportView } from "./view-parts.js";
import { signatureView, versionButtons } from "./view-signature.js";
import { fill, fillText, valueText } from "./words.js";

/** The list of the steps, among those that can be shown in full. */
export const STEPS = "steps";
/** So many places of one change have a button, until somebody asks for the rest. */
const MAX_PLACES = 8;

/** So many steps are shown, until somebody asks for the rest: contracts have few, traps may have a thousand. */
const MAX_STEPS = 50;

/** All steps of the file, oldest first. */
export function historyView(view: ReportView): TemplateResult | typeof nothing {
  const { report, words } = view;
  if (report.signatures.length === 0) return nothing;
  const strays = strayOf(report);
  const { items, more } = cut(view, STEPS, stepsOf(report), MAX_STEPS);
  return html`
    <section part="history" class="history">
      <h3>${words.history}</h3>
      <ol class="steps" role="list">
        ${items.map((step) => stepView(step, view))}
      </ol>
      ${more}
      ${
        strays.length === 0
          ? nothing
          : html`<h3>${words.strays}</h3>
              ${strays.map((signature) => signatureView(signature, view))}`
      }
    </section>
  `;
}

function stepView(step: Step, view: ReportView): TemplateResult {
  const mark = { original: "file", signed: "seal", update: "pencil" } as const;
  const stamp = step.signatures.every(({ report }) => report.kind.type === "document-timestamp");
  const verdicts = step.signatures.map(({ report }) => report.verdict);
  const colour = ["failed", "indeterminate", "passed"].find((verdict) => verdicts.some((each) => each === verdict));
  return html`
    <li class="step step-${step.kind}">
      <span class="mark mark-${step.forbidden ? "failed" : (colour ?? step.kind)}">
        ${glyph(step.kind === "signed" && stamp ? "clock" : mark[step.kind])}
      </span>
      <div class="step-body">
        <p class="quiet step-name">
          ${fill(view.words.version, { version: step.revision.index + 1 })} · ${fileSize(step.revision.end)}
        </p>
        ${step.kind === "signed" ? signedStep(step, view) : plainStep(step, view)}
      </div>
    </li>
  `;
}

function signedStep(step: Step, view: ReportView): TemplateResult {
  return html`
    ${step.signatures.map((signature) => signatureView(signature, view))}
    ${step.changes.length === 0 ? nothing : changesView(step, view.words.changesBySeal, view)}
  `;
}

function plainStep(step: Step, view: ReportView): TemplateResult {
  const { words, locale } = view;
  const { kind, revision } = step;
  const id = `step-${revision.index}`;
  if (kind === "original") {
    return html`
      <article class="card card-row" aria-labelledby=${id}>
        <div>
          <h4 id=${id}>${step.signed ? words.original : words.unsealed}</h4>
          ${
            step.signed
              ? html`<p class="quiet">
                  ${step.writings > 1 ? fill(words.originalWritings, { count: step.writings }) : nothing}
                  ${isSound(view.report) ? words.originalNote : nothing}
                </p>`
              : nothing
          }
        </div>
        ${versionButtons(revision.index, words.lookAtVersion, view)}
      </article>
    `;
  }
  return html`
    <article class="card ${step.forbidden ? "card-failed" : ""}" aria-labelledby=${id}>
      <header class="card-head">
        <div>
          <h4 id=${id}>${words.update}</h4>
          <p class="quiet">
            ${step.changes.length === 0 ? words.changesNone : valueText("changeLevels", step.level, locale)}
          </p>
        </div>
        ${outcome(step, view)}
      </header>
      ${step.changes.length === 0 ? nothing : changesView(step, words.changesLater, view)}
      ${rank(step.level) <= rank("maintenance") ? nothing : versionButtons(revision.index, words.lookAtVersion, view)}
    </article>
  `;
}

/** Only of such a file anything can be said to be permitted. */
function isSound({ document, signatures }: PdfReport): boolean {
  return signatures.every((each) => soundness(each) === "sound") && !document.findings.some(({ decides }) => decides);
}

function outcome({ forbidden, permitted }: Step, { report, words }: ReportView): TemplateResult | typeof nothing {
  if (forbidden) return html`<p class="outcome outcome-failed">${statusIcon("failed")}${words.forbidden}</p>`;
  if (permitted && isSound(report))
    return html`<p class="outcome outcome-passed">${statusIcon("passed")}${words.permitted}</p>`;
  return nothing;
}

/** Open if somebody should read it. */
function changesView(step: Step, title: string, view: ReportView): TemplateResult {
  const telling = step.later && rank(step.level) >= rank("form-fill");
  const list = `changes-${step.revision.index}`;
  const { items, more } = cut(view, list, step.changes);
  const count = step.changes.reduce((sum, group) => sum + group.changes.length, 0);
  return html`
    <details
      part="changes"
      id="changes-${step.revision.index}"
      class="changes ${step.kind === "signed" ? "changes-by-seal" : ""} ${step.forbidden ? "card-failed" : ""}"
      ?open=${telling || step.forbidden}
    >
      <summary>
        <span>${fill(title, { count })}</span>
        ${
          step.forbidden && step.kind === "signed"
            ? html`<span class="outcome outcome-failed">${statusIcon("failed")}${view.words.forbidden}</span>`
            : nothing
        }
      </summary>
      <ul>
        ${items.map((group, index) => groupView(group, `${list}-${index}`, step, view))}
      </ul>
      ${more}
    </details>
  `;
}

function groupView(group: ChangeGroup, list: string, step: Step, view: ReportView): TemplateResult {
  const { words, locale } = view;
  const forbidden = step.forbidden && rank(group.level) >= rank(step.level);
  const notable =
    !isSound(view.report) || (step.later && (group.places.length > 0 || rank(group.level) >= rank("form-fill")));
  const status = forbidden ? "failed" : notable ? "noted" : "passed";
  const word = { failed: words.forbidden, noted: words.noted, passed: words.harmless }[status];
  return html`
    <li class="change">
      ${statusIcon(status, word)}
      <div>
        <p>
          ${valueText("changeClasses", group.class, locale)}
          ${group.field === undefined ? nothing : html`<span class="quiet">· ${fill(words.changeField, { field: group.field })}</span>`}
        </p>
        ${places(group, list, view)} ${objects(group, list, view)}
      </div>
    </li>
  `;
}

function places(group: ChangeGroup, list: string, view: ReportView): TemplateResult | typeof nothing {
  const { words, pictures, actions } = view;
  const [first] = group.changes;
  if (group.places.length === 0) {
    // Nothing says where it shows, but both versions can be looked at.
    const telling = pictures && first !== undefined && first.revision > 0 && rank(group.level) >= rank("form-fill");
    if (!telling) return nothing;
    return html`<p class="places">
      <button part="action" class="place" type="button" @click=${() => actions.look(first.revision, first)}>
        ${glyph("target")}${words.compareWith}
      </button>
    </p>`;
  }
  const { items, more } = cut(view, `${list}-places`, group.places, MAX_PLACES);
  return html`
    <p class="places">
      ${items.map((change) => {
        const page = change.page ?? 0;
        const label = fillText(words.page, { page });
        if (!pictures) return html`<span class="chip">${label}</span> `;
        return html`<button
          part="action"
          class="place"
          type="button"
          title=${words.showWhere}
          aria-label=${fillText(words.showWherePage, { page })}
          @click=${() => actions.look(change.revision, change)}
        >${glyph("target")}${label}</button> `;
      })}
      ${more}
    </p>
  `;
}

function objects(group: ChangeGroup, list: string, view: ReportView): TemplateResult {
  const { words } = view;
  const { items, more } = cut(view, `${list}-objects`, group.changes);
  return html`
    <details class="objects">
      <summary>${fill(words.objects, { count: group.changes.length })} <code>${group.class}</code> <code>${group.level}</code></summary>
      <ul class="codes">
        ${items.map((change) => html`<li>${objectLine(change, view)}</li>`)}
      </ul>
      ${more}
    </details>
  `;
}

function objectLine({ object, path }: PdfChange, { words }: ReportView): unknown {
  return [fill(words.object, { object }), path === "" ? nothing : html` <code>${foreign(path)}</code>`];
}
