/** Fields of forms: a label, the input, a hint, and what is wrong with it, tied together for every reader. */
import "../styles/form.css";
import { html, nothing, type TemplateResult } from "lit";
import { catalogue } from "../lib/catalogue";
import { eye, eyeOff } from "./icons";

/** Least length of a password, and least number of different characters: the server's rule, asked early. */
const PASSWORD_LENGTH = 10;
const DIFFERENT_CHARACTERS = 5;

/** Words around fields, and what the server's field errors mean. */
export const fieldTexts = catalogue(
  {
    wrong: {
      required: "请填写这一项",
      choose: "请选择一项",
      "no-login": "请输入用户名",
      "no-password": "请输入密码",
      taken: "这个用户名已有人使用，请换一个",
      "too-long": "太长了，请缩短",
      "too-short": "太短了",
      characters: "含有不能使用的字符",
      weak: "密码太容易猜。请至少用 10 个字符，不要多次重复，不要包含用户名",
      wrong: "当前密码不对",
      same: "新密码与当前密码相同",
      differs: "两次输入的密码不一样",
      invalid: "这一项填写有误",
      form: "格式不对",
      unknown: "本平台没有登记这家企业",
      "too-many": "太多了，请减少",
      "no-amount": "请填写金额，例如 1250000.00",
      sum: "各行合计与合同金额不一致，请核对",
      "before-start": "结束日期不能早于开始日期",
      "no-party": "请选择对方企业",
      "no-file": "请选择合同文件",
      "not-pdf-or-docx": "只能上传 PDF 或 Word（.docx）文件",
      "pdf-too-large": "PDF 太大：不能超过 240 MB",
      "docx-too-large": "Word 文件太大：不能超过 32 MB",
      "empty-file": "这个文件是空的，请换一个",
      "no-number": "请填写数字，例如 1500 或 2.5，小数最多三位",
      "no-rows": "请至少填写一行",
      "no-template": "请选择一个模板",
    },
    optional: "（选填）",
    show: "显示密码",
    hide: "隐藏密码",
    strength: ["", "弱", "尚可", "强"],
    strengthLabel: "密码强度",
    passwordHint: "至少 10 个字符，其中 5 个不同；不要包含用户名。",
  },
  {
    wrong: {
      required: "Fill this in",
      choose: "Choose one",
      "no-login": "Enter your user name",
      "no-password": "Enter your password",
      taken: "This user name is taken; choose another",
      "too-long": "Too long; shorten it",
      "too-short": "Too short",
      characters: "Contains characters that cannot be used",
      weak: "Too easy to guess. Use at least 10 characters, few of them repeated, without your user name",
      wrong: "The current password is wrong",
      same: "The new password is the same as the current one",
      differs: "The two passwords differ",
      invalid: "This is not right",
      form: "The form is not right",
      unknown: "No such enterprise is registered here",
      "too-many": "Too many; leave some out",
      "no-amount": "Enter an amount, such as 1250000.00",
      sum: "The rows do not add up to the contract’s amount; check both",
      "before-start": "The last day is before the first",
      "no-party": "Choose the other party",
      "no-file": "Choose the contract’s file",
      "not-pdf-or-docx": "Only PDF and Word (.docx) files can be uploaded",
      "pdf-too-large": "The PDF is too large: at most 240 MB",
      "docx-too-large": "The Word file is too large: at most 32 MB",
      "empty-file": "This file is empty; choose another",
      "no-number": "Enter a number, such as 1500 or 2.5, with three decimals at most",
      "no-rows": "Fill in at least one row",
      "no-template": "Choose a template",
    },
    optional: "(optional)",
    show: "Show the password",
    hide: "Hide the password",
    strength: ["", "weak", "fair", "strong"],
    strengthLabel: "Strength",
    passwordHint: "At least 10 characters, 5 of them different; without your user name.",
  },
);

/** What is wrong with which field, by the names that client and server share. */
export type FieldErrors = Record<string, string>;

/** A line of text. */
export interface FieldOptions {
  name: string;
  label: string;
  errors: FieldErrors;
  type?: "text" | "tel" | "password" | "date";
  /** What stands there at first. */
  value?: string;
  /** May stay empty. */
  optional?: boolean;
  autocomplete?: AutoFill;
  hint?: string;
  maxlength?: number;
  inputmode?: "numeric" | "decimal" | "text";
  onInput?: (event: InputEvent) => void;
}

