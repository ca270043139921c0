// One signature: whose it is, when and with what seal, and every check, folded unless it says something.

import { html, nothing, type TemplateResult } from "lit";
import type { PdfImpression, PdfSignatureReport } from "../pdf/report.js";
import { type Answer, answersOf, type ShownCheck } from "./answers.js";
import { commonName, pageList, plain } from "./format.js";
import { glyph, statusIcon } from "./icons.js";
import type { Signature } from "./model.js";
import { identityOf, soundness } from "./soundness.js";
import { dayOf, fact, foreign, momentOf, nameOf, type ReportView, timeOf } from "./view-parts.js";
import { fill, fillText, type ReportWords, reasonText, valueText } from "./words.js";

/** So many impressions are shown as pictures; a seal across the edges of 50 pages is 50 impressions. */
const MAX_PICTURES = 3;

/** The card of a signature. */
export function signatureView(signature: Signature, view: ReportView): TemplateResult {
  const { report } = signature;
  const { words, locale } = view;
  const name = nameOf(report);
  const verdict = valueText("signatureVerdicts", report.verdict, locale);
  const identity = identityOf(report);
  return html`
    <article part="signature" class="card signature signature-${report.verdict}" aria-labelledby="signature-${signature.number}">
      <header class="card-head">
        <div>
          <p class="kind">${words.kinds[report.kind.type] ?? report.kind.type}</p>
          <h4 id="signature-${signature.number}">${name === undefined ? words.unnamed : foreign(name)}</h4>
        </div>
        <p class="outcome outcome-${report.verdict}">${statusIcon(report.verdict)}${verdict}</p>
      </header>
      ${
        name !== undefined && identity !== "proven"
          ? html`<p class="hint">${statusIcon("indeterminate")}<span>${words.nameDoubts[identity]}</span></p>`
          : nothing
      }
      <div class="card-body">
        <dl class="facts">${mainFacts(signature, view)}</dl>
        ${impressions(signature, view)}
      </div>
      ${claims(report, view)}
      <div class="answers" role="group" aria-label=${words.checks}>
        ${answersOf(report, view.report).map((answer) => answerView(answer, view))}
      </div>
      ${technical(report, view)} ${buttons(report, view)}
    </article>
  `;
}

function mainFacts({ report }: Signature, view: ReportView): unknown {
  const { words, locale } = view;
  const { signer, kind, level, coverage, appearance } = report;
  const pages = appearance.flatMap(({ page }) => (page === null ? [] : [page]));
  const person = signer?.name && signer.name !== nameOf(report) ? foreign(signer.name) : undefined;
  const permits = kind.type === "certification" ? words.permissions[kind.permissions] : undefined;
  const shown =
    new Set(pages).size === 1
      ? fill(words.page, { page: pages[0] ?? 0 })
      : pages.length > 0
        ? fill(words.pages, { pages: pageList(pages) })
        : words.shownNowhere;
  return [
    fact(words.facts.creditCode, signer?.creditCode ? foreign(signer.creditCode) : undefined, "code"),
    fact(words.facts.person, person),
    fact(words.facts.time, timeOf(report, view)),
    fact(words.facts.issuer, signer === null ? undefined : foreign(commonName(signer.issuer))),
    fact(
      words.facts.level,
      level === null ? undefined : html`${valueText("levels", level, locale)} <code class="chip">PAdES ${level}</code>`,
    ),
    // A signature that is broken covers nothing.
    soundness(report) === "broken" ? nothing : fact(words.facts.coverage, valueText("coverages", coverage, locale)),
    fact(words.facts.permits, permits),
    kind.type === "document-timestamp" ? nothing : fact(words.facts.places, shown),
  ];
}

