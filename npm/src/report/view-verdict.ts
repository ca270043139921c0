// The top of a report: is it genuine, who sealed it, what is wrong, what to do.

import { html, nothing, type TemplateResult } from "lit";
import type { ReportText } from "../generated/report-texts.js";
import type { PdfReport, PdfSignatureReport } from "../pdf/report.js";
import { fileSize, spaced, zone } from "./format.js";
import { glyph, statusIcon, verdictIcon } from "./icons.js";
import {
  decidingReasons,
  doubtOf,
  keptOf,
  laterLevel,
  sealedOver,
  sealsOf,
  severity,
  showsWhatWasSealed,
  stepsOf,
  verdictOf,
} from "./model.js";
import { identityOf } from "./soundness.js";
import { ownCopy } from "./view-copy.js";
import { foreign, nameOf, type ReportView, timeOf } from "./view-parts.js";
import { versionButtons } from "./view-signature.js";
import { causesOf, fill, fillText, type ReportWords, reasonText, valueText } from "./words.js";

/** So many seals are named at the top. */
const MAX_NAMED = 4;

/** The verdict in one sentence, and what follows from it. */
export function verdictView(view: ReportView): TemplateResult {
  const { report, words } = view;
  const verdict = verdictOf(report);
  const stampedOnly = isStampedOnly(report);
  const locked = report.document.unreadable?.code === "document-encrypted";
  return html`
    <header part="verdict" class="verdict verdict-${stampedOnly ? "unsigned" : verdict}">
      ${verdictIcon(stampedOnly ? "unsigned" : showsWhatWasSealed(report) ? "passed" : verdict, locked)}
      <div class="verdict-words">
        <h2>${headline(report, words)}</h2>
        ${sealers(view)} ${explanation(view)} ${locked ? passwordForm(view) : nothing}
      </div>
    </header>
  `;
}

/** The verdict in one sentence. */
export function headline(report: PdfReport, words: ReportWords): string {
  const verdict = verdictOf(report);
  if (isStampedOnly(report)) return words.onlyStamped;
  const doubt = verdict === "indeterminate" ? doubtOf(report) : "unclear";
  if (doubt !== "unclear") return words.doubts[doubt];
  if (!showsWhatWasSealed(report)) return words.verdicts[verdict];
  if (sealsOf(report).length > 1) return words.sealedAgain;
  return verdict === "passed" ? words.verdicts.passed : words.sealedUnchanged;
}

function isStampedOnly(report: PdfReport): boolean {
  const fine = ["passed", "passed-with-later-changes"].includes(report.document.verdict);
  return fine && sealsOf(report).length === 0;
}

function sealers(view: ReportView): TemplateResult | typeof nothing {
  const { words } = view;
  const seals = sealsOf(view.report);
  if (seals.length === 0) return nothing;
  const left = seals.length - MAX_NAMED;
  return html`<ul class="sealers" role="list">
    ${named(seals).map((signature) => {
      const name = nameOf(signature);
      const who = html`<strong>${name === undefined ? words.unnamed : foreign(name)}</strong>`;
      const claimed = name === undefined ? words.sealedByUnknown : words.claimsSealedBy;
      const text = identityOf(signature) === "proven" ? words.sealedBy : claimed;
      const word = valueText("signatureVerdicts", signature.verdict, view.locale);
      return html`<li>
        ${statusIcon(signature.verdict, word)}
        <span>${fill(text, { who })}<span class="when">${timeOf(signature, view)}</span></span>
      </li>`;
    })}
    ${left > 0 ? html`<li class="when">${fill(words.moreSeals, { count: left })}</li>` : nothing}
  </ul>`;
}

/** The worst of many, in the order in which they sealed. */
function named(seals: readonly PdfSignatureReport[]): readonly PdfSignatureReport[] {
  const worst = [...seals].sort((left, right) => severity(left) - severity(right)).slice(0, MAX_NAMED);
  return seals.filter((seal) => worst.includes(seal));
}

function explanation(view: ReportView): TemplateResult | typeof nothing {
  const { report, words, locale } = view;
  const verdict = verdictOf(report);
  if (verdict === "unreadable") {
    const { code, detail, offset } = report.document.unreadable ?? { code: "internal", detail: "" };
    return html`
      ${causes(view, [words.unreadable[code] ?? words.unreadable.internal])} ${codes(code, offset, code === "document-encrypted" ? "" : detail)}
    `;
  }
  if (verdict === "unsigned") return html`<p>${words.unsignedAdvice}</p>`;
  if (verdict === "failed" || verdict === "indeterminate") {
    return causes(view, causesOf(decidingReasons(report), locale));
  }
  return html`
    ${isStampedOnly(report) ? html`<p>${words.onlyStampedAdvice}</p>` : nothing}
    ${verdict === "passed" ? nothing : html`<p>${words.laterSummary[laterLevel(report)] ?? words.laterSummary.other}</p>`}
    ${sealedOver(report) ? html`<p>${words.sealsCover}</p>` : nothing}
  `;
}

