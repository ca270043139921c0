import { expect, test } from "vitest";
import type { DocumentState, SealShelf, SealView } from "../src/phone/core-types";
import { keepDocuments, keepPictures } from "../src/phone/keep";

const blob = (text: string): Blob => new Blob([text]);
const seal = (id: string, picture: Blob | null): SealView => ({ id, picture }) as SealView;
const shelf = (...seals: SealView[]): SealShelf => ({ certificate: "c", fetched: 1, seals });

test("a picture that is shown stays, unless another has taken its place", () => {
  const [shown, copy, draft, signed] = [blob("ab"), blob("ab"), blob("draft"), blob("signed seal")];
  const now = keepPictures(
    [shelf(seal("1", shown), seal("2", draft))],
    [shelf(seal("1", copy), seal("2", signed), seal("3", null))],
  );
  expect(now[0]?.seals.map(({ picture }) => picture)).toEqual([shown, signed, null]);
  expect(now[0]?.seals[0]?.picture).toBe(shown);
});

test("a document that is looked at stays while others come", () => {
  const shown = blob("pdf");
  const state = (sealed: Blob | null): DocumentState => ({ sealed, pages: sealed && [1] }) as DocumentState;
  const now = keepDocuments([state(shown), state(null)], [state(blob("pdf")), state(blob("other"))]);
  expect(now[0]?.sealed).toBe(shown);
  expect(now[1]?.sealed?.size).toBe(5);
});
