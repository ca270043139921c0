import { describe, expect, test } from "vitest";
import { amountInNumbers, amountInWords, amountOf, amountOfFen, costOf } from "../src/contracts/money";

describe("an amount in Chinese capitals", () => {
  test.each([
    ["0.00", "人民币零元整"],
    ["1.00", "人民币壹元整"],
    ["10.00", "人民币壹拾元整"],
    ["16.00", "人民币壹拾陆元整"],
    ["1409.50", "人民币壹仟肆佰零玖元伍角整"],
    ["6007.14", "人民币陆仟零柒元壹角肆分"],
    ["1680.32", "人民币壹仟陆佰捌拾元叁角贰分"],
    ["107000.53", "人民币壹拾万零柒仟元伍角叁分"],
    ["16409.02", "人民币壹万陆仟肆佰零玖元零贰分"],
    ["325.04", "人民币叁佰贰拾伍元零肆分"],
    ["0.05", "人民币伍分"],
    ["0.50", "人民币伍角整"],
    ["100000000.00", "人民币壹亿元整"],
    ["100000001.00", "人民币壹亿零壹元整"],
    ["100010000.00", "人民币壹亿零壹万元整"],
    ["10100.00", "人民币壹万零壹佰元整"],
    ["1000000.00", "人民币壹佰万元整"],
    ["1250000.00", "人民币壹佰贰拾伍万元整"],
    ["200304.00", "人民币贰拾万零叁佰零肆元整"],
    ["999999999999.99", "人民币玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"],
  ])("%s is %s", (amount, words) => expect(amountInWords(amount)).toBe(words));
});

describe("an amount as it is typed", () => {
  test.each([
    ["1250000", "1250000.00"],
    ["1,250,000.5", "1250000.50"],
    ["¥ 1 250 000.05 元", "1250000.05"],
    ["１２５", "125.00"],
    ["007.10", "7.10"],
    ["0", "0.00"],
    ["999999999999.99", "999999999999.99"],
  ])("%s is taken as %s", (typed, amount) => expect(amountOf(typed)).toBe(amount));

  test.each(["", "12.345", "-1", "1e6", "十二", "1.", ".5", "1000000000000"])("%s is none", (typed) =>
    expect(amountOf(typed)).toBeNull(),
  );
});

test("an amount in numbers is exact, however large", () => {
  expect(amountInNumbers("999999999999.99")).toBe("¥999,999,999,999.99");
  expect(amountInNumbers("0.05")).toBe("¥0.05");
});

describe("what goods cost", () => {
  test.each([
    ["600", "68.00", "40800.00"],
    ["2.5", "0.01", "0.03"],
    ["0.499", "0.01", "0.00"],
    ["0.5", "0.01", "0.01"],
    ["1,000", "¥1,250.5", "1250500.00"],
    ["２", "３", "6.00"],
  ])("%s at %s are %s", (count, price, costs) => {
    expect(amountOfFen(costOf(count, price) ?? -1n)).toBe(costs);
  });

  test.each([
    ["", "1"],
    ["1", ""],
    ["1.2345", "1"],
    ["-1", "1"],
    ["1", "1.234"],
    ["1234567890", "1"],
  ])("%j at %j is nothing to add", (count, price) => {
    expect(costOf(count, price)).toBeNull();
  });
});
