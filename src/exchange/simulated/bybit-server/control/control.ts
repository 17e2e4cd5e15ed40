/**
 * The control interface: JSON over HTTP under /control, for tests, demos and benchmarks to set accounts, prices and
 * faults and to read what happened. It is the one thing that listens without a key, so it exists only when asked for,
 * answers loopback only, and refuses requests that a web page could have caused (Host, Origin, content type).
 */
import type { InstrumentSettings } from "../../venue-types.ts";
import { DEFAULT_PERMISSIONS, type Permissions } from "../accounts.ts";
import type { ExchangeState } from "../exchange-state.ts";
import type { HttpRequest } from "../http-parser.ts";
import { isRecord } from "../parameters.ts";
import { fillRow } from "../rows/execution-row.ts";
import { instrumentRow, restTickerRow } from "../rows/market-rows.ts";
import { restOrderRow } from "../rows/order-row.ts";
import { restPositionRow } from "../rows/position-row.ts";
import type { HttpAnswer } from "../wire.ts";
import { readFaults } from "./fault-reader.ts";
import { readPast } from "./past-reader.ts";
import { ControlError, ControlReader, decimalText, textList } from "./reader.ts";

/** What the control interface may do besides asking the venue. */
export interface ControlHost {
  readonly state: ExchangeState;
  /** Connections of an account that was made anew are closed. */
  disconnectAccount(apiKey: string): void;
  /** Closes what the present faults do not allow. */
  applyStreamFaults(): void;
}

type Handler = (host: ControlHost, name: string, body: unknown) => string;

const HANDLERS: Readonly<Record<string, Handler>> = {
  "PUT accounts": putAccount,
  "GET accounts": getAccount,
  "PUT prices": putPrice,
  "GET prices": getPrice,
  "PUT faults": putFaults,
  "GET faults": getFaults,
  "POST transfers": postTransfer,
  "PUT funding": putFunding,
  "GET funding": getFunding,
  "POST history": postHistory,
  "PUT instruments": putInstrument,
  "GET instruments": getInstrument,
};
const RESOURCES = new Set(Object.keys(HANDLERS).map((key) => key.split(" ")[1]));
const NAME = /^[A-Za-z0-9_.-]{1,64}$/;
const LOOPBACK_HOST = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/i;

export function isControlPath(path: string): boolean {
  return path === "/control" || path.startsWith("/control/");
}

export function handleControl(host: ControlHost, request: HttpRequest, address: string): HttpAnswer {
  try {
    checkOrigin(request, address);
    const [, , resource = "", rawName = "", ...rest] = request.path.split("/");
    if (!RESOURCES.has(resource) || rest.length > 0)
      throw new ControlError(404, `no such resource: ${request.path}`);
    const handler = HANDLERS[`${request.method} ${resource}`];
    if (handler === undefined) throw new ControlError(405, `${request.method} is not allowed here`);
    const body = request.method === "GET" ? undefined : readBody(request);
    return { status: 200, headers: "", body: handler(host, readName(rawName), body) };
  } catch (error) {
    if (error instanceof ControlError) return failure(error.status, error.message);
    // The venue's own refusals of a price or a filter.
    if (error instanceof RangeError) return failure(400, error.message);
    throw error;
  }
}

function failure(status: number, message: string): HttpAnswer {
  return { status, headers: "", body: JSON.stringify({ error: message }) };
}

function checkOrigin(request: HttpRequest, address: string): void {
  if (!isLoopback(address)) throw new ControlError(403, "loopback only");
  const host = request.headers.get("host") ?? "";
  if (!LOOPBACK_HOST.test(host)) throw new ControlError(403, "Host must be a loopback address");
  const origin = request.headers.get("origin");
  if (origin !== undefined && origin !== `http://${host}`) throw new ControlError(403, "foreign Origin");
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || plain.startsWith("127.");
}

function readBody(request: HttpRequest): unknown {
  const type = request.headers.get("content-type");
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new ControlError(415, "the content type must be application/json");
  }
  try {
    return JSON.parse(request.body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) throw new ControlError(400, "the body is not JSON");
    throw error;
  }
}

function readName(name: string): string {
  if (name !== "" && !NAME.test(name)) {
    throw new ControlError(400, "names hold A-Z a-z 0-9 _ . - and at most 64 characters");
  }
  return name;
}

