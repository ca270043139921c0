import { afterEach, expect, test } from "vitest";
import { setLocale } from "../src/lib/locale";
import { browserName, placeName } from "../src/lib/place";

afterEach(() => setLocale("zh-Hans"));

test("what is written down in both languages is read in one", () => {
  expect(placeName("本机 this computer")).toBe("本机");
  expect(placeName("内网 local 192.168.1.*")).toBe("内网 192.168.1.*");
  expect(browserName("演示数据 demo data")).toBe("演示数据");
  expect(browserName("Chrome 142")).toBe("Chrome 142");
  setLocale("en");
  expect(placeName("本机 this computer")).toBe("this computer");
  expect(browserName("演示数据 demo data")).toBe("demo data");
});
