import { afterEach, expect, test } from "vitest";
import { setLocale } from "../src/lib/locale";
import { bytes, groups, ranges } from "../src/phone/numbers";

afterEach(() => setLocale("zh-Hans"));

test.each([
  [0, "0 B"],
  [1023, "1,023 B"],
  [1024, "1 KB"],
  [1536, "1.5 KB"],
  [48_500, "47 KB"],
  [268_435_456, "256 MB"],
])("%i bytes are %s", (count, expected) => {
  expect(bytes(count)).toBe(expected);
});

test("a fingerprint is read in groups of four", () => {
  expect(groups("0123456789ab")).toEqual(["0123", "4567", "89ab"]);
  expect(groups("")).toEqual([]);
});

test("pages are ranges, in the words of the language", () => {
  expect(ranges([1, 3, 4, 5, 9])).toBe("1、3–5、9");
  setLocale("en");
  expect(ranges([1, 3, 4, 5, 9])).toBe("1, 3–5, 9");
});
