/** Contracts that wait for the reader's seal: what there is to do today. */
import { html, nothing, type TemplateResult } from "lit";
import type { ContractList, ContractRow } from "../contracts/model";
import { call } from "../lib/api";
import { sealGlyph } from "./icons";
import { homeTexts } from "./texts-home";

/** So many are named. */
const NAMED = 3;

/** Asks for them; those of the first page of the list, which are the newest. */
export async function dueContracts(): Promise<readonly ContractRow[]> {
  const { contracts } = await call<ContractList>("GET", "/api/contracts?state=signing");
  return contracts.filter(({ myTurn }) => myTurn);
}

/** Names them, and leads to them; nothing if there are none. */
export function dueNotice(due: readonly ContractRow[]): TemplateResult | typeof nothing {
  const t = homeTexts();
  const [only] = due;
  if (only === undefined) return nothing;
  return html`<section class="notice renewal due">
    <div>
      <h2>${t.dueTitle(due.length)}</h2>
      <ul>
        ${due.slice(0, NAMED).map(({ id, title }) => html`<li><a href="/contract#${id}">${title}</a></li>`)}
        ${due.length > NAMED ? html`<li class="quiet">${t.dueMore(due.length - NAMED)}</li>` : nothing}
      </ul>
    </div>
    <a class="button primary" href=${due.length === 1 ? `/contract#${only.id}` : "/contracts#signing"}>${sealGlyph} ${t.dueGo}</a>
  </section>`;
}
