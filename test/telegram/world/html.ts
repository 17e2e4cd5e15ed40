/**
 * `parse_mode: HTML` as the Bot API reads it: a few tags, properly nested, and four named entities; everything else refuses the whole
 * message. Offsets in refusals are bytes, those of entities UTF-16 units.
 */
import { badRequest, type Refusal } from "./refusal.ts";
import type { Entity } from "./shapes.ts";

export interface Formatted {
  readonly text: string;
  readonly entities: readonly Entity[];
}

const TYPES: Readonly<Record<string, string>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  a: "text_link",
  code: "code",
  pre: "pre",
  blockquote: "blockquote",
  "tg-emoji": "custom_emoji",
};

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

interface Opened {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly offset: number;
  readonly at: number;
}

export function readHtml(source: string): Formatted {
  const opened: Opened[] = [];
  const entities: Entity[] = [];
  let text = "";
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf("<", at);
    text += decoded(source.slice(at, next < 0 ? source.length : next));
    if (next < 0) break;
    const end = endOfTag(source, next);
    if (source[next + 1] === "/") {
      const last = opened.pop();
      if (last === undefined) throw unparsed(`Unexpected end tag at byte offset ${bytes(source, next)}`);
      const name = source
        .slice(next + 2, end)
        .trim()
        .toLowerCase();
      if (name !== "" && name !== last.name)
        throw unparsed(
          `Unmatched end tag at byte offset ${bytes(source, next)}, expected "</${last.name}>", found "</${name}>"`,
        );
      if (text.length > last.offset) entities.push(entityOf(last, text.length));
    } else opened.push(openedTag(source, next, end, text.length));
    at = end + 1;
  }
  const left = opened.at(-1);
  if (left !== undefined) throw unparsed(`Can't find end tag corresponding to start tag "${left.name}"`);
  return { text, entities: entities.sort((one, other) => one.offset - other.offset) };
}

/** Where the tag's `>` stands; not one within a quoted attribute. */
function endOfTag(source: string, from: number): number {
  let quote = "";
  for (let at = from + 1; at < source.length; at += 1) {
    const sign = source[at] ?? "";
    if (quote !== "") quote = sign === quote ? "" : quote;
    else if (sign === ">") return at;
    else if ((sign === '"' || sign === "'") && source[at - 1] === "=") quote = sign;
  }
  const kind = source[from + 1] === "/" ? "end" : "start";
  throw unparsed(`Unclosed ${kind} tag at byte offset ${bytes(source, from)}`);
}

function openedTag(source: string, from: number, end: number, offset: number): Opened {
  const inside = source.slice(from + 1, end);
  const name = (/^[^\s>]*/.exec(inside)?.[0] ?? "").toLowerCase();
  const attributes: Record<string, string> = {};
  for (const [, key = "", ...values] of inside.matchAll(
    /\s([a-z-]+)(?:=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi,
  ))
    attributes[key.toLowerCase()] = decoded(values.find((value) => value !== undefined) ?? "");
  if (TYPES[name] === undefined)
    throw unparsed(`Unsupported start tag "${name}" at byte offset ${bytes(source, from)}`);
  if (name === "span" && attributes.class !== "tg-spoiler")
    throw unparsed(`Tag "span" must have class "tg-spoiler" at byte offset ${bytes(source, from)}`);
  return { name, attributes, offset, at: from };
}

function entityOf({ name, attributes, offset }: Opened, end: number): Entity {
  const entity = { type: TYPES[name] ?? name, offset, length: end - offset };
  return name === "a" && attributes.href !== undefined ? { ...entity, url: attributes.href } : entity;
}

/** An entity that is not known stays as it is written. */
function decoded(source: string): string {
  return source.replaceAll(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
      ? String.fromCodePoint(code)
      : whole;
  });
}

function bytes(source: string, at: number): number {
  return Buffer.byteLength(source.slice(0, at));
}

function unparsed(why: string): Refusal {
  return badRequest(`can't parse entities: ${why}`);
}
