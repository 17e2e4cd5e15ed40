/**
 * What one fill does to one side of it: position, realised profit, fee, ledger, and the records of all that. Exact to the
 * last unit; the caller settles the other side (an account or the house).
 */

import { multiplyExactly } from "../../core/model/amounts.ts";
import { feeOn, proportion } from "./fixed-point.ts";
import type { ClosedPnl, Execution, Holding, Order, Position } from "./state.ts";
import { leavesOf } from "./state.ts";
import type { ExecType } from "./venue-types.ts";
import type { World } from "./world.ts";

export interface Fill {
  readonly price: number;
  readonly lots: number;
  readonly maker: boolean;
  readonly seq: number;
  readonly type: ExecType;
}

interface Closing {
  readonly closedLots: number;
  readonly entryValue: bigint;
  readonly exitValue: bigint;
  readonly pnl: bigint;
  readonly openFee: bigint;
}

/** Books a fill of `order`; its account's part only. */
export function settleFill(world: World, order: Order, fill: Fill): void {
  const { holding, position } = order;
  const { account, market } = holding;
  const value = BigInt(multiplyExactly(fill.lots, fill.price)) * market.units.lotTickMoney;
  const rateUnits = fill.maker ? account.makerRate : account.takerRate;
  const fee = feeOn(value, BigInt(rateUnits));
  const closing = changePosition(world, holding, position, {
    change: order.sign * fill.lots,
    value,
    fee,
    seq: fill.seq,
  });
  order.filled += fill.lots;
  order.execLotTicks += fill.lots * fill.price;
  order.fee += fee;
  order.closedPnl += closing.pnl;
  order.status = order.filled === order.lots ? "Filled" : "PartiallyFilled";
  world.ledger.realise(account, closing.pnl, fee);
  const execution = executionOf(world, order, fill, { fee, rateUnits, closing });
  account.executions.add(execution);
  account.transactions.add(execution);
  if (closing.closedLots > 0) recordClosing(world, order, closing, fill, fee);
  world.executed(account, execution);
  world.touch(holding, position, true);
}

interface PositionChange {
  /** Signed lots. */
  readonly change: number;
  readonly value: bigint;
  readonly fee: bigint;
  readonly seq: number;
}

const NOTHING_CLOSED = { closedLots: 0, entryValue: 0n, exitValue: 0n, pnl: 0n, openFee: 0n };

function changePosition(world: World, holding: Holding, position: Position, step: PositionChange): Closing {
  const closes = position.lots !== 0 && position.lots > 0 !== step.change > 0;
  const size = Math.abs(step.change);
  const closedLots = closes ? Math.min(Math.abs(position.lots), size) : 0;
  const closedFee = proportion(step.fee, closedLots, size);
  const closing = closes
    ? close(position, closedLots, proportion(step.value, closedLots, size))
    : NOTHING_CLOSED;
  if (size > closedLots) open(world, position, step, closedLots, step.fee - closedFee);
  position.current += closing.pnl - step.fee;
  position.cumulative += closing.pnl - step.fee;
  position.costUsdt = Number(position.cost) / 1e12;
  position.seq = step.seq;
  position.updatedMs = world.nowMs;
  if (position.lots === 0) position.openMs = 0;
  noteHolding(holding, position);
  return closing;
}

/** The part of the price paid that the closed lots carry is rounded once; what is left stays with the rest. */
function close(position: Position, lots: number, exitValue: bigint): Closing {
  const size = Math.abs(position.lots);
  const direction = position.lots > 0 ? 1 : -1;
  const released = proportion(position.cost, lots, size);
  const openFee = proportion(position.openFee, lots, size);
  position.lots -= direction * lots;
  position.cost -= released;
  position.openFee -= openFee;
  const entryValue = released < 0n ? -released : released;
  const pnl = direction > 0 ? exitValue - entryValue : entryValue - exitValue;
  return { closedLots: lots, entryValue, exitValue, pnl, openFee };
}

function open(world: World, position: Position, step: PositionChange, closedLots: number, fee: bigint): void {
  const size = Math.abs(step.change);
  const direction = step.change > 0 ? 1 : -1;
  if (position.lots === 0) {
    position.current = 0n;
    position.openMs = world.nowMs;
    if (position.createdMs === 0) position.createdMs = world.nowMs;
  }
  const value = step.value - proportion(step.value, closedLots, size);
  position.lots += direction * (size - closedLots);
  position.cost += direction > 0 ? value : -value;
  position.openFee += fee;
}

/** Keeps the sets of who holds what; also to be called when orders come and go. */
export function noteHolding(holding: Holding, position: Position): void {
  const { account, market } = holding;
  if (position.lots !== 0) {
    market.holders.add(holding);
    account.active.add(holding);
    return;
  }
  if (holding.positions.every((leg) => leg.lots === 0)) {
    market.holders.delete(holding);
    if (holding.orders.size === 0) account.active.delete(holding);
  }
}

interface Booked {
  readonly fee: bigint;
  readonly rateUnits: number;
  readonly closing: Closing;
}

function executionOf(world: World, order: Order, fill: Fill, booked: Booked): Execution {
  const { market } = order.holding;
  return {
    kind: "execution",
    id: world.newExecutionId(),
    units: market.units,
    symbol: market.symbol,
    order,
    orderId: order.id,
    type: fill.type,
    sign: order.sign,
    index: order.position.index,
    price: fill.price,
    lots: fill.lots,
    leaves: leavesOf(order),
    orderPrice: order.price,
    orderLots: order.lots,
    fee: booked.fee,
    rateUnits: booked.rateUnits,
    maker: fill.maker,
    closedLots: booked.closing.closedLots,
    pnl: booked.closing.pnl,
    mark: market.mark,
    indexPrice: market.indexPrice,
    seq: fill.seq,
    atMs: world.nowMs,
    balance: order.holding.account.wallet,
    positionLots: order.position.lots,
  };
}

/** One record per closing order; it grows while that order goes on closing. */
function recordClosing(world: World, order: Order, closing: Closing, fill: Fill, fee: bigint): void {
  const { account, market, leverageHundredths } = order.holding;
  const closeFee = proportion(fee, closing.closedLots, fill.lots);
  const known = order.closing;
  const record: ClosedPnl = known ?? {
    order,
    units: market.units,
    execType: fill.type,
    leverageHundredths,
    closedLots: 0,
    entryValue: 0n,
    exitValue: 0n,
    openFee: 0n,
    closeFee: 0n,
    fillCount: 0,
    createdMs: world.nowMs,
    updatedMs: world.nowMs,
  };
  record.closedLots += closing.closedLots;
  record.entryValue += closing.entryValue;
  record.exitValue += closing.exitValue;
  record.openFee += closing.openFee;
  record.closeFee += closeFee;
  record.fillCount += 1;
  record.updatedMs = world.nowMs;
  if (known !== undefined) return;
  order.closing = record;
  account.closedPnl.add(record);
}
