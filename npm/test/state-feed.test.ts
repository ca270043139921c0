import { expect, it } from "vitest";
import { StateFeed } from "../src/state-feed.js";

type Numbered = { readonly state: string; readonly number: number };
const numbered = (state: string, number: number): Numbered => ({ state, number });

async function rest(iterator: AsyncIterator<Numbered>): Promise<string[]> {
  const seen: string[] = [];
  for (let step = await iterator.next(); !step.done; step = await iterator.next()) {
    seen.push(`${step.value.state} ${step.value.number}`);
  }
  return seen;
}

it("begins with the current state and ends after the last", async () => {
  const feed = new StateFeed(numbered("a", 1));
  feed.push(numbered("b", 1));
  const iterator = feed.iterate();
  feed.push(numbered("c", 1));
  feed.close();
  expect(await rest(iterator)).toEqual(["b 1", "c 1"]);
  expect(await rest(feed.iterate())).toEqual(["c 1"]);
});

it("gives a slow reader the newest of equal states, and every change of state", async () => {
  const feed = new StateFeed(numbered("a", 1));
  const iterator = feed.iterate();
  for (const state of [numbered("b", 1), numbered("b", 2), numbered("b", 3), numbered("c", 1), numbered("b", 4)]) {
    feed.push(state);
  }
  feed.close();
  expect(await rest(iterator)).toEqual(["a 1", "b 3", "c 1", "b 4"]);
});

it("serves readers that wait, each on its own", async () => {
  const feed = new StateFeed(numbered("a", 1));
  const first = rest(feed.iterate());
  const second = feed.iterate();
  await second.next();
  const waiting = [second.next(), second.next()];
  feed.push(numbered("b", 1));
  feed.close();
  expect(await first).toEqual(["a 1", "b 1"]);
  expect(await Promise.all(waiting)).toEqual([
    { done: false, value: numbered("b", 1) },
    { done: true, value: undefined },
  ]);
});

it("lets a reader leave without ending the others", async () => {
  const feed = new StateFeed(numbered("a", 1));
  const leaving = feed.iterate();
  const staying = rest(feed.iterate());
  await leaving.return?.();
  feed.push(numbered("b", 1));
  feed.close();
  expect(await leaving.next()).toEqual({ done: true, value: undefined });
  expect(await staying).toEqual(["a 1", "b 1"]);
});
