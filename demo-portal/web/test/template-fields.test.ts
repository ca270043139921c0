import { describe, expect, test } from "vitest";
import type { Template } from "../src/contracts/model";
import { sumIn, templateErrors, templateValues } from "../src/contracts/template-fields";

const label = { zh: "", en: "" };
const template: Template = {
  id: "t",
  name: label,
  describes: label,
  fields: [
    { name: "days", label, kind: "number", required: true, maxLength: 4, initial: "", columns: [] },
    {
      name: "goods",
      label,
      kind: "items",
      required: true,
      maxLength: 5,
      initial: "",
      columns: [
        { name: "name", label, kind: "text", maxLength: 40 },
        { name: "price", label, kind: "money", maxLength: 16 },
      ],
    },
  ],
};

const priced: Template = {
  ...template,
  fields: [
    {
      name: "goods",
      label,
      kind: "items",
      required: true,
      maxLength: 5,
      initial: "",
      columns: [
        { name: "count", label, kind: "number", maxLength: 8 },
        { name: "price", label, kind: "money", maxLength: 16 },
      ],
    },
  ],
};

describe("how many of something", () => {
  test("may be written with separators, as amounts may", () => {
    const typed = {
      "template-goods.0.count": "1,500",
      "template-goods.1.count": "２.５",
      "template-goods.0.price": "2",
    };
    const { fields, errors } = templateValues(priced, typed, { goods: 2 });
    expect(errors).toEqual({});
    expect(fields).toEqual({
      goods: [
        { count: "1500", price: "2.00" },
        { count: "2.5", price: "" },
      ],
    });
  });

  test("is said to be no number in its own words", () => {
    const { errors } = templateValues(priced, { "template-goods.0.count": "许多" }, { goods: 1 });
    expect(errors).toEqual({ "template-goods.0.count": "no-number" });
  });

  test("and what each costs come to a sum that can be named", () => {
    const goods = [
      { count: "1000", price: "25.00" },
      { count: "2.5", price: "39996.00" },
    ];
    expect(sumIn(priced, { goods })).toBe("¥124,990.00");
    expect(sumIn(priced, { goods: [] })).toBeNull();
  });
});

describe("what was typed into a template", () => {
  test("keeps the numbers of its rows, without the empty ones at the end", () => {
    const typed = { "template-days": "7", "template-goods.0.name": "a", "template-goods.2.price": "¥1,250.5" };
    const { fields, errors } = templateValues(template, typed, { goods: 4 });
    expect(errors).toEqual({});
    expect(fields).toEqual({
      days: "7",
      goods: [
        { name: "a", price: "" },
        { name: "", price: "" },
        { name: "", price: "1250.50" },
      ],
    });
  });

  test("what is no amount goes to the server as it is, which says so", () => {
    const typed = { "template-days": "7", "template-goods.0.price": "much" };
    expect(templateValues(template, typed, { goods: 1 }).fields).toMatchObject({ goods: [{ price: "much" }] });
  });

  test("without rows or a required value is not sent", () => {
    const { errors } = templateValues(template, {}, { goods: 2 });
    expect(errors).toEqual({ "template-days": "required", "template-goods": "no-rows" });
  });
});

test("the server's errors stand at the template's inputs, cells among them, and at the contract's own", () => {
  const said = {
    "fields.goods": "sum",
    "fields.goods.1.price": "wrong",
    "fields.days": "required",
    title: "characters",
  };
  expect(templateErrors(said)).toEqual({
    "template-goods": "sum",
    "template-goods.1.price": "invalid",
    "template-days": "required",
    title: "characters",
  });
});
