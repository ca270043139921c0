/** Where two texts begin and stop to differ. */

/** A text in three parts; `odd` is what the other text does not have there. */
export interface Difference {
  before: string;
  odd: string;
  after: string;
}

/** What of `text` is not as in `other`: all between their common beginning and their common end. */
export function difference(text: string, other: string): Difference {
  const [own, theirs] = [[...text], [...other]];
  const shorter = Math.min(own.length, theirs.length);
  let start = 0;
  while (start < shorter && own[start] === theirs[start]) start += 1;
  let end = 0;
  while (end < shorter - start && own[own.length - 1 - end] === theirs[theirs.length - 1 - end]) end += 1;
  return {
    before: own.slice(0, start).join(""),
    odd: own.slice(start, own.length - end).join(""),
    after: own.slice(own.length - end).join(""),
  };
}
