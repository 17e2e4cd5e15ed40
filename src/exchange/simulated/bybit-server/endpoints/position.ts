/**
 * The private position endpoints: list, leverage, position mode, TP/SL of a position, closed profit. Margin is always
 * cross: what belongs to isolated margin is refused with Bybit's codes for it.
 */
import type {
  LeverageRequest,
  PositionMode,
  PositionRow,
  SettingOutcome,
  TradingStopRequest,
} from "../../venue-types.ts";
import { badParameter, refusal } from "../error-table.ts";
import { copyText, positionIndexOf, readStops } from "../order-actions.ts";
import { ParameterError } from "../parameters.ts";
import { refusalOf } from "../refusals.ts";
import { closedPnlRow } from "../rows/account-rows.ts";
import { restPositionRow } from "../rows/position-row.ts";
import { type Answer, EMPTY_OK, ok, refused } from "../wire.ts";
import { CATEGORIES, type PrivateCall, type PrivateEndpoint } from "./endpoint.ts";
import { timeWindowOf, within } from "./time-window.ts";
import { pageFor } from "./trade.ts";

export const POSITION_ENDPOINTS: readonly PrivateEndpoint[] = [
  read("/v5/position/list", "position.list", positionList),
  read("/v5/position/closed-pnl", "position.closed-pnl", closedPnl),
  write("/v5/position/set-leverage", setLeverage),
  write("/v5/position/switch-mode", switchMode),
  write("/v5/position/trading-stop", tradingStop),
  write("/v5/position/set-auto-add-margin", () => refused(refusal(110076))),
  write("/v5/position/add-margin", () => refused(refusal(110015))),
  write("/v5/position/confirm-pending-mmr", () => EMPTY_OK),
  write("/v5/position/switch-isolated", (call) =>
    refused(refusal(call.state.behaviour.switchIsolated === "100028" ? 100028 : 110026)),
  ),
];

function read(path: string, bucket: string, answer: (call: PrivateCall) => Answer): PrivateEndpoint {
  return { kind: "private", method: "GET", path, bucket, needs: "nothing", answer };
}

/** Each of these endpoints has its own budget of the same size. */
function write(path: string, answer: (call: PrivateCall) => Answer): PrivateEndpoint {
  return {
    kind: "private",
    method: "POST",
    path,
    bucket: `position.write ${path}`,
    needs: "positions",
    answer,
  };
}

function positionList(call: PrivateCall): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return ok(`{"list":[],"nextPageCursor":"","category":"${category}"}`);
  const rows = positionsAsked(call);
  const page = pageFor(call, rows, (row) => `${row.symbol}-${row.positionIdx}`, 20, 200);
  const key = call.state.behaviour.positionUpdateKey;
  const list = page.rows.map((row) => restPositionRow(row, key, call.skewMs)).join(",");
  return ok(`{"list":[${list}],"nextPageCursor":"${page.cursor}","category":"linear"}`);
}

function positionsAsked(call: PrivateCall): readonly PositionRow[] {
  const symbol = call.parameters.text("symbol");
  if (symbol !== undefined) {
    requireSymbol(call, symbol);
    return call.state.venue.positions(call.account.apiKey, symbol);
  }
  const settleCoin = call.parameters.text("settleCoin");
  const baseCoin = call.parameters.text("baseCoin");
  if (settleCoin === undefined && baseCoin === undefined) {
    throw new ParameterError("params error: symbol or settleCoin is required");
  }
  if (settleCoin !== undefined && settleCoin !== "USDT") return [];
  const rows = call.state.venue.positions(call.account.apiKey);
  if (baseCoin === undefined) return rows;
  return rows.filter((row) => call.state.venue.instrument(row.symbol)?.baseCoin === baseCoin);
}

function requireSymbol(call: PrivateCall, symbol: string): void {
  if (call.state.venue.instrument(symbol) === undefined) throw new ParameterError("Not supported symbols");
}

function requireLinear(call: PrivateCall): void {
  if (call.parameters.requiredOneOf("category", CATEGORIES) !== "linear") {
    throw new ParameterError("Not supported symbols");
  }
}

function settled(call: PrivateCall, outcome: SettingOutcome): Answer {
  return outcome.kind === "done" ? EMPTY_OK : refused(refusalOf(outcome, call.state.behaviour));
}

function setLeverage(call: PrivateCall): Answer {
  requireLinear(call);
  const request: LeverageRequest = {
    symbol: call.parameters.requiredText("symbol"),
    buyLeverage: call.parameters.requiredText("buyLeverage"),
    sellLeverage: call.parameters.requiredText("sellLeverage"),
  };
  return settled(call, call.state.venue.setLeverage(call.account.apiKey, request));
}

function switchMode(call: PrivateCall): Answer {
  requireLinear(call);
  const wanted = call.parameters.integer("mode");
  if (wanted !== 0 && wanted !== 3) return refused(badParameter("params error: position_mode invalid"));
  const mode: PositionMode = wanted === 3 ? "hedge" : "one-way";
  const symbol = call.parameters.text("symbol");
  const coin = call.parameters.text("coin");
  if (symbol === undefined && coin === undefined)
    throw new ParameterError("params error: symbol or coin is required");
  if (symbol === undefined && coin !== "USDT") return refused(refusal(110029));
  const request = symbol === undefined ? { mode } : { mode, symbol };
  return settled(call, call.state.venue.switchMode(call.account.apiKey, request));
}

function tradingStop(call: PrivateCall): Answer {
  requireLinear(call);
  const request: { -readonly [Key in keyof TradingStopRequest]: TradingStopRequest[Key] } = {
    symbol: call.parameters.requiredText("symbol"),
    positionIdx: positionIndexOf(call.parameters),
    tpslMode: "Full",
  };
  readStops(call.parameters, request);
  for (const name of ["tpSize", "slSize", "trailingStop", "activePrice"] as const) {
    copyText(call.parameters, request, name);
  }
  return settled(call, call.state.venue.setTradingStop(call.account.apiKey, request));
}

function closedPnl(call: PrivateCall): Answer {
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return ok(`{"nextPageCursor":"","category":"${category}","list":[]}`);
  const window = timeWindowOf(call);
  const rows = call.state.venue
    .closedPnl(call.account.apiKey, call.parameters.text("symbol"))
    .filter((row) => within(window, row.updatedTime + call.skewMs));
  const page = pageFor(call, rows, (row) => row.orderId, 50, 100);
  const list = page.rows.map((row) => closedPnlRow(row, call.skewMs)).join(",");
  return ok(`{"nextPageCursor":"${page.cursor}","category":"linear","list":[${list}]}`);
}
