/** The fields of a template, as a form; and what was typed, as the server takes it. */
import "./table-sum";
import { html, nothing, type TemplateResult } from "lit";
import { locale, localized } from "../lib/locale";
import { area, errorWord, type FieldErrors, field } from "../portal/field";
import { bin, plus } from "../portal/icons";
import type { Template, TemplateField } from "./model";
import { amountInNumbers, amountOf, amountOfFen, costOf, countOf } from "./money";
import { factors, sumOf } from "./table-sum";
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

/** What the inputs are drawn from. */
export interface TemplateForm {
  filled: Record<string, unknown>;
  errors: FieldErrors;
  rows: Rows;
  /** The contract's amount, as it is typed. */
  amount: string;
  /** Called when a row is added or taken away. */
  change: (rows: Rows) => void;
}

/** All inputs. */
export function templateFields({ fields }: Template, form: TemplateForm): TemplateResult {
  const { filled, errors } = form;
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
          return table(one, form);
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
  { filled, errors, rows: counts, amount, change: changeRows }: TemplateForm,
): TemplateResult {
  const t = formTexts();
  const given = filled[name];
  const rows = Array.isArray(given) ? (given as Record<string, unknown>[]) : [];
  const count = counts[name] ?? 1;
  const change = (count: number): void => changeRows({ ...counts, [name]: count });
  const product = factors(columns);
  const said = `${PREFIX}${name}-wrong`;
  const whole = errors[PREFIX + name];
  return html`<fieldset class="whole items" aria-describedby=${said}>
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
                  name=${cellName(name, row, column.name)}
                  aria-label=${t.items(localized(column.label), row + 1)}
                  inputmode=${column.kind === "text" ? "text" : "decimal"}
                  maxlength=${column.maxLength}
                  aria-invalid=${whole !== undefined || errors[cellName(name, row, column.name)] !== undefined}
                  aria-describedby=${said}
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
    <div class="below-table">
      <button class="button small" type="button" ?disabled=${count >= maxLength} @click=${() => change(count + 1)}>
        ${plus} ${t.addRow}
      </button>
      ${
        product === null
          ? nothing
          : html`<portal-table-sum
              .factors=${product}
              .rows=${count}
              .amount=${amount}
              .language=${locale()}
            ></portal-table-sum>`
      }
    </div>
    <ul class="wrong" id=${said} role="list">
      ${whole === undefined ? nothing : html`<li>${errorWord(whole)}</li>`}
      ${Array.from({ length: count }, (_, row) =>
        columns.map((column) => {
          const wrong = errors[cellName(name, row, column.name)];
          return wrong === undefined
            ? nothing
            : html`<li>${t.wrongAt(t.items(localized(column.label), row + 1), errorWord(wrong))}</li>`;
        }),
      )}
    </ul>
  </fieldset>`;
}

/** The input of a cell. */
function cellName(table: string, row: number, column: string): string {
  return `${PREFIX}${table}.${row}.${column}`;
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
          columns.map(({ name: column, kind }) => {
            const cell = typed[cellName(name, row, column)] ?? "";
            if (kind === "number" && cell !== "" && countOf(cell) === null) {
              errors[cellName(name, row, column)] = "no-number";
            }
            return [column, (kind === "money" && amountOf(cell)) || (kind === "number" && countOf(cell)) || cell];
          }),
        ),
      );
      // Empty rows at the end are not meant; one between others keeps its number, by which the server names what is wrong.
      while (all.length > 0 && Object.values(all[all.length - 1] ?? {}).every((value) => value === "")) all.pop();
      values[name] = all;
      if (required && all.length === 0) errors[PREFIX + name] = "no-rows";
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

/** The server's errors by the names of the inputs: of the template's fields, and of the contract's own. */
export function templateErrors(fields: Readonly<Record<string, string>>): FieldErrors {
  return Object.fromEntries(
    Object.entries(fields).map(([name, wrong]) => [
      name.replace(/^fields\./, PREFIX),
      wrong === "wrong" ? "invalid" : wrong,
    ]),
  );
}

/** What the rows of a template's tables come to, in numbers; `null` if nothing is added up there. */
export function sumIn({ fields }: Template, values: Readonly<Record<string, unknown>>): string | null {
  const costs = fields.flatMap(({ name, kind, columns }) => {
    const product = kind === "items" ? factors(columns) : null;
    const rows = values[name];
    if (product === null || !Array.isArray(rows)) return [];
    return (rows as Record<string, string>[]).map((row) => costOf(row[product.count] ?? "", row[product.price] ?? ""));
  });
  const sum = sumOf(costs);
  return sum === null ? null : amountInNumbers(amountOfFen(sum));
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
