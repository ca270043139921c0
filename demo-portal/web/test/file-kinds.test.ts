import { expect, test } from "vitest";
import { fileProblem } from "../src/contracts/file-kinds";
import { errorWord } from "../src/portal/field";

const MIB = 1024 * 1024;

test("a file that the server would not take is refused before it is sent, at its limit and not below", () => {
  expect(fileProblem({ name: "a.pdf", size: 240 * MIB })).toBeNull();
  expect(fileProblem({ name: "a.PDF", size: 240 * MIB + 1 })).toBe("pdf-too-large");
  expect(fileProblem({ name: "a.docx", size: 32 * MIB })).toBeNull();
  expect(fileProblem({ name: "合同.DOCX", size: 32 * MIB + 1 })).toBe("docx-too-large");
});

test("other kinds of files are none", () => {
  for (const name of ["a.txt", "pdf", "a.pdf.exe", "a.doc"])
    expect(fileProblem({ name, size: 10 })).toBe("not-pdf-or-docx");
  expect(fileProblem({ name: "a.pdf", size: 0 })).toBe("empty-file");
});

test("each reason has words of its own", () => {
  const words = ["not-pdf-or-docx", "pdf-too-large", "docx-too-large", "empty-file"].map((one) => errorWord(one));
  expect(new Set([...words, errorWord("invalid")]).size).toBe(5);
});
