/** Short news at the edge of the page: one live region for all of them. */

/** How long a sentence stays, in milliseconds. */
const SHOWN = 6000;
/** A region made just now is heard only if its text comes a moment later, in milliseconds. */
const HEARD = 100;

/** Says and shows a sentence for some seconds. What must not be missed belongs on the page instead. */
export function toast(sentence: string, kind: "good" | "bad" = "good"): void {
  const line = document.createElement("p");
  line.className = `toast ${kind}`;
  line.textContent = sentence;
  const all = region();
  setTimeout(() => all.append(line), HEARD);
  setTimeout(() => line.remove(), HEARD + SHOWN);
}

/** What lies outside an open dialog is neither seen nor heard. */
function region(): HTMLElement {
  const place = document.querySelector("dialog[open]") ?? document.body;
  const there = place.querySelector<HTMLElement>(":scope > .toasts");
  if (there) return there;
  const made = document.createElement("div");
  made.className = "toasts";
  made.setAttribute("role", "status");
  place.append(made);
  return made;
}