function causes(view: ReportView, found: readonly ReportText[]): TemplateResult {
  const { words } = view;
  const advice = [...new Set(found.map((text) => text.do).filter((text) => text !== ""))];
  return html`
    <div class="causes">${found.map(({ means }) => html`<p>${means}</p>`)}</div>
    ${forbidden(view)} ${keptVersions(view)} ${ownCopy(view)}
    ${
      advice.length > 0
        ? html`<div class="advice">
            <h3>${words.whatToDo}</h3>
            ${advice.map((text) => html`<p>${text}</p>`)}
          </div>`
        : nothing
    }
  `;
}

/** What was changed that must not be, with the way to where it is listed. */
function forbidden(view: ReportView): unknown {
  const { report, words, locale, actions } = view;
  return stepsOf(report)
    .filter((step) => step.forbidden)
    .map(({ revision, changes }) => {
      const worst = changes.filter(({ level }) => level === revision.level);
      const what = [...new Set(worst.map((group) => valueText("changeClasses", group.class, locale)))].join(" · ");
      return html`<p>
        ${fill(words.forbiddenChanges, { version: revision.index + 1, what })}
        <button part="action" class="link" type="button" @click=${() => actions.find(revision.index)}>${words.findInList}</button>
      </p>`;
    });
}

/** Whoever meets a changed contract wants the one that was signed. */
function keptVersions(view: ReportView): unknown {
  const { report, words } = view;
  return keptOf(report).map(
    (revision) => html`<div class="kept">
      <p>${fill(words.signedVersionKept, { version: revision + 1 })}</p>
      ${versionButtons(revision, words.lookAt, view)}
    </div>`,
  );
}

function passwordForm(view: ReportView): TemplateResult {
  const { words, password, actions } = view;
  return html`
    <form class="password" @submit=${actions.password}>
      <label for="password">${words.passwordLabel}</label>
      <div class="password-row">
        <input
          id="password"
          name="password"
          type=${password.shown ? "text" : "password"}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          required
          aria-describedby=${password.wrong ? "password-wrong" : "password-note"}
          aria-invalid=${password.wrong ? "true" : "false"}
        />
        <button part="action" class="main" type="submit" ?disabled=${password.waiting}>${words.passwordSubmit}</button>
      </div>
      <label class="check"><input type="checkbox" .checked=${password.shown} @change=${actions.showPassword} />${words.passwordShow}</label>
      <p id="password-note" class="note">${words.passwordNote}</p>
      <p id="password-wrong" class="wrong" role="alert">${password.wrong ? words.passwordWrong : nothing}</p>
    </form>
  `;
}

/** Which file it is, when it was checked, and what can be done with the report. */
export function fileView(view: ReportView): TemplateResult {
  const { report, words, actions, locale, fileName } = view;
  const { sha256, size } = report.document;
  const outcome = { no: "", yes: words.copied, failed: words.copyFailed }[view.copied];
  return html`
    <section part="file" class="file" aria-label=${words.file}>
      <div class="file-facts">
        ${glyph("file")}
        <div>
          <p class="file-name">${fileName ? foreign(fileName) : words.file} <span class="quiet">${fileSize(size)}</span></p>
          ${
            report.signatures.length === 0
              ? nothing
              : html`<p class="quiet">${fillText(words.zoneNote, { zone: spaced(zone(locale), locale) })}</p>`
          }
        </div>
      </div>
      <div class="buttons">
        <button part="action" class="quiet-button" type="button" @click=${actions.print}>${glyph("print")}${words.print}</button>
        <button part="action" class="quiet-button" type="button" @click=${actions.exportJson}>
          ${glyph("code")}${words.exportJson}
        </button>
      </div>
      ${
        sha256 === null
          ? nothing
          : html`<p class="digest">
              <span>SHA-256</span>
              <code>${sha256}</code>
              <button part="action" class="link" type="button" @click=${actions.copy}>${glyph("copy")}${words.copy}</button>
              <span role="status">${outcome}</span>
            </p>`
      }
      ${view.wrongFile ? html`<p class="wrong">${words.wrongFile}</p>` : nothing}
    </section>
  `;
}

/** For whoever is asked for help. */
function codes(code: string, offset: number | undefined, detail: string): TemplateResult {
  return html`<p class="codes">
    <code>${code}</code>${offset === undefined ? nothing : html`<code>@${offset}</code>`}${foreign(detail)}
  </p>`;
}

/** What is odd about the file as a whole. */
export function findingsView({ report, words, locale }: ReportView): TemplateResult | typeof nothing {
  const { findings } = report.document;
  if (findings.length === 0) return nothing;
  return html`
    <section part="findings" class="findings">
      <h3>${words.findings}</h3>
      <ul>
        ${findings.map(({ reason, decides, detail, offset }) => {
          const text = reasonText(reason, locale);
          return html`<li>
            ${statusIcon(decides ? "failed" : "noted", decides ? words.decides : words.noted)}
            <div>
              <p>${text.means}</p>
              <p class="quiet">${text.do}</p>
              ${codes(reason, offset, detail)}
            </div>
          </li>`;
        })}
      </ul>
    </section>
  `;
}
