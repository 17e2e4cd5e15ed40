/**
 * Sums of products of four rows with many, two numbers at a time: a WebAssembly function that is put together here, byte by byte, as no
 * tool is needed for so little. Eight sums are in the processor's registers at once and none waits for another.
 *
 * Source of the encoding: WebAssembly Core Specification, binary format; vector instructions and relaxed SIMD.
 */
import { STRIDE_STEP } from "./standardised.ts";

/** `rows` is even; pointers and `stride` are bytes, the stride a multiple of STEP_BYTES. Writes four rows of `rows` sums to `out`. */
export type DotKernel = (four: number, many: number, rows: number, stride: number, out: number) => void;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The part of the platform's WebAssembly that is used here. */
interface WasmPlatform {
  readonly Memory: new (limits: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly dots: DotKernel } };
  validate(bytes: Uint8Array): boolean;
}

/** A row is gone through by so much at a time. */
const STEP_BYTES = 8 * STRIDE_STEP;
const PAGE_BYTES = 65_536;

export interface DotMachine {
  readonly memory: ArrayBuffer;
  readonly kernel: DotKernel;
}

/** Compiled once: the platform makes the code quicker as it runs. Null where there are no vector instructions. */
let compiled: object | null | undefined;
/** The last machine, as fresh memory costs a tenth of the whole; none beyond this size. */
let kept: DotMachine | null = null;
const KEPT_BYTES_MAX = 16_777_216;

/** A kernel with at least `bytes` of memory, in which anything may stand; null where the platform has no vector instructions. */
export function dotMachine(bytes: number): DotMachine | null {
  if (kept !== null && kept.memory.byteLength >= bytes) return kept;
  const platform = (globalThis as { readonly WebAssembly?: WasmPlatform }).WebAssembly;
  if (platform === undefined) return null;
  compiled ??= compile(platform);
  if (compiled === null) return null;
  const memory = new platform.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
  const { exports } = new platform.Instance(compiled, { env: { memory } });
  const made = { memory: memory.buffer, kernel: exports.dots };
  if (bytes <= KEPT_BYTES_MAX) kept = made;
  return made;
}

function compile(platform: WasmPlatform): object | null {
  const code = [moduleOf("fused"), moduleOf("apart")].find((one) => platform.validate(one));
  return code === undefined ? null : new platform.Module(code);
}

/** Multiplying and adding in one instruction, or in two where the platform does not know the one. */
type Arithmetic = "fused" | "apart";

type Bytes = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const FOUR = [0, 1, 2, 3] as const;
const TWO = [0, 1] as const;

/** Parameters, then the variables. */
const LOCAL = {
  four: 0,
  many: 1,
  rows: 2,
  stride: 3,
  out: 4,
  end: 5,
  top: 6,
  bottom: 10,
  write: 12,
  width: 16,
  sum: 17,
  left: 25,
  right: 29,
};
const NUMBERS = LOCAL.sum - LOCAL.end;
const VECTORS = LOCAL.right + 2 - LOCAL.sum;

function moduleOf(arithmetic: Arithmetic): Uint8Array {
  const type = vector([[0x60, ...vector(new Array<Bytes>(5).fill([I32])), 0]]);
  const imported = vector([[...name("env"), ...name("memory"), 0x02, 0x00, 0x01]]);
  const exported = vector([[...name("dots"), 0x00, 0x00]]);
  const locals = vector([
    [NUMBERS, I32],
    [VECTORS, V128],
  ]);
  const body = [...locals, ...bodyOf(arithmetic), 0x0b];
  const code = vector([[...unsigned(body.length), ...body]]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, type),
    ...section(2, imported),
    ...section(3, vector([[0]])),
    ...section(7, exported),
    ...section(10, code),
  ]);
}

