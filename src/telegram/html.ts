/**
 * Text for Telegram's HTML mode. What users or venues supply becomes markup in one place only (`escaped`), and by type: a message is
 * made of `Html`, and a plain string in a template is escaped. Names of others go through `code`: Telegram makes no link, mention
 * or command of what stands in it.
 */

/** Longer texts of others are cut. */
const TEXT_MAX = 1_000;

export class Html {
  readonly markup: string;

  /** Of markup that is sound; for this file alone. */
  private constructor(markup: string) {
    this.markup = markup;
  }

  static of(markup: string): Html {
    return new Html(markup);
  }
}

type Part = Html | string | number | readonly Html[];

/** `html\`<b>${name}</b>\``: what is filled in is escaped unless it is Html; a list is put in line by line. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const filled = strings.map((text, index) => {
    const part = parts[index];
    return part === undefined ? text : `${text}${markupOf(part)}`;
  });
  return Html.of(filled.join(""));
}

function markupOf(part: Part): string {
  if (part instanceof Html) return part.markup;
  if (typeof part === "object") return lines(part).markup;
  return inert(escaped(String(part)));
}

/** In sentences of others too, nothing becomes a link or a command that a touch sends: a joiner that nobody sees parts it. */
function inert(markup: string): string {
  return markup.replace(/(?:[/@]|(?<=\p{L})\.)(?=\p{L})/gu, "$&\u2060");
}

/** One under the other. */
export function lines(parts: readonly Html[]): Html {
  return Html.of(parts.map(({ markup }) => markup).join("\n"));
}

/** A name, a symbol, an id: in type of one width, and never a link. */
export function code(text: string): Html {
  return Html.of(`<code>${escaped(text)}</code>`);
}

/** THE escape: one line without characters that control anything (not even the direction of writing), and no markup. */
export function escaped(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, " ");
  return shortened(plain, TEXT_MAX).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Cut between characters, never inside one. */
function shortened(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(lengthMax - 1)) ? lengthMax - 1 : lengthMax;
  return `${text.slice(0, end)}...`;
}

/** For places without markup: answers to a button, buttons, captions that are counted in bytes. */
export function plainText(text: string, lengthMax: number): string {
  return shortened(text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]+/gu, " ").trim(), lengthMax - 3);
}

/** Without its markup: what is sent where Telegram refuses it. */
export function withoutMarkup({ markup }: Html): string {
  return markup
    .replace(/<\/?[a-z]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
