/** Who seals, in which order, and who has. */
import { html, nothing, type TemplateResult } from "lit";
import { dateTime } from "../lib/locale";
import type { Account } from "../lib/model";
import { kindName } from "../portal/frame";
import { check, clock, sealGlyph, swap } from "../portal/icons";
import type { Contract, ContractParty } from "./model";
import { contractTexts } from "./texts-contract";

const GLYPHS = { waiting: clock, turn: sealGlyph, sealed: check, returned: swap };

/** All parties; the reader's own is marked by its place alone, as its name says enough. */
export function partyList({ parties, inTurn }: Contract, account: Account): TemplateResult {
  const t = contractTexts();
  return html`<section class="panel parties">
    <div class="panel-head">
      <h2>${t.parties}</h2>
      <span class="quiet">${inTurn ? t.inTurn : t.anyOrder}</span>
    </div>
    <ol>
      ${parties.map((one) => party(one, one.creditCode === account.enterprise.creditCode))}
    </ol>
  </section>`;
}

function party(one: ContractParty, own: boolean): TemplateResult {
  const t = contractTexts();
  return html`<li class="party ${one.state} ${own ? "own" : ""}">
    <span class="point">${GLYPHS[one.state]}</span>
    <div>
      <p class="quiet">
        ${kindName(one.role)}${one.initiator ? html` · ${t.initiator}` : nothing}
      </p>
      <p class="party-name">${one.name}</p>
      <p class="mono quiet" dir="ltr">${one.creditCode}</p>
      <p class="party-state">
        <strong>${t.partyState[one.state === "returned" && one.initiator ? "withdrawn" : one.state]}</strong>
        ${one.seal ? html`<span>${one.seal}</span>` : nothing}
        ${
          one.sealed !== null
            ? html`<span class="quiet">${one.person ? t.sealedBy(one.person, dateTime(one.sealed)) : dateTime(one.sealed)}</span>`
            : nothing
        }
      </p>
    </div>
  </li>`;
}
