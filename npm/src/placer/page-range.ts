// Which pages: `1-3,5,-1`. The engine's rules (`crates/pades`), so that nothing is shown that it would refuse. Pure.

/** Parts that a range may have. */
const MAX_PARTS = 1000;

/** The pages of a document of `count` pages, ascending, each once; undefined if the text is no range of them. */
export function pagesOf(range: string, count: number): readonly number[] | undefined {
  const parts = range.split(",");
  if (parts.length > MAX_PARTS) return undefined;
  const pages = new Set<number>();
  for (const part of parts) {
    const match = /^\s*(-?\d{1,9})\s*(?:-\s*(-?\d{1,9})\s*)?$/.exec(part);
    const first = pageOf(match?.[1], count);
    const last = pageOf(match?.[2] ?? match?.[1], count);
    if (first === undefined || last === undefined || first > last) return undefined;
    for (let page = first; page <= last; page += 1) pages.add(page);
  }
  return [...pages].sort((one, other) => one - other);
}

function pageOf(text: string | undefined, count: number): number | undefined {
  const number = Number(text ?? 0);
  const page = number < 0 ? count + 1 + number : number;
  return page >= 1 && page <= count ? page : undefined;
}
