import { describe, expect, test } from "vitest";
import { DocumentFetch, FETCH_BYTES, LOOK_BYTES, OPEN_FETCHES } from "../src/phone/document-fetch";

/** Answers everything that is asked for, with bytes that say where they are from. */
function answerAll(fetch: DocumentFetch): number {
  let most = 0;
  for (let asked = fetch.next(); asked.length > 0; asked = fetch.next()) {
    most = Math.max(most, asked.length);
    for (const { document, part, from, length } of asked)
      fetch.piece(
        document,
        part,
        from,
        new Uint8Array(length).fill(part === "original" ? document + 1 : 200 + document),
      );
  }
  return most;
}

describe("what is fetched", () => {
  test("pieces have at most the size of one, and no more are open than may be", () => {
    const fetch = new DocumentFetch([FETCH_BYTES * 10 + 1], true);
    const asked = fetch.next();
    expect(asked).toHaveLength(OPEN_FETCHES);
    expect(asked.every(({ length }) => length === FETCH_BYTES)).toBe(true);
    expect(fetch.next()).toEqual([]);
    fetch.piece(0, "original", 0, new Uint8Array(FETCH_BYTES));
    expect(fetch.next()).toEqual([{ document: 0, part: "original", from: FETCH_BYTES * 8, length: FETCH_BYTES }]);
  });

  test("what is appended comes before more of an original, and both make the whole", () => {
    const fetch = new DocumentFetch([FETCH_BYTES * 9, 3], true);
    expect(fetch.next()).toHaveLength(OPEN_FETCHES);
    fetch.prepared(1, 5, null);
    fetch.piece(0, "original", 0, new Uint8Array(FETCH_BYTES));
    expect(fetch.next()).toEqual([{ document: 1, part: "appended", from: 0, length: 5 }]);
    expect(fetch.whole(1)).toBeNull();
    fetch.piece(1, "appended", 0, new Uint8Array([9, 9, 9, 9, 9]));
    for (let index = 1; index < 8; index += 1)
      fetch.piece(0, "original", index * FETCH_BYTES, new Uint8Array(FETCH_BYTES));
    answerAll(fetch);
    expect([...(fetch.whole(1) ?? [])]).toEqual([2, 2, 2, 9, 9, 9, 9, 9]);
    expect(fetch.documents.map(({ complete }) => complete)).toEqual([false, true]);
  });

  test("an original that one scan cannot carry is left out and named; the next that fits is not", () => {
    const fetch = new DocumentFetch([LOOK_BYTES, 1, LOOK_BYTES + 1], true);
    expect(fetch.documents.map(({ look, tooLarge }) => [look, tooLarge])).toEqual([
      [true, false],
      [false, true],
      [false, true],
    ]);
    expect(new DocumentFetch([LOOK_BYTES + 1, 7], true).documents.map(({ look }) => look)).toEqual([false, true]);
    expect(new DocumentFetch([1], false).documents[0]).toMatchObject({ look: false, tooLarge: false });
  });

  test("a document that the page cannot prepare is complete, and nothing more is fetched of it", () => {
    const fetch = new DocumentFetch([FETCH_BYTES * 20], true);
    fetch.next();
    fetch.prepared(0, 0, "seal-off-page");
    for (let index = 0; index < OPEN_FETCHES; index += 1)
      fetch.piece(0, "original", index * FETCH_BYTES, new Uint8Array(FETCH_BYTES));
    expect(fetch.next()).toEqual([]);
    expect(fetch.documents[0]).toMatchObject({ code: "seal-off-page", complete: true });
  });

  test("skipping keeps what is whole, and lets go of what is not", () => {
    const fetch = new DocumentFetch([3, FETCH_BYTES * 20], true);
    const asked = fetch.next();
    fetch.prepared(0, 1, null);
    fetch.prepared(1, 1, null);
    for (const { document, part, from, length } of asked.slice(0, 2))
      fetch.piece(document, part, from, new Uint8Array(length));
    fetch.skip();
    // Those under way still come, and are dropped.
    for (const { document, part, from, length } of asked.slice(2))
      fetch.piece(document, part, from, new Uint8Array(length));
    answerAll(fetch);
    expect(fetch.documents.map(({ look, complete }) => [look, complete])).toEqual([
      [true, true],
      [false, true],
    ]);
    expect(fetch.whole(0)).toHaveLength(4);
    expect(fetch.whole(1)).toBeNull();
    expect(fetch.appended(1)).toHaveLength(1);
  });

  test("fifty documents are fetched with no more open than may be", () => {
    const fetch = new DocumentFetch(
      Array.from({ length: 50 }, () => 1000),
      true,
    );
    for (let index = 0; index < 50; index += 1) fetch.prepared(index, 500, null);
    expect(answerAll(fetch)).toBe(OPEN_FETCHES);
    expect(fetch.documents.every(({ complete, got, wanted }) => complete && got === 1500 && wanted === 1500)).toBe(
      true,
    );
  });
});