function impressions({ report }: Signature, view: ReportView): TemplateResult | typeof nothing {
  const { words, pictures } = view;
  const { revision } = report;
  const shown = report.appearance.filter(hasPlace);
  if (!pictures || shown.length === 0) return nothing;
  const who = plain(nameOf(report) ?? words.unnamed);
  const left = shown.length - MAX_PICTURES;
  return html`
    <div part="impressions" class="impressions">
      ${shown.slice(0, MAX_PICTURES).map(
        ({ page, rect }) => html`
          <figure>
            <canvas
              class="crop"
              role="img"
              aria-label=${fillText(words.impression, { who, page })}
              data-crop=${JSON.stringify({ revision, page, rect })}
            ></canvas>
            <figcaption>
              ${fill(words.page, { page })}<span class="crop-failed"> · ${words.impressionFailed}</span>
            </figcaption>
          </figure>
        `,
      )}
      ${left > 0 ? html`<p class="quiet">${fill(words.impressionsMore, { count: left })}</p>` : nothing}
    </div>
  `;
}

function hasPlace(impression: PdfImpression): impression is PdfImpression & { readonly page: number } {
  const [left, bottom, right, top] = impression.rect;
  return impression.page !== null && right > left && top > bottom;
}

function answerView({ question, status, special, checks }: Answer, view: ReportView): TemplateResult {
  const { words, locale } = view;
  const bad = status === "failed" || status === "indeterminate";
  const notable = special ? [] : checks.filter(({ check }) => check.reason !== undefined && check.status !== "passed");
  const reasons = [...new Set(notable.map(({ check }) => check.reason as NonNullable<typeof check.reason>))];
  return html`
    <details class="answer answer-${status}" ?open=${bad}>
      <summary>
        ${statusIcon(status, valueText("checkStatuses", status, locale))}
        <span class="asked">
          <span class="question">${words.questions[question]}</span>
          <span class="said">${special ? words.specialAnswers[special] : words.answers[question][status]}</span>
        </span>
      </summary>
      ${reasons.map((reason) => {
        const text = reasonText(reason, locale);
        return html`<div class="reason"><p>${text.means}</p><p class="quiet">${text.do}</p></div>`;
      })}
      <ul class="checks">${checks.map((shown) => checkView(shown, view))}</ul>
    </details>
  `;
}

function checkView({ check, counts }: ShownCheck, { words, locale }: ReportView): TemplateResult {
  const { id, reason, detail, place } = check;
  const status = counts === "baseless" ? "skipped" : check.status;
  const word = counts === "yes" ? valueText("checkStatuses", status, locale) : words.checkCounts[counts];
  return html`
    <li>
      ${statusIcon(status)}
      <div>
        <p>${valueText("checks", id, locale)} <span class="said said-${status}">${word}</span></p>
        <p class="codes">
          <code>${id}</code>${reason === undefined ? nothing : html`<code>${reason}</code>`}${
            place === undefined ? nothing : html`<code>@${place.start}–${place.end}</code>`
          }
          ${detail === undefined ? nothing : detailText(detail, words)}
        </p>
      </div>
    </li>
  `;
}

/** The verifier names objects in its own way, and counts revisions from 0; here they are versions, counted from 1. */
function detailText(detail: string, words: ReportWords): unknown {
  const [, object, revision, rest = ""] = /^object (\d+) of revision (\d+)(?:: ?(.*))?$/s.exec(detail) ?? [];
  if (object === undefined || revision === undefined) return foreign(detail);
  const named = fill(words.objectOf, { object: Number(object), version: Number(revision) + 1 });
  return [named, rest === "" ? nothing : html` ${foreign(rest)}`];
}

/** What anybody could have written into the file is shown apart, and named as such. */
function claims({ claimed, signer }: PdfSignatureReport, { words }: ReportView): TemplateResult | typeof nothing {
  const names = ["name", "reason", "location", "contact"] as const;
  // What the certificate says anyway is not said again.
  const known = [null, "", signer?.enterprise, signer?.name];
  const told = names.filter((name) => !known.includes(claimed[name]));
  if (told.length === 0) return nothing;
  return html`
    <section part="claims" class="claims">
      <h5>${words.claims}</h5>
      <dl class="facts">
        ${told.map((name) => fact(words.claimNames[name], foreign(claimed[name] ?? "")))}
      </dl>
    </section>
  `;
}

