/**
 * Hyperliquid's `userFills`, `userFillsByTime` and `userFunding`: a list of fills or payments, pages of such lists, the stream's messages, or pairs of a
 * leader and a follower with their answers. One position for each coin, its size before each fill said, `fee` positive when
 * paid, `closedPnl` before fees. The answer does not name the account.
 */
import type { FillKind, TraderFillRecord, TraderKey } from "../../store/trader-store.ts";
import { type FillColumns, fillOfText, msOfDigits, timeReason } from "./fill-text.ts";
import type { HistoryReader, ImportItem, ReaderOptions } from "./format.ts";
import { fieldText, type JsonFields, type JsonRecord, JsonRecords, jsonFields } from "./json-records.ts";

const VENUE = "hyperliquid";
const QUOTE = "USDC";
const COLUMNS: FillColumns = {
  time: "time",
  symbol: "coin",
  side: "side",
  leg: "",
  price: "px",
  quantity: "sz",
  realizedPnl: "closedPnl",
  fee: "fee",
  positionBefore: "startPosition",
  closedQuantity: "",
  leverage: "",
  paidIsPositive: true,
};
/** Spot pairs have a slash or a number instead of a coin. */
const SPOT = /^@|\//;
const KINDS: readonly (readonly [RegExp, FillKind])[] = [
  [/^Liquidated/, "liquidation"],
  [/^Auto-Deleveraging/, "deleveraging"],
  [/^Settlement/, "settlement"],
];

export function isHyperliquid(head: string): boolean {
  const isFills = head.includes('"startPosition"') && head.includes('"coin"');
  const isFunding = head.includes('"fundingRate"') && head.includes('"usdc"');
  return /^\s*[[{]/.test(head) && (isFills || isFunding);
}

export function hyperliquidReader({ emit, trader, head }: ReaderOptions): HistoryReader {
  let name = trader;
  // A list at the top holds either fills or whole answers.
  const isNested = /"(fills|response)"\s*:\s*\[/.test(head);
  const keyOf = (path: string): TraderKey => {
    const [role = ""] = path.split(".");
    return { venue: VENUE, trader: role === "leader" || role === "follower" ? `${name}-${role}` : name };
  };
  const records = new JsonRecords({
    isRecordList: (path) => (isNested ? /(^|\.)(fills|response)\[\]$/ : /^(\[\])+$/).test(path),
    onScalar: (path, value, line) => {
      if (path === "pair" && isName(value)) name = value;
      if (/(^|\.)user$/.test(path) && /^0x[0-9a-fA-F]{40}$/.test(value)) name = value.toLowerCase();
      if (/(^|\.)retrieved_at_ms$/.test(path)) emit(retrievedAt(value, line));
    },
    onRecord: (record) => emitRecord(record, keyOf(record.path)),
    onBroken: (line, reason, text) =>
      emit({ kind: "rejected", key: null, at: { line, record: 0 }, reason, text }),
  });
  const emitRecord = ({ text, line }: JsonRecord, key: TraderKey) => {
    const fields = jsonFields(text);
    const at = { line, record: 0 };
    const delta = fields === null ? undefined : fields.delta;
    const coin = fields === null ? "" : fieldText(fields, "coin");
    if (SPOT.test(coin)) return emit({ kind: "skipped", why: "spot fills" });
    const fill =
      fields === null
        ? "this is no JSON object"
        : delta === undefined
          ? fillOf(fields)
          : fundingOf(fields, delta);
    if (typeof fill === "string") emit({ kind: "rejected", key, at, reason: fill, text });
    else emit({ kind: "fill", key, fill, at });
  };
  return { unreadColumns: [], push: (text) => records.push(text), end: () => records.end() };
}

function retrievedAt(text: string, line: number): ImportItem {
  const atMs = msOfDigits(text);
  const wrong = timeReason(atMs);
  if (wrong === null) return { kind: "retrieved", atMs };
  return {
    kind: "rejected",
    key: null,
    at: { line, record: 0 },
    reason: `retrieved_at_ms: ${wrong}`,
    text: text.slice(0, 500),
  };
}

function fillOf(fields: JsonFields): TraderFillRecord | string {
  const text = (name: string) => fieldText(fields, name);
  const missing = ["coin", "px", "sz", "side", "time", "startPosition", "closedPnl"].filter(
    (name) => text(name) === "",
  );
  if (missing.length > 0) return `${missing.join(", ")} is missing`;
  const time = text("time");
  // The shape of 2023 has no feeToken. Markets of builders (`xyz:CL`) may be counted in another dollar than the venue's own.
  const feeAsset = text("feeToken") || QUOTE;
  const quoteAsset = text("coin").includes(":") ? feeAsset : QUOTE;
  return fillOfText(
    {
      kind: KINDS.find(([pattern]) => pattern.test(text("dir")))?.[1] ?? "trade",
      timeMs: msOfDigits(time),
      symbol: text("coin"),
      quoteAsset,
      side: text("side"),
      leg: "net",
      price: text("px"),
      quantity: text("sz"),
      realizedPnl: text("closedPnl"),
      fee: text("fee"),
      feeAsset,
      liquidity: liquidityOf(text("crossed")),
      tradeId: text("tid"),
      orderId: text("oid"),
      positionBefore: text("startPosition"),
      closedQuantity: "",
      leverage: "",
    },
    COLUMNS,
  );
}

/** An answer of `userFunding`: what was held (`szi`), and the cash, positive when received. */
function fundingOf(fields: JsonFields, delta: unknown): TraderFillRecord | string {
  if (typeof delta !== "object" || delta === null || Array.isArray(delta)) return "delta is no object";
  const text = (name: string) => fieldText(delta as JsonFields, name);
  if (text("type") !== "funding") return `delta.type: ${JSON.stringify(text("type"))} is not funding`;
  const missing = ["coin", "usdc", "szi"].filter((name) => text(name) === "");
  if (missing.length > 0) return `${missing.join(", ")} is missing`;
  const size = text("szi");
  const time = fieldText(fields, "time");
  return fillOfText(
    {
      kind: "funding",
      timeMs: msOfDigits(time),
      symbol: text("coin"),
      quoteAsset: QUOTE,
      side: size.startsWith("-") ? "sell" : "buy",
      leg: "net",
      price: "",
      quantity: size.replace(/^-/, ""),
      realizedPnl: "",
      fee: text("usdc"),
      feeAsset: QUOTE,
      liquidity: "unknown",
      tradeId: "",
      orderId: "",
      positionBefore: "",
      closedQuantity: "",
      leverage: "",
    },
    { ...COLUMNS, quantity: "szi", fee: "usdc", paidIsPositive: false },
  );
}

function liquidityOf(crossed: string): TraderFillRecord["liquidity"] {
  if (crossed === "true") return "taker";
  return crossed === "false" ? "maker" : "unknown";
}

function isName(text: string): boolean {
  return /^[\w.-]{1,60}$/.test(text);
}
