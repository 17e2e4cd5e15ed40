/**
 * Cuts a TrueType font down to the letters that reports are written in, without hints: `node scripts/subset-font.ts IN.ttf OUT.ttf`. The font
 * files in fonts/ were made by it of DejaVu Sans 2.37. Table formats: OpenType 1.9, "The OpenType Font File".
 */
import { readFileSync, writeFileSync } from "node:fs";
import { LETTERS } from "../src/reports/lettering/letters.ts";

const KEPT_TABLES = ["OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "name", "post"];

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) throw new Error("usage: subset-font.ts IN.ttf OUT.ttf");
writeFileSync(target, subset(readFileSync(source)));

function subset(font: Buffer): Buffer {
  const tables = tablesOf(font);
  const codes = codePoints(tables("cmap"));
  const kept = [...codes].filter(([code]) => LETTERS.some(([from, to]) => code >= from && code <= to));
  const loca = tables("loca");
  const isLong = tables("head").readInt16BE(50) === 1;
  const at = (glyph: number) => (isLong ? loca.readUInt32BE(glyph * 4) : loca.readUInt16BE(glyph * 2) * 2);
  const glyphOf = (glyph: number) => tables("glyf").subarray(at(glyph), at(glyph + 1));
  const glyphs = new Set([0, ...kept.map(([, glyph]) => glyph)]);
  for (const glyph of glyphs) for (const part of partsOf(glyphOf(glyph))) glyphs.add(part.glyph);
  const order = [...glyphs].sort((one, other) => one - other);
  const numberOf = new Map(order.map((glyph, number) => [glyph, number]));
  const outlines = order.map((glyph) => renumbered(Buffer.from(glyphOf(glyph)), numberOf));
  const made: Record<string, Buffer> = {
    "OS/2": tables("OS/2"),
    cmap: cmapOf(kept.map(([code, glyph]) => [code, numberOf.get(glyph) ?? 0])),
    glyf: Buffer.concat(outlines),
    head: patched(tables("head"), (head) => {
      head.writeUInt32BE(0, 8);
      head.writeInt16BE(1, 50);
    }),
    hhea: patched(tables("hhea"), (hhea) => hhea.writeUInt16BE(order.length, 34)),
    hmtx: metricsOf(tables("hmtx"), tables("hhea").readUInt16BE(34), order),
    loca: offsetsOf(outlines),
    maxp: patched(tables("maxp"), (maxp) => maxp.writeUInt16BE(order.length, 4)),
    name: tables("name"),
    post: patched(tables("post").subarray(0, 32), (post) => post.writeUInt32BE(0x0003_0000, 0)),
  };
  return assembled(made);
}

function tablesOf(font: Buffer): (tag: string) => Buffer {
  const found = new Map<string, Buffer>();
  for (let at = 12; at < 12 + 16 * font.readUInt16BE(4); at += 16) {
    const [offset, length] = [font.readUInt32BE(at + 8), font.readUInt32BE(at + 12)];
    found.set(font.toString("latin1", at, at + 4), font.subarray(offset, offset + length));
  }
  return (tag) => {
    const table = found.get(tag);
    if (table === undefined) throw new Error(`the font has no table ${tag}`);
    return table;
  };
}

/** Of the format 12 table, else the format 4 one. */
function codePoints(cmap: Buffer): Map<number, number> {
  const codes = new Map<number, number>();
  const offsets = Array.from({ length: cmap.readUInt16BE(2) }, (_, at) => cmap.readUInt32BE(8 + at * 8));
  const long = offsets.find((offset) => cmap.readUInt16BE(offset) === 12);
  if (long === undefined) throw new Error("the font has no character map of format 12");
  for (let group = 0; group < cmap.readUInt32BE(long + 12); group += 1) {
    const at = long + 16 + group * 12;
    const [from, to, glyph] = [0, 4, 8].map((by) => cmap.readUInt32BE(at + by));
    if (from === undefined || to === undefined || glyph === undefined) continue;
    for (let code = from; code <= to; code += 1) codes.set(code, glyph + code - from);
  }
  return codes;
}

interface Part {
  readonly at: number;
  readonly glyph: number;
  readonly flags: number;
  readonly end: number;
}

/** The parts of a composite glyph. */
function partsOf(outline: Buffer): readonly Part[] {
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return [];
  const parts: Part[] = [];
  for (let at = 10, more = true; more; ) {
    const [flags, glyph] = [outline.readUInt16BE(at), outline.readUInt16BE(at + 2)];
    const scale = (flags & 8) !== 0 ? 2 : (flags & 0x40) !== 0 ? 4 : (flags & 0x80) !== 0 ? 8 : 0;
    const end = at + 4 + ((flags & 1) !== 0 ? 4 : 2) + scale;
    parts.push({ at, glyph, flags, end });
    more = (flags & 0x20) !== 0;
    at = end;
  }
  return parts;
}