function indicationOf({ indication, subIndication }: PdfSignatureReport, { locale }: ReportView): TemplateResult {
  const text =
    subIndication === undefined
      ? valueText("indications", indication, locale)
      : valueText("subIndications", subIndication, locale);
  return html`${text}
    <span class="codes"><code>${indication}</code>${subIndication === undefined ? nothing : html`<code>${subIndication}</code>`}</span>`;
}

function technical(report: PdfSignatureReport, view: ReportView): TemplateResult {
  const { words, locale } = view;
  const { signer, integrity, time, byteRange, chain, revocation } = report;
  const algorithms = [integrity.digestAlgorithm, integrity.signatureAlgorithm].filter((name) => name !== null);
  return html`
    <details class="technical">
      <summary>${words.technical}</summary>
      <dl class="facts">
        ${fact(words.facts.indication, indicationOf(report, view))}
        ${fact(words.facts.field, report.field === null ? undefined : foreign(report.field), "code")}
        ${fact(words.facts.subFilter, report.subFilter === null ? undefined : foreign(report.subFilter), "code")}
        ${fact(words.facts.byteRange, byteRange?.join(" "), "code")}
        ${fact(words.facts.algorithms, algorithms.join(" · "))}
        ${fact(words.facts.timestampAuthority, time.timestamp?.authority ? foreign(time.timestamp.authority) : undefined)}
        ${fact(words.facts.checkedAt, momentOf(time.checkedAt, locale))}
        ${
          signer === null
            ? nothing
            : [
                fact(words.facts.subject, foreign(signer.subject)),
                fact(words.facts.issuerName, foreign(signer.issuer)),
                fact(words.facts.serial, signer.serial, "code"),
                fact(words.facts.certificate, signer.sha256, "code"),
                fact(
                  words.facts.validity,
                  html`${dayOf(signer.notBefore, locale)} – ${dayOf(signer.notAfter, locale)}`,
                ),
              ]
        }
        ${fact(
          words.facts.chain,
          chain.length === 0
            ? undefined
            : html`<ol>${chain.map(
                ({ subject, notAfter }) =>
                  html`<li>${foreign(commonName(subject))} <span class="quiet">– ${dayOf(notAfter, locale)}</span></li>`,
              )}</ol>`,
        )}
        ${fact(words.facts.anchor, report.trustAnchor === undefined ? undefined : foreign(report.trustAnchor))}
        ${fact(
          words.facts.revocation,
          revocation.length === 0
            ? undefined
            : html`<ul>${revocation.map(
                ({ subject, status, source, asOf, revokedAt }) => html`<li>
                  ${foreign(commonName(subject))}: ${words.revocationStatus[status] ?? status}
                  ${revokedAt === undefined ? nothing : momentOf(revokedAt, locale)}
                  <span class="quiet">
                    ${source?.toUpperCase()} ${asOf === undefined ? nothing : fill(words.asOf, { time: momentOf(asOf, locale) })}
                  </span>
                </li>`,
              )}</ul>`,
        )}
      </dl>
    </details>
  `;
}

function buttons(report: PdfSignatureReport, view: ReportView): TemplateResult | typeof nothing {
  const { revision } = report;
  // What is there is what was signed only if the signature says so.
  const look = soundness(report) === "sound" ? view.words.lookAt : view.words.lookAtVersion;
  return revision === null ? nothing : versionButtons(revision, look, view);
}

/** Looks at a version of the file, or saves it. */
export function versionButtons(
  revision: number,
  look: string,
  { pictures, words, actions }: ReportView,
): TemplateResult | typeof nothing {
  if (!pictures) return nothing;
  return html`
    <div class="buttons card-buttons">
      <button part="action" class="quiet-button" type="button" @click=${() => actions.look(revision)}>${glyph("eye")}${look}</button>
      <button
        part="action"
        class="quiet-button"
        type="button"
        aria-label=${fillText(words.downloadVersion, { version: revision + 1 })}
        @click=${() => actions.download(revision)}
      >
        ${glyph("download")}${words.download}
      </button>
    </div>
  `;
}