function requireName(name: string): string {
  if (name === "") throw new ControlError(404, "a name is missing in the path");
  return name;
}

const ACCOUNT_KEYS = ["apiSecret", "balances", "positionMode", "permissions", "readOnly", "ips"];

function putAccount(host: ControlHost, name: string, body: unknown): string {
  const apiKey = requireName(name);
  const { state } = host;
  const reader = new ControlReader(body, ACCOUNT_KEYS);
  const positionMode = reader.text("positionMode") ?? "one-way";
  if (positionMode !== "one-way" && positionMode !== "hedge") {
    throw new ControlError(400, `positionMode: "one-way" or "hedge" is expected`);
  }
  const setup = {
    apiSecret: reader.requiredText("apiSecret"),
    permissions: readPermissions(reader.record("permissions")),
    readOnly: reader.flag("readOnly") ?? false,
    ips: reader.texts("ips") ?? [],
  };
  const balances = readBalances(reader.record("balances") ?? {});
  host.disconnectAccount(apiKey);
  state.venue.resetAccount(apiKey, { balances, positionMode });
  const account = state.accounts.set(apiKey, setup, state.environment.nowMs());
  state.userLimits.forget(account.userText);
  return JSON.stringify({ apiKey, userId: account.uid, balances, positionMode });
}

function readPermissions(record: Readonly<Record<string, unknown>> | undefined): Permissions {
  if (record === undefined) return DEFAULT_PERMISSIONS;
  return Object.fromEntries(
    Object.entries(record).map(([group, rights]) => [group, textList(rights, `permissions.${group}`)]),
  );
}

function readBalances(record: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const entries = Object.entries(record).map(([coin, amount]): [string, string] => {
    if (!/^[A-Z0-9]{1,20}$/.test(coin)) throw new ControlError(400, `balances: ${coin} is no coin`);
    return [coin, decimalText(amount, `balances.${coin}`)];
  });
  return Object.fromEntries(entries);
}

function getAccount(host: ControlHost, name: string): string {
  const { state } = host;
  if (name === "") return JSON.stringify({ accounts: state.accounts.keys() });
  const account = state.accounts.get(name);
  if (account === undefined) throw new ControlError(404, `no account ${name}`);
  const style = state.behaviour.restEmptyValues;
  const key = state.behaviour.positionUpdateKey;
  const positions = state.venue.positions(name).map((row) => restPositionRow(row, key, 0));
  const openOrders = state.venue.openOrders(name).map((row) => restOrderRow(row, style, 0));
  const fills = state.venue.executions(name).map((row) => fillRow(row, 0));
  const coins = state.venue.wallet(name)?.coins ?? [];
  const balances = Object.fromEntries(coins.map((coin) => [coin.coin, coin.walletBalance]));
  return (
    `{"positions":[${positions.join(",")}],"openOrders":[${openOrders.join(",")}],` +
    `"orderRequests":${JSON.stringify(account.requests.rows())},"fills":[${fills.join(",")}],` +
    `"balances":${JSON.stringify(balances)}}`
  );
}

function knownSymbol(host: ControlHost, name: string): string {
  if (host.state.venue.instrument(requireName(name)) === undefined)
    throw new ControlError(404, `no instrument ${name}`);
  return name;
}

function putPrice(host: ControlHost, name: string, body: unknown): string {
  const symbol = knownSymbol(host, name);
  const last = new ControlReader(body, ["last"]).requiredDecimal("last");
  host.state.venue.setPrice(symbol, last);
  return getPrice(host, symbol);
}

function getPrice(host: ControlHost, name: string): string {
  const row = host.state.venue.ticker(knownSymbol(host, name));
  return row === undefined ? "{}" : restTickerRow(row, 0);
}

function putFaults(host: ControlHost, _name: string, body: unknown): string {
  host.state.faults.replace(readFaults(body));
  host.applyStreamFaults();
  return getFaults(host);
}

function getFaults(host: ControlHost): string {
  return JSON.stringify(host.state.faults.current);
}

