/**
 * The recorded and documented messages of Bybit V5 by what they are: answers by method and path, stream messages by
 * topic, acknowledgements by operation. Read from the shared reference data.
 */
import { readdirSync, readFileSync } from "node:fs";
import { sharedPath } from "../../shared.ts";
import { asRecord, isRecord } from "./clients.ts";

/** What a message is, for example `GET /v5/position/list`, `topic order`, `answer order.create`. */
export type MessageName = string;

const FOLDER = "data/venue/bybit_v5";

/** Files of the third collection say nothing about themselves but their name. */
const NAMED_FILES: Readonly<Record<string, MessageName>> = {
  http_get_account_info: "GET /v5/account/info",
  http_get_executions: "GET /v5/execution/list",
  http_get_funding_history: "GET /v5/market/funding/history",
  http_get_instruments_linear: "GET /v5/market/instruments-info",
  http_get_klines_linear: "GET /v5/market/kline",
  http_get_orderbook: "GET /v5/market/orderbook",
  http_get_orders_history: "GET /v5/order/history",
  http_get_orders_realtime: "GET /v5/order/realtime",
  http_get_positions: "GET /v5/position/list",
  http_get_user_query_api: "GET /v5/user/query-api",
  http_get_wallet_balance: "GET /v5/account/wallet-balance",
};

export function loadReferences(): Map<MessageName, unknown[]> {
  const found = new Map<MessageName, unknown[]>();
  const add = (name: MessageName, sample: unknown): void => {
    found.set(name, [...(found.get(name) ?? []), sample]);
  };
  for (const file of files("docs")) addDocumented(file.content, add);
  for (const file of files("community")) addCommunity(file.content, add);
  for (const file of files("nautilus")) addNamed(file.name, file.content, add);
  return found;
}

type Add = (name: MessageName, sample: unknown) => void;

function files(folder: string): { readonly name: string; readonly content: unknown }[] {
  const path = sharedPath(`${FOLDER}/${folder}`);
  return readdirSync(path)
    .filter((name) => name.endsWith(".json"))
    .map((name) => ({
      name: name.slice(0, -5),
      content: JSON.parse(readFileSync(`${path}/${name}`, "utf8")),
    }));
}

function addDocumented(content: unknown, add: Add): void {
  const page = asRecord(content);
  const endpoints = Array.isArray(page.endpoint) ? page.endpoint.map(asRecord) : [];
  const examples = Array.isArray(page.json_examples) ? page.json_examples : [];
  for (const example of examples.map(repaired)) {
    if (!isRecord(example)) continue;
    for (const endpoint of endpoints) {
      if (isRecord(example.result)) addAnswer(`${endpoint.method} ${endpoint.path}`, example, add);
    }
    addSocketMessage(example, add);
  }
}

/** Examples with elisions stand in the data as text; what is left of them is still JSON. */
function repaired(example: unknown): unknown {
  const text = isRecord(example) ? example._unparsed_text : undefined;
  if (typeof text !== "string") return example;
  const first = text.slice(text.indexOf("{"), firstObjectEnd(text));
  const plain = first.replaceAll(/\.{3,},?/g, "").replaceAll(/,(\s*[\]}])/g, "$1");
  try {
    return JSON.parse(plain);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function firstObjectEnd(text: string): number {
  let depth = 0;
  for (let at = text.indexOf("{"); at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Its rows are the same in every category, and the one example happens to be of spot. */
const SAME_IN_ALL_CATEGORIES = new Set(["GET /v5/market/recent-trade"]);

/** Answers about other categories than linear and inverse have other rows. */
function addAnswer(name: MessageName, answer: Record<string, unknown>, add: Add): void {
  const category = asRecord(answer.result).category;
  const foreign = category === "spot" || category === "option";
  if (foreign && !SAME_IN_ALL_CATEGORIES.has(name)) return;
  add(name, answer);
}

function addSocketMessage(message: Record<string, unknown>, add: Add): void {
  if (typeof message.topic === "string") {
    const name = topicName(message.topic);
    if (!message.topic.includes("-")) add(`topic ${name}`, message);
  } else if (typeof message.op === "string" && message.args === undefined) {
    const dialect = message.retCode === undefined ? "answer" : "trade answer";
    add(`${dialect} ${message.op}`, message);
  } else if (message.op === "pong") {
    add("answer pong", message);
  }
}

/** `orderbook.50.BTCUSDT` and `kline.5.BTCUSDT` without their parameters. */
export function topicName(topic: string): string {
  if (topic.startsWith("execution.fast")) return "execution.fast";
  return topic.split(".")[0] ?? topic;
}

function addCommunity(content: unknown, add: Add): void {
  const file = asRecord(content);
  if (file.kind === "rest" && isRecord(file.response)) {
    if (!isRecord(file.response.result)) return;
    addAnswer(`${file.method} ${file.path}`, file.response, add);
  }
  const lines = file.lines;
  if (typeof lines !== "string") return;
  const pushed = lines.slice(lines.indexOf("=") + 1);
  const message: unknown = JSON.parse(pushed.slice(pushed.indexOf("{")));
  if (isRecord(message)) addSocketMessage(message, add);
}

function addNamed(name: string, content: unknown, add: Add): void {
  const known = NAMED_FILES[name];
  if (known !== undefined) add(known, content);
  else if (name.startsWith("ws_") && isRecord(content)) addSocketMessage(content, add);
}