/** One field. */
export function field(options: FieldOptions): TemplateResult {
  const {
    name,
    label,
    errors,
    type = "text",
    autocomplete = "off",
    hint,
    maxlength = 64,
    inputmode = "text",
    value,
    optional = false,
  } = options;
  const wrong = errors[name];
  const input = html`<input
    id=${name}
    name=${name}
    type=${type}
    value=${value ?? nothing}
    autocomplete=${autocomplete}
    autocapitalize="none"
    spellcheck="false"
    inputmode=${inputmode}
    maxlength=${maxlength}
    ?required=${!optional}
    aria-invalid=${wrong !== undefined}
    aria-describedby="${name}-wrong ${hint ? `${name}-hint` : ""}"
    @input=${options.onInput ?? nothing}
  />`;
  return html`<div class="field">
    <label for=${name}>${label}${optional ? html` <span class="quiet optional">${fieldTexts().optional}</span>` : nothing}</label>
    ${type === "password" ? html`<div class="reveal">${input} ${revealButton()}</div>` : input}
    ${hint ? html`<span class="hint" id="${name}-hint">${hint}</span>` : nothing}
    <span class="wrong" id="${name}-wrong">${wrong === undefined ? "" : errorWord(wrong)}</span>
  </div>`;
}

/** Several lines of text. */
export function area(options: FieldOptions & { rows?: number }): TemplateResult {
  const { name, label, errors, hint, maxlength = 4000, value = "", optional = false, rows = 5 } = options;
  const wrong = errors[name];
  return html`<div class="field whole">
    <label for=${name}>${label}${optional ? html` <span class="quiet optional">${fieldTexts().optional}</span>` : nothing}</label>
    <textarea
      id=${name}
      name=${name}
      rows=${rows}
      maxlength=${maxlength}
      ?required=${!optional}
      aria-invalid=${wrong !== undefined}
      aria-describedby="${name}-wrong ${hint ? `${name}-hint` : ""}"
      @input=${options.onInput ?? nothing}
      .defaultValue=${value}
    ></textarea>
    ${hint ? html`<span class="hint" id="${name}-hint">${hint}</span>` : nothing}
    <span class="wrong" id="${name}-wrong">${wrong === undefined ? "" : errorWord(wrong)}</span>
  </div>`;
}

/** How good a new password is: 0 nothing, 1 weak, 2 fair, 3 strong. */
export function strength(password: string, login = ""): number {
  if (password === "") return 0;
  if (weakPassword(password, login)) return 1;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^\w]/].filter((kind) => kind.test(password)).length;
  return password.length >= 16 || (password.length >= 12 && kinds >= 3) ? 3 : 2;
}

/** Too easy to guess for the platform. */
export function weakPassword(password: string, login = ""): boolean {
  const named = login !== "" && password.toLowerCase().includes(login.toLowerCase());
  const characters = [...password];
  return named || characters.length < PASSWORD_LENGTH || new Set(characters).size < DIFFERENT_CHARACTERS;
}

/** The strength as a bar and in a word. */
export function meter(password: string, login = ""): TemplateResult {
  const t = fieldTexts();
  const level = strength(password, login);
  return html`<p class="meter" data-level=${level} role="status">
    <i></i><i></i><i></i>
    <span>${level ? `${t.strengthLabel}: ${t.strength[level]}` : nothing}</span>
  </p>`;
}

/** All text of a form by field name; passwords as typed, the rest without spaces around it. */
export function values(form: HTMLFormElement): Record<string, string> {
  const entries = [...new FormData(form)].map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(entries.map(([name, value]) => [name, name.includes("assword") ? value : value.trim()]));
}

/** Takes the person to the first field that is wrong. */
export function focusFirstWrong(form: HTMLElement): void {
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

/** What is wrong, in words. */
export function errorWord(code: string): string {
  const words: Readonly<Partial<Record<string, string>>> = fieldTexts().wrong;
  return words[code] ?? fieldTexts().wrong.invalid;
}

function revealButton(): TemplateResult {
  const t = fieldTexts();
  return html`<button class="reveal-button" type="button" aria-label=${t.show} aria-pressed="false" @click=${reveal}>
    <span class="covered">${eye}</span><span class="open">${eyeOff}</span>
  </button>`;
}

/** State of one input that no one else needs: it stays in the document. */
function reveal(event: Event): void {
  const button = event.currentTarget as HTMLButtonElement;
  const input = button.parentElement?.querySelector("input");
  if (!input) return;
  const shown = input.type === "password";
  input.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  button.setAttribute("aria-label", shown ? fieldTexts().hide : fieldTexts().show);
}
