import { expect, test, vi } from "vitest";
import type { Fetch } from "../src/phone/document-fetch";
import { type Judged, Sealing, type SealingHost } from "../src/phone/sealing";

function stage(sizes: number[], look: boolean, judge: SealingHost["judge"]) {
  const asked: Fetch[] = [];
  const changed = vi.fn<SealingHost["changed"]>();
  const codeOf = (error: unknown): string => (error as { code: string }).code;
  const work = new Sealing(sizes, look, { fetch: (one) => asked.push(one), judge, codeOf, changed });
  work.start();
  const answer = (): void => {
    for (let one = asked.shift(); one; one = asked.shift())
      work.piece(one.document, one.part, one.from, new Uint8Array(one.length));
  };
  return { work, answer, changed };
}

const good = (_document: number, _appended: Uint8Array, whole: Uint8Array | null): Judged => ({
  digest: "ab",
  pages: whole ? [1, 3] : null,
});

function refuse(code: string): never {
  throw Object.assign(new Error(code), { code });
}

test("a document is judged once, when everything of it is here", () => {
  const judge = vi.fn(good);
  const { work, answer } = stage([10, 10], true, judge);
  answer();
  expect(work.documents[0]).toMatchObject({ at: "fetching", got: 10, looked: true, sealed: null });
  expect(judge).not.toHaveBeenCalled();
  work.prepared(0, 4, null);
  answer();
  // What comes of another is no reason to look again.
  work.prepared(1, 9, "seal-off-page");
  expect(judge).toHaveBeenCalledTimes(1);
  expect(judge.mock.calls[0]?.map((one) => (one as Uint8Array)?.length ?? one)).toEqual([0, 4, 14]);
  expect(work.documents[0]).toMatchObject({ at: "ready", looked: true, pages: [1, 3], digest: "ab" });
  expect(work.documents[0]?.sealed?.size).toBe(14);
  expect(work.signable.map(({ document, appended }) => [document, appended.length])).toEqual([[0, 4]]);
});

test("unseen documents are ready without pages and without anything to show", () => {
  const { work, answer } = stage([10], false, good);
  work.prepared(0, 4, null);
  answer();
  expect(work.documents[0]).toMatchObject({ at: "ready", looked: false, pages: null, sealed: null });
});

test("what fails is left out; only if all fail the sealing has failed, with the code of the first", () => {
  const { work, answer } = stage([1, 1, 1], true, (document, appended, whole) =>
    document === 1 ? refuse("document-changed") : good(document, appended, whole),
  );
  work.prepared(0, 0, "seal-off-page");
  work.prepared(1, 2, null);
  answer();
  expect(work.documents.map(({ code }) => code)).toEqual(["seal-off-page", "document-changed", null]);
  expect(work.failure).toBeNull();
  work.prepared(2, 2, null);
  answer();
  expect(work.failure).toBeNull();
  expect(work.signable.map(({ document }) => document)).toEqual([2]);

  const none = stage([1, 1], true, () => refuse("seal-not-yours"));
  none.work.prepared(1, 2, null);
  none.work.prepared(0, 2, null);
  none.answer();
  expect(none.work.failure).toBe("seal-not-yours");
  expect(none.changed.mock.lastCall?.[1]).toBe("seal-not-yours");
});

test("whoever skips while it is fetched signs the rest unseen", () => {
  const { work, answer } = stage([10, 400_000], true, good);
  work.prepared(0, 1, null);
  work.prepared(1, 1, null);
  work.skip();
  answer();
  expect(work.documents.map(({ at, looked }) => [at, looked])).toEqual([
    ["ready", false],
    ["ready", false],
  ]);
});
