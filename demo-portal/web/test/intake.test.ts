import { describe, expect, test } from "vitest";
import { chosenIn, dropped, type Folder, filesIn, LARGEST, refusalOf } from "../src/verify/intake";

/** A file of a size that nobody wants in memory. */
const large = (size: number): Blob =>
  ({ size, slice: () => new Blob(["%PDF-1.7"]) }) as Pick<Blob, "size" | "slice"> as Blob;

describe("a chosen file", () => {
  test("is taken if it has the header, even behind something else", async () => {
    expect(await refusalOf(new Blob(["%PDF-2.0\n"]))).toBeNull();
    expect(await refusalOf(new Blob(["junk".repeat(200), "%PDF-1.4"]))).toBeNull();
  });

  test("is refused with the reason", async () => {
    expect(await refusalOf(new Blob([]))).toBe("empty");
    expect(await refusalOf(new Blob(["PK\u0003\u0004"]))).toBe("not-pdf");
    expect(await refusalOf(new Blob(["x".repeat(2000), "%PDF-1.4"]))).toBe("not-pdf");
  });

  test("may be as large as the engine takes, and not a byte larger", async () => {
    expect(await refusalOf(large(LARGEST))).toBeNull();
    expect(await refusalOf(large(LARGEST + 1))).toBe("too-large");
  });

  test("that cannot be read is said to be so", async () => {
    const gone = {
      size: 4096,
      slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("", "NotFoundError")) }),
    };
    expect(await refusalOf(gone as Pick<Blob, "size"> as Blob)).toBe("unreadable");
  });
});

test("a dropped folder is told apart from files", () => {
  const files = [new File(["%PDF-"], "a.pdf"), new File([], "合同")];
  const items = [
    { kind: "file", webkitGetAsEntry: () => ({ isDirectory: false, name: "a.pdf" }) },
    { kind: "file", webkitGetAsEntry: () => ({ isDirectory: true, name: "合同" }) },
    { kind: "string", webkitGetAsEntry: () => null },
  ];
  const found = dropped({ items, files } as unknown as DataTransfer);
  expect(found.folders.map(({ name }) => name)).toEqual(["合同"]);
  expect(found.files.map(({ name }) => name)).toEqual(["a.pdf"]);
});

/** A folder as browsers give it: its entries in parts. */
function folderOf(name: string, inside: (string | Folder)[]): Folder & { isDirectory: true } {
  const entries = inside.map((each) =>
    typeof each === "string"
      ? { name: each, isDirectory: false, file: (taken: (file: File) => void) => taken(new File([], each)) }
      : each,
  );
  const createReader = (): FileSystemDirectoryReader => {
    const rest = [...entries];
    return { readEntries: (take) => take(rest.splice(0, 2) as unknown as FileSystemEntry[]) };
  };
  return { name, isDirectory: true, createReader };
}

describe("a folder", () => {
  test("gives its PDFs and those below it, by name", async () => {
    const folder = folderOf("合同", [
      "10.pdf",
      "说明.docx",
      "2.PDF",
      "._2.pdf",
      folderOf("附件", ["1.pdf", "照片.jpg"]),
      "~$3.pdf",
    ]);
    const found = await filesIn(folder);
    expect(found.map(({ name }) => name)).toEqual(["合同/2.PDF", "合同/10.pdf", "合同/附件/1.pdf"]);
  });

  test("is looked through up to a limit, and not one further", async () => {
    const folder = folderOf("磁盘", ["1.pdf", "2.pdf", "3.pdf"]);
    expect(await filesIn(folder, 2)).toHaveLength(2);
    expect(await filesIn(folder, 3)).toHaveLength(3);
  });

  test("that was chosen gives its PDFs by their paths", () => {
    const file = (path: string): File =>
      Object.defineProperty(new File([], path.split("/").at(-1) ?? ""), "webkitRelativePath", { value: path });
    const found = chosenIn([file("合同/b.pdf"), file("合同/a.txt"), file("合同/甲/a.pdf")]);
    expect(found.map(({ name }) => name)).toEqual(["合同/b.pdf", "合同/甲/a.pdf"]);
  });
});
