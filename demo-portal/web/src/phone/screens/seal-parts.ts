import { html, nothing, type TemplateResult } from "lit";
import { day } from "../../lib/locale";
import type { RequestDocument, SealView } from "../core-types";
import { bytes, groups } from "../numbers";
import { sealTexts } from "../texts-seal";

/** How many documents are listed before the rest is folded away. */
const SHOWN = 3;

/** The documents that a request names. */
export function documentList(documents: readonly RequestDocument[]): TemplateResult {
  const t = sealTexts();
  const rest = documents.slice(SHOWN);
  return html`<section class="documents" aria-labelledby="documents-title">
    <h2 id="documents-title">${t.documents(documents.length)}</h2>
    <ul>${documents.slice(0, SHOWN).map(documentItem)}</ul>
    ${
      rest.length > 0
        ? html`<details><summary>${t.moreDocuments(rest.length)}</summary><ul>${rest.map(documentItem)}</ul></details>`
        : nothing
    }
  </section>`;
}

function documentItem({ name, size, pages, sha256 }: RequestDocument): TemplateResult {
  const t = sealTexts();
  return html`<li>
    ${sheet}
    <div>
      <strong><bdi>${name}</bdi></strong>
      <span class="quiet">${t.pageCount(pages)} · ${bytes(size)}</span>
      <details class="fingerprint">
        <summary>${t.fingerprint} <span class="mono" dir="ltr">${groups(sha256).slice(0, 2).join(" ")}…</span></summary>
        <p class="mono" dir="ltr">${groups(sha256).map((group) => html`<span>${group}</span>`)}</p>
        <p class="quiet">${t.fingerprintMore}</p>
      </details>
    </div>
  </li>`;
}

/** The picture of a seal on paper: seals are red or black ink, whatever the page's colours are. */
export function sealPicture(seal: SealView): TemplateResult {
  return html`<span class="seal-paper">${seal.picture ? html`<img src=${addressOf(seal.picture)} alt="" />` : noPicture}</span>`;
}

const addresses = new WeakMap<Blob, string>();

/** One address for each picture, as long as the page lives. */
export function addressOf(blob: Blob): string {
  const known = addresses.get(blob);
  if (known) return known;
  const address = URL.createObjectURL(blob);
  addresses.set(blob, address);
  return address;
}

/** Which seal to use, of those that fit the certificate. */
export function sealChoice(
  seals: readonly SealView[],
  chosen: string | null,
  on: { choose: (id: string | null) => void; fetch: () => void },
): TemplateResult {
  const t = sealTexts();
  return html`<fieldset class="seal-choice">
    <legend>${t.chooseSeal}</legend>
    ${seals.map(
      (seal) => html`<label>
        <input type="radio" name="seal" .checked=${seal.id === chosen} @change=${() => on.choose(seal.id)} />
        ${sealPicture(seal)}
        <span class="label">
          <strong><bdi>${seal.name}</bdi></strong>
          <span class="quiet">${t.kinds[seal.kind]}${seal.millimetres ? html` · ${t.size(...seal.millimetres)}` : nothing}</span>
          ${seal.validUntil === null ? nothing : html`<span class="quiet">${t.validUntil(day(seal.validUntil))}</span>`}
        </span>
      </label>`,
    )}
    ${
      seals.length === 0
        ? html`<p class="notice">${t.noSeal}</p>
          <button type="button" class="button wide" @click=${on.fetch}>${t.fetchSeals}</button>`
        : nothing
    }
    <label>
      <input type="radio" name="seal" .checked=${chosen === null} @change=${() => on.choose(null)} />
      <span class="label"><strong>${t.noPicture}</strong><span class="quiet">${t.noPictureMore}</span></span>
    </label>
  </fieldset>`;
}

const noPicture = html`<svg class="line" viewBox="0 0 24 24" aria-hidden="true">
  <circle cx="12" cy="12" r="9" stroke-dasharray="3 2.5" /><path d="M8 8l8 8" />
</svg>`;

const sheet = html`<svg class="line sheet" viewBox="0 0 24 24" aria-hidden="true">
  <path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6" />
</svg>`;