/** For each two of the many rows: eight sums along the days, then their storing. */
function bodyOf(arithmetic: Arithmetic): Bytes {
  const { four, many, rows, stride, out, end, top, bottom, write, width, sum } = LOCAL;
  return [
    ...[...get(rows), ...constant(3), 0x74, ...set(width)],
    ...FOUR.flatMap((row) => [...get(out), ...get(width), ...constant(row), 0x6c, 0x6a, ...set(write + row)]),
    ...[...get(out), ...get(width), 0x6a, ...set(end)],
    ...loop([
      ...FOUR.flatMap((row) => [
        ...get(four),
        ...get(stride),
        ...constant(row),
        0x6c,
        0x6a,
        ...set(top + row),
      ]),
      ...TWO.flatMap((row) => [
        ...get(many),
        ...get(stride),
        ...constant(row),
        0x6c,
        0x6a,
        ...set(bottom + row),
      ]),
      ...[...get(bottom + 1), ...set(many)],
      ...[0, 1, 2, 3, 4, 5, 6, 7].flatMap((at) => [...ZEROS, ...set(sum + at)]),
      ...loop([
        ...FOUR.flatMap((step) => accumulated(arithmetic, 16 * step)),
        ...[...FOUR.map((row) => top + row), ...TWO.map((row) => bottom + row)].flatMap((pointer) =>
          advanced(pointer, STEP_BYTES),
        ),
        // The first of the two rows ends where the second begins.
        ...[...get(bottom), ...get(many), 0x49],
      ]),
      ...[...get(many), ...get(stride), 0x6a, ...set(many)],
      ...FOUR.flatMap((row) => TWO.flatMap((column) => stored(row, column))),
      ...FOUR.flatMap((row) => advanced(write + row, 16)),
      ...[...get(write), ...get(end), 0x49],
    ]),
  ];
}

/** Eight sums go on by the two days at `offset` bytes. */
function accumulated(arithmetic: Arithmetic, offset: number): Bytes {
  const { top, bottom, sum, left, right } = LOCAL;
  const load = (pointer: number, target: number) => [
    ...get(pointer),
    0xfd,
    0x00,
    0x03,
    ...unsigned(offset),
    ...set(target),
  ];
  return [
    ...FOUR.flatMap((row) => load(top + row, left + row)),
    ...TWO.flatMap((row) => load(bottom + row, right + row)),
    ...FOUR.flatMap((row) =>
      TWO.flatMap((column) => {
        const at = sum + 2 * row + column;
        const factors = [...get(left + row), ...get(right + column)];
        if (arithmetic === "fused") return [...factors, ...get(at), 0xfd, 0x87, 0x02, ...set(at)];
        return [...get(at), ...factors, 0xfd, 0xf2, 0x01, 0xfd, 0xf0, 0x01, ...set(at)];
      }),
    ),
  ];
}

/** Both halves of a sum, added. */
function stored(row: number, column: number): Bytes {
  const at = LOCAL.sum + 2 * row + column;
  const lane = (index: number) => [...get(at), 0xfd, 0x21, index];
  return [...get(LOCAL.write + row), ...lane(0), ...lane(1), 0xa0, 0x39, 0x03, ...unsigned(8 * column)];
}

const ZEROS: Bytes = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const get = (local: number): Bytes => [0x20, ...unsigned(local)];
const set = (local: number): Bytes => [0x21, ...unsigned(local)];
/** Signed LEB128, below 8,192. */
const constant = (value: number): Bytes =>
  value < 0x40 ? [0x41, value] : [0x41, (value & 0x7f) | 0x80, value >>> 7];
const advanced = (pointer: number, bytes: number): Bytes => [
  ...get(pointer),
  ...constant(bytes),
  0x6a,
  ...set(pointer),
];
/** Runs again while what the body leaves is not zero. */
const loop = (body: Bytes): Bytes => [0x03, 0x40, ...body, 0x0d, 0x00, 0x0b];
const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];
const vector = (items: readonly Bytes[]): Bytes => [...unsigned(items.length), ...items.flat()];
const name = (text: string): Bytes => vector([...text].map((letter) => [letter.charCodeAt(0)]));

/** LEB128. */
function unsigned(value: number): Bytes {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
