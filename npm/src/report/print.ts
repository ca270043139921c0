// Prints one element of a page. Others' styles cannot be reached from inside of an element, so for as long as it prints,
// whatever stands beside it or beside its ancestors is marked, and a sheet takes it off the paper.

const BESIDE = "data-scanseal-unprinted";
const AROUND = "data-scanseal-around-print";

const SHEET = `@media print {
  [${BESIDE}] { display: none !important; }
  [${AROUND}] {
    display: block !important; position: static !important; overflow: visible !important; float: none !important;
    width: auto !important; height: auto !important; max-width: none !important; max-height: none !important;
    margin: 0 !important; padding: 0 !important; border: 0 !important; transform: none !important;
    background: none !important; box-shadow: none !important;
  }
}`;

/** Opens the print dialog for one element. Where style sheets cannot be made, the whole page is printed. */
export function printOnly(element: HTMLElement): void {
  const undo: (() => void)[] = [];
  const mark = (target: Element, name: string) => {
    target.setAttribute(name, "");
    undo.push(() => target.removeAttribute(name));
  };
  for (const [root, line] of linesUp(element)) {
    const remove = adopt(root);
    if (remove === undefined) break;
    undo.push(remove);
    for (const [index, ancestor] of line.entries()) {
      if (index > 0) mark(ancestor, AROUND);
      for (const beside of ancestor.parentNode?.children ?? []) {
        if (beside !== ancestor && beside.localName !== "head") mark(beside, BESIDE);
      }
    }
  }
  const restore = () => {
    for (const step of undo.splice(0)) step();
  };
  window.addEventListener("afterprint", restore, { once: true });
  window.print();
}

/** Ancestors from the element up to the body, by the tree that they are in. */
function* linesUp(element: Element): Iterable<[Document | ShadowRoot, Element[]]> {
  let from: Element | undefined = element;
  while (from !== undefined) {
    const line: Element[] = [];
    for (let each: Element | null = from; each !== null && each.localName !== "html"; each = each.parentElement)
      line.push(each);
    const root = from.getRootNode() as Document | ShadowRoot;
    yield [root, line];
    from = root instanceof ShadowRoot ? root.host : undefined;
  }
}

function adopt(root: Document | ShadowRoot): (() => void) | undefined {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== sheet);
    };
  } catch {
    // Safari before 16.4 and Firefox before 101 have no such sheets.
    return undefined;
  }
}
