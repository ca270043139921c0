/** What several contract pages draw: states, parties, amounts. */
import { html, nothing, type TemplateResult } from "lit";
import { scan, sealGlyph } from "../portal/icons";
import type { ContractParty, ContractRow, ContractState, Level } from "./model";
import { amountInNumbers } from "./money";
import { contractTexts } from "./texts-contract";
import { contractsTexts } from "./texts-contracts";

const TONES: Record<ContractState, string> = { draft: "plain", signing: "warn", done: "good", returned: "bad" };

/** The state of a contract. */
export function stateChip(state: ContractState, withdrawn = false): TemplateResult {
  const t = contractsTexts();
  return html`<span class="chip ${TONES[state]}" title=${t.stateHints[state]}>${withdrawn ? t.withdrawn : t.state[state]}</span>`;
}

/** The state, and whether it waits for the reader. */
export function stateOf({
  state,
  myTurn,
  withdrawn,
}: Pick<ContractRow, "state" | "myTurn" | "withdrawn">): TemplateResult {
  return html`<span class="states">
    ${stateChip(state, withdrawn)} ${myTurn ? html`<span class="chip turn">${sealGlyph} ${contractsTexts().myTurn}</span>` : nothing}
  </span>`;
}

/** How long a file's signatures can be checked. */
export function levelChip(level: Level): TemplateResult {
  const tone = level === "unsigned" ? "plain" : level === "B-B" || level === "B-T" ? "" : "good";
  return html`<span class="chip ${tone}" title=${level === "unsigned" ? nothing : `PAdES ${level}`}>
    ${contractsTexts().level[level]}
  </span>`;
}

/** An amount, set so that digits of several stand below each other. */
export function amount(value: string): TemplateResult {
  return html`<span class="number" dir="ltr">${amountInNumbers(value)}</span>`;
}

/** Names of the parties of one kind. */
export function named(parties: readonly ContractParty[], role: ContractParty["role"]): string {
  return parties
    .filter((party) => party.role === role)
    .map(({ name }) => name)
    .join("、");
}

/** Who has to seal now. */
export function waitingFor(parties: readonly ContractParty[]): string {
  return parties
    .filter(({ state }) => state === "turn")
    .map(({ name }) => name)
    .join("、");
}

/** Where one binds a certificate. */
export const BIND = "/home#bind";

/** Told before anything else to who could not seal in the end. */
export function bindFirst(): TemplateResult {
  const t = contractTexts();
  return html`<section class="notice warn renewal bind-first">
    <div><strong>${t.bindTitle}</strong>${t.bindHow}</div>
    <a class="button primary" href=${BIND}>${scan} ${t.bind}</a>
  </section>`;
}
