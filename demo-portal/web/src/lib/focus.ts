/** Gives the focus to the page's content when what had it is gone; else the next Tab would begin at the top of the document. */
export function keepFocus(): void {
  if (document.activeElement === document.body) {
    document.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
  }
}
