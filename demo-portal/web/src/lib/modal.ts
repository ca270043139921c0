/**
 * Shows a `<dialog>` above everything else. Browsers without modal dialogs (Safari before 15.4, Firefox before 98) hide the
 * rest of the page instead: nothing there can be seen, reached by key, or read out until the dialog closes.
 */
export function showModal(dialog: HTMLDialogElement): void {
  const before = document.activeElement as HTMLElement | null;
  if (typeof dialog.showModal === "function") dialog.showModal();
  else imitate(dialog, before);
  // The title is where reading starts; a button would look as if it were chosen already.
  if (!dialog.querySelector("[autofocus]")) dialog.querySelector("h2")?.focus();
}

function imitate(dialog: HTMLDialogElement, before: HTMLElement | null): void {
  const layer = dialog.parentElement as HTMLElement;
  const hidden = [...document.body.children].filter((one) => one !== layer && !one.classList.contains("behind-dialog"));
  for (const one of hidden) one.classList.add("behind-dialog");
  layer.classList.add("dialog-layer");
  dialog.setAttribute("role", "dialog");
  dialog.setAttribute("aria-modal", "true");
  dialog.setAttribute("open", "");
  dialog.addEventListener("keydown", ({ key }) => key === "Escape" && dialog.close());
  dialog.close = () => {
    for (const one of hidden) one.classList.remove("behind-dialog");
    dialog.removeAttribute("open");
    dialog.dispatchEvent(new Event("close"));
    before?.focus();
  };
  dialog.querySelector<HTMLElement>("[autofocus]")?.focus();
}
