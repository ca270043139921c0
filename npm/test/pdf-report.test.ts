// The types of the report say what docs/report.schema.json says.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

/** What both can be brought to. */
type Shape = string | readonly Shape[] | { readonly [property: string]: Shape };

interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const schema: Schema = JSON.parse(
  readFileSync(fileURLToPath(new URL("../../docs/report.schema.json", import.meta.url)), "utf8"),
);

const union = (shapes: readonly Shape[]): Shape => {
  const texts = [...new Set(shapes.flat().map((shape) => JSON.stringify(shape)))].sort();
  const [only, ...others] = texts.map((text) => JSON.parse(text) as Shape);
  return only !== undefined && others.length === 0 ? only : texts.map((text) => JSON.parse(text) as Shape);
};

function ofSchema(part: Schema): Shape {
  if (part.$ref !== undefined) {
    const found = schema.$defs?.[part.$ref.replace("#/$defs/", "")];
    if (found === undefined) throw new Error(`no ${part.$ref}`);
    return ofSchema(found);
  }
  const choices = part.anyOf ?? part.oneOf;
  if (choices !== undefined) return union(choices.map(ofSchema));
  if (part.const !== undefined) return JSON.stringify(part.const);
  if (part.enum !== undefined) {
    const words = part.enum.map((word) => JSON.stringify(word));
    // Variants that differ in one word are one object in the schema, and several types.
    return union(words);
  }
  if (typeof part.type !== "string") return union((part.type ?? []).map((type) => ofSchema({ type })));
  if (part.type === "object") {
    const properties = Object.entries(part.properties ?? {}).map(([name, value]) => {
      const key = part.required?.includes(name) ? name : `${name}?`;
      return [key, ofSchema(value)] as const;
    });
    return Object.fromEntries(properties.sort(([left], [right]) => (left < right ? -1 : 1)));
  }
  if (part.type === "array") {
    const item = ofSchema(part.items ?? {});
    return part.minItems === undefined ? { "[]": item } : { [`[${part.minItems}]`]: item };
  }
  // A small range of numbers is a union of them in the types.
  if (part.type === "integer" && part.minimum !== undefined && part.maximum !== undefined) {
    const { minimum } = part;
    return union(Array.from({ length: part.maximum - minimum + 1 }, (_, index) => String(minimum + index)));
  }
  return part.type === "integer" ? "number" : part.type;
}

const file = fileURLToPath(new URL("../src/pdf/report.ts", import.meta.url));
const program = ts.createProgram([file], {
  strict: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2020,
});
const checker = program.getTypeChecker();

function ofType(type: ts.Type): Shape {
  if (type.isUnion()) {
    // TypeScript has boolean as true | false.
    const booleans = type.types.filter((member) => member.flags & ts.TypeFlags.BooleanLiteral);
    // Of an optional property the checker says that it may be undefined.
    const others = type.types.filter(
      (member) => !booleans.includes(member) && (member.flags & ts.TypeFlags.Undefined) === 0,
    );
    return union([...(booleans.length > 0 ? ["boolean"] : []), ...others.map(ofType)]);
  }
  if (type.isStringLiteral() || type.isNumberLiteral()) return JSON.stringify(type.value);
  if (type.flags & ts.TypeFlags.Null) return "null";
  if (type.flags & (ts.TypeFlags.String | ts.TypeFlags.Number)) return checker.typeToString(type);
  if (checker.isTupleType(type)) {
    const items = checker.getTypeArguments(type as ts.TypeReference);
    return { [`[${items.length}]`]: union(items.map(ofType)) };
  }
  if (checker.isArrayType(type)) {
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    if (item === undefined) throw new Error("an array of what?");
    return { "[]": ofType(item) };
  }
  const properties = type.getProperties().map((property) => {
    const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    return [property.name + (optional ? "?" : ""), ofType(checker.getTypeOfSymbol(property))] as const;
  });
  if (properties.length === 0) throw new Error(`not a type of JSON: ${checker.typeToString(type)}`);
  return Object.fromEntries(properties.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The type `{ type: "a" } | { type: "b" }` as the schema writes it: `{ type: "a" | "b" }`. */
function merged(shape: Shape): Shape {
  if (Array.isArray(shape)) {
    const parts = shape.map(merged);
    const plain = parts.filter((part) => typeof part === "object" && Object.keys(part).join() === "type");
    const others = parts.filter((part) => !plain.includes(part));
    const types = plain.map((part) => (part as { type: Shape }).type);
    return union([...others, ...(plain.length > 0 ? [{ type: union(types) }] : [])]);
  }
  if (typeof shape === "string") return shape;
  return Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, merged(value)]));
}

it("they are one", () => {
  const source = program.getSourceFile(file);
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(source as ts.SourceFile) as ts.Symbol);
  const report = exported.find(({ name }) => name === "PdfReport");
  const shape = ofType(checker.getDeclaredTypeOfSymbol(report as ts.Symbol));
  // The file's name stands in the lines of the command only.
  const { file: _, ...properties } = schema.properties ?? {};
  expect(merged(shape)).toEqual(ofSchema({ ...schema, properties }));
});
