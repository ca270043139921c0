/** What has changed between two looks at a contract, or at the list of them. */
import type { Contract, ContractList, ContractRow } from "./model";
import { contractTexts } from "./texts-contract";

/** In one sentence, or `null` when nothing that matters is different. How long a step has taken by now does not matter. */
export function newsOf(before: Contract, after: Contract): string | null {
  const t = contractTexts().news;
  if (after.state === "returned" && before.state !== "returned") {
    return (after.withdrawn ? t.withdrawn : t.returned)(after.returned?.enterprise ?? "");
  }
  if (after.state === "done" && before.state !== "done") return t.done;
  const sealed = after.parties.filter(({ state, creditCode }) => {
    const earlier = before.parties.find((party) => party.creditCode === creditCode);
    return state === "sealed" && earlier?.state !== "sealed";
  });
  if (sealed.length > 0) return t.sealed(sealed.map(({ name }) => name));
  if (before.pending && !after.pending) return t.stamped;
  if (after.state === "signing" && before.state !== "signing") return t.submitted;
  return said(before) === said(after) ? null : t.changed;
}

/** Rows that are new or different. */
export function changedRows(before: readonly ContractRow[], after: readonly ContractRow[]): ContractRow[] {
  const known = new Map(before.map((row) => [row.id, JSON.stringify(row)]));
  return after.filter((row) => known.get(row.id) !== JSON.stringify(row));
}

/** Whether the first page of a list is as it was. What has changed stands first, so that a longer list is, too. */
export function sameList(shown: ContractList, first: ContractList): boolean {
  const { counts, contracts } = first;
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  return same(shown.counts, counts) && same(shown.contracts.slice(0, contracts.length), contracts);
}

function said({ history, ...rest }: Contract): string {
  return JSON.stringify({ ...rest, history: history.map(({ elapsed, ...step }) => step) });
}
