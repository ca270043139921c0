/** Keeps what is read where it is, while something above it comes or goes. */

/** What may be read: the first of these below the window's upper edge is kept there. */
const READ = "h1, h2, p, tr, li, dt";

/** Call it before the change; call what it gives after the change was drawn. Not every browser does this on its own. */
export function holdPlace(main: Element | null): () => void {
  const root = document.documentElement;
  const read = window.scrollY > 0 ? [...(main?.querySelectorAll(READ) ?? [])].find((one) => top(one) >= 0) : undefined;
  if (read === undefined) return () => {};
  const before = top(read);
  // Done twice, it would be as wrong as not at all.
  root.style.setProperty("overflow-anchor", "none");
  return () => {
    if (read.isConnected) window.scrollBy(0, top(read) - before);
    root.style.removeProperty("overflow-anchor");
  };
}

function top(one: Element): number {
  return one.getBoundingClientRect().top;
}
