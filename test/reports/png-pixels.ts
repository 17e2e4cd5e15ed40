/** The pixels of a PNG of eight bits and four channels without interlacing, as reports are made. Source: PNG specification, third edition, 9.2. */
import { inflateSync } from "node:zlib";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, opacity of each, row by row. */
  readonly values: Uint8Array;
}

const CHANNELS = 4;

export function pixelsOf(png: Buffer): Pixels {
  const pieces: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") pieces.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 6 || png[28] !== 0)
    throw new Error("no PNG of eight bits and four channels");
  return { width, height, values: unfiltered(inflateSync(Buffer.concat(pieces)), width, height) };
}

function unfiltered(rows: Buffer, width: number, height: number): Uint8Array {
  const bytes = width * CHANNELS;
  const values = new Uint8Array(bytes * height);
  for (let row = 0; row < height; row += 1) {
    const filter = rows[row * (bytes + 1)] ?? 0;
    for (let at = 0; at < bytes; at += 1) {
      const place = row * bytes + at;
      const left = at < CHANNELS ? 0 : (values[place - CHANNELS] ?? 0);
      const above = row === 0 ? 0 : (values[place - bytes] ?? 0);
      const corner = at < CHANNELS || row === 0 ? 0 : (values[place - bytes - CHANNELS] ?? 0);
      const raw = rows[row * (bytes + 1) + 1 + at] ?? 0;
      values[place] = raw + predicted(filter, left, above, corner);
    }
  }
  return values;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return Math.floor((left + above) / 2);
    case 4: {
      const distance = (one: number) => Math.abs(left + above - corner - one);
      if (distance(left) <= distance(above) && distance(left) <= distance(corner)) return left;
      return distance(above) <= distance(corner) ? above : corner;
    }
    default:
      return 0;
  }
}
