import { describe, expect, test } from "vitest";
import type { Template } from "../src/contracts/model";
import { templateErrors, templateValues } from "../src/contracts/template-fields";

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
    expect(errors).toEqual({ "template-days": "required", "template-goods": "required" });
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
