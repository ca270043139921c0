/** The fields of a template, as a form; and what was typed, as the server takes it. */
import { html, type TemplateResult } from "lit";
import { localized } from "../lib/locale";
import { area, type FieldErrors, field } from "../portal/field";
import { bin, plus } from "../portal/icons";
import type { Template, TemplateField } from "./model";
import { amountOf } from "./money";
import { formTexts } from "./texts-form";

/** Names of the inputs begin so, since the contract's own form has fields of its own. */
const PREFIX = "template-";

/** Rows of the fields that are tables, by name. */
export type Rows = Readonly<Record<string, number>>;

/** How many rows are drawn at first: those that are filled in, at least one. */
export function rowsOf({ fields }: Template, filled: Record<string, unknown>): Rows {
  const tables = fields.filter(({ kind }) => kind === "items");
  return Object.fromEntries(
    tables.map(({ name }) => {
      const rows = filled[name];
      return [name, Math.max(1, Array.isArray(rows) ? rows.length : 0)];
    }),
  );
}

/** All inputs. `change` is called when a row is added or taken away. */
export function templateFields(
  { fields }: Template,
  filled: Record<string, unknown>,
  errors: FieldErrors,
  rows: Rows,
  change: (rows: Rows) => void,
): TemplateResult {
  return html`<div class="form two template-fields">
    ${fields.map((one) => {
      const name = PREFIX + one.name;
      const shared = {
        name,
        label: localized(one.label),
        errors,
        maxlength: one.maxLength,
        value: textOf(filled[one.name]) ?? one.initial,
        optional: !one.required,
      };
      switch (one.kind) {
        case "lines":
          return area({ ...shared, rows: 4 });
        case "items":
          return table(one, filled[one.name], rows[one.name] ?? 1, (count) => change({ ...rows, [one.name]: count }));
        case "date":
          return field({ ...shared, type: "date" });
        case "money":
        case "number":
          return field({ ...shared, inputmode: "decimal" });
        default:
          return field(shared);
      }
    })}
  </div>`;
}

function table(
  { name, label, columns, maxLength }: TemplateField,
  filled: unknown,
  count: number,
  change: (count: number) => void,
): TemplateResult {
  const t = formTexts();
  const rows = Array.isArray(filled) ? (filled as Record<string, unknown>[]) : [];
  return html`<fieldset class="whole items">
    <legend>${localized(label)}</legend>
    <table class="table">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${localized(column.label)}</th>`)}
          <th scope="col"></th>
        </tr>
      </thead>
      <tbody>
        ${Array.from(
          { length: count },
          (_, row) => html`<tr>
            ${columns.map(
              (column) => html`<td data-label=${localized(column.label)}>
                <input
                  name="${PREFIX}${name}.${row}.${column.name}"
                  aria-label=${t.items(localized(column.label), row + 1)}
                  inputmode=${column.kind === "text" ? "text" : "decimal"}
                  maxlength=${column.maxLength}
                  value=${textOf(rows[row]?.[column.name]) ?? ""}
                />
              </td>`,
            )}
            <td class="wide">
              <button class="icon" type="button" aria-label=${t.removeRow(row + 1)} title=${t.removeRow(row + 1)} ?disabled=${count === 1} @click=${(event: Event) => removeRow(event, row, () => change(count - 1))}>
                ${bin}
              </button>
            </td>
          </tr>`,
        )}
      </tbody>
    </table>
    <button class="button small" type="button" ?disabled=${count >= maxLength} @click=${() => change(count + 1)}>
      ${plus} ${t.addRow}
    </button>
  </fieldset>`;
}

/** What was typed below it moves up; the last row goes. */
function removeRow(event: Event, row: number, change: () => void): void {
  const rows = [...((event.currentTarget as HTMLElement).closest("tbody")?.rows ?? [])].map((one) => [
    ...one.querySelectorAll("input"),
  ]);
  for (const [at, inputs] of rows.entries()) {
    if (at < row) continue;
    for (const [column, input] of inputs.entries()) input.value = rows[at + 1]?.[column]?.value ?? "";
  }
  change();
}

/** What the server takes, and what is wrong with which field. */
export function templateValues(
  { fields }: Template,
  typed: Readonly<Record<string, string>>,
  rows: Rows,
): { fields: Record<string, unknown>; errors: FieldErrors } {
  const values: Record<string, unknown> = {};
  const errors: FieldErrors = {};
  for (const { name, kind, required, columns } of fields) {
    if (kind === "items") {
      const all = Array.from({ length: rows[name] ?? 0 }, (_, row) =>
        Object.fromEntries(
          columns.map((column) => [column.name, typed[`${PREFIX}${name}.${row}.${column.name}`] ?? ""]),
        ),
      );
      // Rows in which nothing stands are not meant.
      values[name] = all.filter((row) => Object.values(row).some((value) => value !== ""));
      continue;
    }
    const value = typed[PREFIX + name] ?? "";
    if (value === "" && required) errors[PREFIX + name] = "required";
    const sum = kind === "money" && value !== "" ? amountOf(value) : value;
    if (sum === null) errors[PREFIX + name] = "no-amount";
    values[name] = sum ?? value;
  }
  return { fields: values, errors };
}

/** The server's errors by the names of the inputs. */
export function templateErrors(fields: Record<string, string>): FieldErrors {
  return Object.fromEntries(
    Object.entries(fields).map(([name, wrong]) => [PREFIX + name.replace(/^fields\./, ""), wrong]),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