function postTransfer(host: ControlHost, name: string, body: unknown): string {
  const apiKey = requireName(name);
  if (host.state.accounts.get(apiKey) === undefined) throw new ControlError(404, `no account ${apiKey}`);
  const reader = new ControlReader(body, ["coin", "amount", "type"]);
  const coin = reader.text("coin") ?? "USDT";
  const amount = reader.requiredDecimal("amount");
  const type = reader.text("type");
  if (type !== undefined && type !== "deposit" && type !== "withdrawal") {
    throw new ControlError(400, `type: "deposit" or "withdrawal" is expected`);
  }
  if (type !== undefined && amount.startsWith("-"))
    throw new ControlError(400, "amount: must not be negative");
  const outcome = host.state.venue.transfer(apiKey, coin, type === "withdrawal" ? `-${amount}` : amount);
  if (outcome.kind === "refused") throw new ControlError(400, `amount: ${outcome.reason}`);
  const row = host.state.venue.wallet(apiKey)?.coins.find((entry) => entry.coin === coin);
  return JSON.stringify({ coin, walletBalance: row?.walletBalance ?? "0" });
}

function putFunding(host: ControlHost, name: string, body: unknown): string {
  const symbol = knownSymbol(host, name);
  host.state.venue.setFundingRate(
    symbol,
    new ControlReader(body, ["fundingRate"]).requiredDecimal("fundingRate"),
  );
  return getFunding(host, symbol);
}

function getFunding(host: ControlHost, name: string): string {
  const row = host.state.venue.ticker(knownSymbol(host, name));
  return JSON.stringify({
    symbol: name,
    fundingRate: row?.fundingRate,
    nextFundingTime: row?.nextFundingTime,
  });
}

function postHistory(host: ControlHost, name: string, body: unknown): string {
  const symbol = knownSymbol(host, name);
  const past = readPast(body);
  host.state.venue.addPast(symbol, past);
  const { bars = [], marks = [], funding = [] } = past;
  return JSON.stringify({ symbol, bars: bars.length, marks: marks.length, funding: funding.length });
}

type SettingKind = "decimal" | "text" | "number" | "flag";

const INSTRUMENT_KEYS: Readonly<Record<Exclude<keyof InstrumentSettings, "symbol">, SettingKind>> = {
  baseCoin: "text",
  status: "text",
  tickSize: "decimal",
  qtyStep: "decimal",
  minOrderQty: "decimal",
  maxOrderQty: "decimal",
  maxMktOrderQty: "decimal",
  minNotionalValue: "decimal",
  maxLeverage: "decimal",
  leverageStep: "decimal",
  fundingIntervalMinutes: "number",
  basePrice: "decimal",
  priceLimitRatioX: "decimal",
  priceLimitRatioY: "decimal",
  upperFundingRate: "decimal",
  lowerFundingRate: "decimal",
  launchTimeMs: "number",
  reduceOnly: "flag",
};
const STATUSES = ["Trading", "PreLaunch", "Delivering", "Closed"];

function putInstrument(host: ControlHost, name: string, body: unknown): string {
  const symbol = requireName(name);
  const reader = new ControlReader(body, Object.keys(INSTRUMENT_KEYS));
  const status = reader.text("status");
  if (status !== undefined && !STATUSES.includes(status)) {
    throw new ControlError(400, `status: one of ${STATUSES.join(", ")} is expected`);
  }
  const settings = Object.entries(INSTRUMENT_KEYS).flatMap(([key, kind]) => {
    const value = readSetting(reader, key, kind);
    return value === undefined ? [] : [[key, value]];
  });
  host.state.venue.setInstrument({ symbol, ...Object.fromEntries(settings) });
  return getInstrument(host, symbol);
}

function readSetting(
  reader: ControlReader,
  key: string,
  kind: SettingKind,
): string | number | boolean | undefined {
  switch (kind) {
    case "decimal":
      return reader.decimal(key);
    case "text":
      return reader.text(key);
    case "number":
      return reader.number(key, 0, Number.MAX_SAFE_INTEGER);
    case "flag":
      return reader.flag(key);
  }
}

function getInstrument(host: ControlHost, name: string): string {
  if (name === "") {
    return JSON.stringify({ instruments: host.state.venue.instruments().map((row) => row.symbol) });
  }
  const row = host.state.venue.instrument(name);
  if (row === undefined) throw new ControlError(404, `no instrument ${name}`);
  const known: unknown = JSON.parse(instrumentRow(row));
  return JSON.stringify(isRecord(known) ? { ...known, reduceOnly: row.reduceOnly } : known);
}