/** With the new numbers of its parts, and without instructions. */
function renumbered(outline: Buffer, numberOf: ReadonlyMap<number, number>): Buffer {
  if (outline.length === 0) return outline;
  const parts = partsOf(outline);
  const last = parts.at(-1);
  if (last === undefined) return padded(withoutHints(outline));
  for (const { at, glyph, flags } of parts) {
    outline.writeUInt16BE(flags & ~0x100, at);
    outline.writeUInt16BE(numberOf.get(glyph) ?? 0, at + 2);
  }
  return padded(outline.subarray(0, last.end));
}

function withoutHints(outline: Buffer): Buffer {
  const at = 10 + outline.readInt16BE(0) * 2;
  const length = outline.readUInt16BE(at);
  const head = Buffer.from(outline.subarray(0, at + 2));
  head.writeUInt16BE(0, at);
  return Buffer.concat([head, outline.subarray(at + 2 + length)]);
}

function metricsOf(hmtx: Buffer, count: number, order: readonly number[]): Buffer {
  const made = Buffer.alloc(order.length * 4);
  for (const [number, glyph] of order.entries()) {
    const known = Math.min(glyph, count - 1);
    made.writeUInt16BE(hmtx.readUInt16BE(known * 4), number * 4);
    const side = glyph < count ? glyph * 4 + 2 : count * 4 + (glyph - count) * 2;
    made.writeInt16BE(hmtx.readInt16BE(side), number * 4 + 2);
  }
  return made;
}

function offsetsOf(outlines: readonly Buffer[]): Buffer {
  const made = Buffer.alloc((outlines.length + 1) * 4);
  let offset = 0;
  for (const [at, { length }] of outlines.entries()) {
    offset += length;
    made.writeUInt32BE(offset, (at + 1) * 4);
  }
  return made;
}

function cmapOf(codes: readonly (readonly [number, number])[]): Buffer {
  const groups: [number, number, number][] = [];
  for (const [code, glyph] of codes.toSorted(([one], [other]) => one - other)) {
    const last = groups.at(-1);
    if (last !== undefined && code === last[1] + 1 && glyph === last[2] + code - last[0]) last[1] = code;
    else groups.push([code, code, glyph]);
  }
  const made = Buffer.alloc(12 + 16 + groups.length * 12);
  made.writeUInt16BE(1, 2);
  made.writeUInt16BE(3, 4);
  made.writeUInt16BE(10, 6);
  made.writeUInt32BE(12, 8);
  made.writeUInt16BE(12, 12);
  made.writeUInt32BE(16 + groups.length * 12, 16);
  made.writeUInt32BE(groups.length, 24);
  for (const [at, group] of groups.entries())
    for (const [by, value] of group.entries()) made.writeUInt32BE(value, 28 + at * 12 + by * 4);
  return made;
}

function patched(table: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(table);
  change(copy);
  return copy;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function assembled(tables: Readonly<Record<string, Buffer>>): Buffer {
  const count = KEPT_TABLES.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const head = Buffer.alloc(12 + 16 * count);
  head.writeUInt32BE(0x0001_0000, 0);
  head.writeUInt16BE(count, 4);
  head.writeUInt16BE(power * 16, 6);
  head.writeUInt16BE(Math.log2(power), 8);
  head.writeUInt16BE((count - power) * 16, 10);
  const bodies: Buffer[] = [];
  let offset = head.length;
  for (const [number, tag] of KEPT_TABLES.entries()) {
    const table = tables[tag] ?? Buffer.alloc(0);
    const at = 12 + number * 16;
    head.write(tag, at, "latin1");
    head.writeUInt32BE(checksum(table), at + 4);
    head.writeUInt32BE(offset, at + 8);
    head.writeUInt32BE(table.length, at + 12);
    bodies.push(padded(table));
    offset += padded(table).length;
  }
  const font = Buffer.concat([head, ...bodies]);
  const place = font.readUInt32BE(12 + KEPT_TABLES.indexOf("head") * 16 + 8);
  font.writeUInt32BE((0xb1b0_afba - checksum(font)) >>> 0, place + 8);
  return font;
}

function checksum(bytes: Buffer): number {
  const whole = padded(bytes);
  let sum = 0;
  for (let at = 0; at < whole.length; at += 4) sum = (sum + whole.readUInt32BE(at)) >>> 0;
  return sum;
}
