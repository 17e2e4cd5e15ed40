/** Makes order records with every field in place, so that all orders have one shape. */
import type { Holding, Order, Position, Sign, Stops, Trailing } from "./state.ts";
import type {
  CreateType,
  OrderStatus,
  OrderType,
  SelfMatchPolicy,
  SlippageToleranceType,
  StopOrderType,
  TimeInForce,
  TriggerBy,
  TriggerDirection,
} from "./venue-types.ts";
import type { World } from "./world.ts";

const NO_ORDERS: readonly Order[] = [];

export interface OrderDraft {
  readonly sign: Sign;
  readonly type: OrderType;
  readonly lots: number;
  readonly price: number;
  readonly timeInForce: TimeInForce;
  readonly status: OrderStatus;
  readonly createType: CreateType;
  readonly stopOrderType: StopOrderType;
  readonly reduceOnly: boolean;
  readonly closeOnTrigger: boolean;
  readonly linkId?: string;
  readonly parentLinkId?: string;
  readonly smp?: SelfMatchPolicy;
  readonly slippageType?: SlippageToleranceType | undefined;
  readonly slippage?: string | undefined;
  readonly trigger?: number;
  readonly triggerDirection?: TriggerDirection | 0;
  readonly triggerBy?: TriggerBy | "";
  readonly stops?: Stops | undefined;
  readonly trailing?: Trailing | undefined;
}

export function makeOrder(world: World, holding: Holding, position: Position, draft: OrderDraft): Order {
  const closesLeg = position.index !== 0 && (position.index === 1 ? -1 : 1) === draft.sign;
  const number = world.newOrderNumber();
  return {
    number,
    id: world.orderId(number),
    linkId: draft.linkId ?? "",
    parentLinkId: draft.parentLinkId ?? "",
    holding,
    position,
    units: holding.market.units,
    sign: draft.sign,
    type: draft.type,
    timeInForce: draft.timeInForce,
    status: draft.status,
    createType: draft.createType,
    cancelType: "",
    rejectReason: "EC_NoError",
    price: draft.price,
    lots: draft.lots,
    filled: 0,
    execLotTicks: 0,
    fee: 0n,
    closedPnl: 0n,
    reduceOnly: draft.reduceOnly,
    reducing: draft.reduceOnly || closesLeg,
    closeOnTrigger: draft.closeOnTrigger,
    smp: draft.smp ?? "None",
    smpOrderId: "",
    slippageType: draft.slippageType ?? "UNKNOWN",
    slippage: draft.slippage ?? "",
    trigger: draft.trigger ?? 0,
    triggerDirection: draft.triggerDirection ?? 0,
    triggerBy: draft.triggerBy ?? "",
    stopOrderType: draft.stopOrderType,
    stops: draft.stops,
    sibling: undefined,
    children: NO_ORDERS,
    trailing: draft.trailing,
    lastPriceOnCreated: holding.market.last,
    closing: undefined,
    createdMs: world.nowMs,
    updatedMs: world.nowMs,
    resting: false,
    next: undefined,
    previous: undefined,
  };
}
