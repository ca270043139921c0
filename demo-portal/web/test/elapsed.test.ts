import { afterEach, expect, test } from "vitest";
import { elapsed } from "../src/contracts/elapsed";
import { setLocale } from "../src/lib/locale";

afterEach(() => setLocale("zh-Hans"));

test.each([
  [0, "不到 1 分钟", "under a minute"],
  [59, "不到 1 分钟", "under a minute"],
  [60, "1 分钟", "1 minute"],
  [3599, "59 分钟", "59 minutes"],
  [3600, "1 小时", "1 hour"],
  [9000, "2 小时 30 分钟", "2 hours 30 minutes"],
  [86_400, "1 天", "1 day"],
  [2 * 86_400 + 3600 + 59, "2 天 1 小时", "2 days 1 hour"],
  [3 * 86_400 + 59 * 60, "3 天", "3 days"],
])("%i seconds are “%s” and “%s”", (seconds, chinese, english) => {
  expect(elapsed(seconds)).toBe(chinese);
  setLocale("en");
  expect(elapsed(seconds)).toBe(english);
});
