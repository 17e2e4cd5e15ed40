/**
 * Edits of a position's take profit, stop loss and trailing stop. Full legs are moved, made or removed; partial ones are
 * only ever added. Everything is checked before anything changes.
 */
import { cancel, touchOnOrder } from "./order-life.ts";
import { checkStopSides, readLots, readStops, readTicks, refused } from "./parse-request.ts";
import type { Holding, Market, Position, Sign, Stops } from "./state.ts";
import { createLeg, createPartialPair, setFullLeg } from "./stops.ts";
import type { Refused, SettingOutcome, TradingStopRequest } from "./venue-types.ts";
import type { World } from "./world.ts";

export function setTradingStop(world: World, holding: Holding, request: TradingStopRequest): SettingOutcome {
  if ((request.positionIdx === 0) !== (holding.mode === "one-way")) return refused("position-index-mismatch");
  const position = holding.positions[request.positionIdx];
  if (position.lots === 0) return refused("stops-need-position");
  const { market } = holding;
  const stops = readStops(market, request);
  if ("kind" in stops) return stops;
  const sign: Sign = position.lots > 0 ? 1 : -1;
  const wrong = checkStopSides(market, stops, sign, 0);
  if (wrong !== undefined) return wrong;
  const edit: Edit = { holding, position, stops, request };
  const outcome = request.tpslMode === "Partial" ? addPartial(world, edit) : editFull(world, edit);
  if (outcome !== undefined) return outcome;
  position.updatedMs = world.nowMs;
  world.touch(holding, position, false);
  return { kind: "done" };
}

interface Edit {
  readonly holding: Holding;
  readonly position: Position;
  readonly stops: Stops;
  readonly request: TradingStopRequest;
}

function addPartial(world: World, edit: Edit): Refused | undefined {
  const { holding, position, stops, request } = edit;
  if (stops.takeProfit === 0 && stops.stopLoss === 0) return refused("stops-not-modified");
  const lots = partialLots(holding.market, position, request);
  if (typeof lots !== "number") return lots;
  const added = Number(stops.takeProfit !== 0) + Number(stops.stopLoss !== 0);
  if (position.partialStops.size + added > world.limits.partialStopsPerPosition) {
    return refused("too-many-partial-stops");
  }
  createPartialPair(world, holding, position, { stops, lots, parentLinkId: "" });
  return undefined;
}

function partialLots(market: Market, position: Position, request: TradingStopRequest): number | Refused {
  const { tpSize, slSize } = request;
  const text = tpSize || slSize;
  if (text === undefined || text === "") return Math.abs(position.lots);
  const lots = readLots(market, text);
  if (lots === undefined || lots === 0) return refused("stop-quantity-invalid", text);
  if (tpSize && slSize && readLots(market, slSize) !== lots) {
    return refused("stop-quantity-invalid", "both sizes must be equal");
  }
  return Math.min(lots, Math.abs(position.lots));
}

function editFull(world: World, edit: Edit): Refused | undefined {
  const trail = checkedTrail(edit);
  if (trail !== undefined && "kind" in trail) return trail;
  const changed = [changesLeg(edit, "take-profit"), changesLeg(edit, "stop-loss"), trail !== undefined];
  if (!changed.includes(true)) return refused("stops-not-modified");
  editLeg(world, edit, "take-profit");
  editLeg(world, edit, "stop-loss");
  if (trail !== undefined) editTrail(world, edit, trail);
  return undefined;
}

type LegKind = "take-profit" | "stop-loss";

function wantedLeg(edit: Edit, kind: LegKind) {
  const { request, stops, position } = edit;
  return kind === "take-profit"
    ? {
        text: request.takeProfit,
        trigger: stops.takeProfit,
        by: stops.tpTriggerBy,
        existing: position.takeProfit,
      }
    : { text: request.stopLoss, trigger: stops.stopLoss, by: stops.slTriggerBy, existing: position.stopLoss };
}

function changesLeg(edit: Edit, kind: LegKind): boolean {
  const { text, trigger, by, existing } = wantedLeg(edit, kind);
  if (text === undefined || text === "") return false;
  if (trigger === 0) return existing !== undefined;
  return existing === undefined || existing.trigger !== trigger || existing.triggerBy !== by;
}

function editLeg(world: World, edit: Edit, kind: LegKind): void {
  if (!changesLeg(edit, kind)) return;
  const { holding, position } = edit;
  const { trigger, by, existing } = wantedLeg(edit, kind);
  if (trigger === 0) {
    if (existing !== undefined) cancel(world, existing, "CancelByUser");
    return;
  }
  setFullLeg(world, holding, position, {
    kind,
    partial: false,
    trigger,
    triggerBy: by,
    limit: 0,
    lots: Math.abs(position.lots),
    parentLinkId: "",
  });
}

interface Trail {
  /** 0 removes it. */
  readonly distance: number;
  readonly activation: number;
}

/** Undefined when the trailing stop stays as it is. */
function checkedTrail(edit: Edit): Trail | Refused | undefined {
  const { request, holding, position } = edit;
  const text = request.trailingStop;
  if (text === undefined || text === "") return undefined;
  if (Number(text) === 0) return position.trailing === undefined ? undefined : { distance: 0, activation: 0 };
  const { market } = holding;
  const distance = readTicks(market, text);
  const active = request.activePrice;
  const hasActive = active !== undefined && active !== "" && Number(active) !== 0;
  const activation = hasActive ? readTicks(market, active) : 0;
  if (distance === undefined || activation === undefined || distance >= market.last) {
    return refused("trailing-stop-invalid", `distance ${text}, activation ${active ?? ""}`);
  }
  const sign = position.lots > 0 ? 1 : -1;
  if (activation !== 0 && (activation - market.last) * sign <= 0) {
    return refused("trailing-stop-invalid", "its activation price is already passed");
  }
  const known = position.trailing?.trailing;
  if (known?.distance === distance && known.activation === activation) return undefined;
  return { distance, activation };
}

function editTrail(world: World, edit: Edit, trail: Trail): void {
  const { holding, position } = edit;
  if (position.trailing !== undefined) cancel(world, position.trailing, "CancelByUser");
  if (trail.distance === 0) return;
  const sign = position.lots > 0 ? 1 : -1;
  const { last } = holding.market;
  const armed = trail.activation === 0;
  const order = createLeg(world, holding, position, {
    kind: "trailing",
    partial: false,
    trigger: armed ? Math.max(1, last - sign * trail.distance) : trail.activation,
    triggerBy: "LastPrice",
    limit: 0,
    lots: Math.abs(position.lots),
    parentLinkId: "",
    trailing: { ...trail, extreme: armed ? last : 0 },
  });
  touchOnOrder(world, order);
}
