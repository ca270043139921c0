import { describe, expect, test } from "vitest";
import { dropped, LARGEST, refusalOf } from "../src/verify/intake";

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
  expect(found.folders).toEqual(["合同"]);
  expect(found.files.map(({ name }) => name)).toEqual(["a.pdf"]);
});
