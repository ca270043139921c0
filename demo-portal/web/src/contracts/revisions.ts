/** The versions of a contract's file: each can be downloaded, the newest is looked at on the page. */
import { html, nothing, type TemplateResult } from "lit";
import { byteSize } from "../lib/bytes";
import { dateTime } from "../lib/locale";
import { download, eye } from "../portal/icons";
import type { Contract, Revision } from "./model";
import { levelChip } from "./parts";
import { contractTexts } from "./texts-contract";
import { viewDialog } from "./view-dialog";

/** The newest first. Those of before a return are of another file, and stand apart. */
export function revisions(contract: Contract): TemplateResult | typeof nothing {
  const t = contractTexts();
  if (contract.revisions.length === 0) return nothing;
  const [now, before] = current(contract);
  return html`<section class="panel revisions">
    <div class="panel-head">
      <h2>${t.revisions}</h2>
      <button class="button small" type="button" @click=${() => viewDialog(contract)}>${eye} ${t.view}</button>
    </div>
    <ol>
      ${now.map((one) => revision(contract, one))}
    </ol>
    ${
      before.length > 0
        ? html`<details>
            <summary>${t.older}</summary>
            <ol>
              ${before.map((one) => revision(contract, one))}
            </ol>
          </details>`
        : nothing
    }
  </section>`;
}

/** The file in force with everything it begins with, newest first; and all others. */
export function current({ file, revisions: all }: Pick<Contract, "file" | "revisions">): [Revision[], Revision[]] {
  const now: Revision[] = [];
  let next = all.find(({ number }) => number === file?.revision);
  while (next !== undefined) {
    now.push(next);
    const { follows } = next;
    next = follows === null ? undefined : all.find(({ number }) => number === follows);
  }
  return [now, all.filter((one) => !now.includes(one)).reverse()];
}

function revision({ id, file }: Contract, one: Revision): TemplateResult {
  const t = contractTexts();
  const reason = one.void ?? null;
  const name = t.revisionNumber(one.number);
  return html`<li>
    <span class="version">${name}</span>
    <div>
      <p>
        <strong>${t.why[one.why]}</strong> ${one.number === file?.revision ? html`<span class="chip plain">${t.latest}</span>` : nothing}
        ${reason === null ? nothing : html`<span class="chip bad">${t.void[reason]}</span>`}
        ${reason !== null || (one.why === "sealed" && one.level === "B-B") ? nothing : levelChip(one.level)}
      </p>
      <p class="quiet">
        ${one.person === null ? t.platform : `${one.person} · ${one.enterprise ?? ""}`} · ${dateTime(one.at)}
      </p>
      <p class="quiet">${t.pages(one.pages)} · ${byteSize(one.size)}</p>
      <details class="digest">
        <summary class="quiet">${t.digest}</summary>
        <span class="mono" dir="ltr">${one.sha256}</span>
      </details>
    </div>
    <a
      class="button small"
      href="/api/contracts/${id}/revisions/${one.number}"
      download=${one.name}
      aria-label="${t.download}: ${name}"
      >${download} ${t.download}</a
    >
  </li>`;
}
