// The language of the place an element stands in.

/** The nearest `lang` attribute, through shadow roots; empty if there is none. */
export function closestLanguage(element: Element): string {
  const holder = element.closest("[lang]");
  if (holder) return holder.getAttribute("lang") ?? "";
  const root = element.getRootNode();
  return typeof ShadowRoot === "function" && root instanceof ShadowRoot ? closestLanguage(root.host) : "";
}
