/**
 * Where the simulated exchange's messages differ from the reference, each with its reason. An entry that no longer
 * applies fails the test, so the list stays true.
 */
import type { MessageName } from "./references.ts";

interface Exceptions {
  readonly reason: string;
  readonly problem: "missing" | "extra" | "type";
  readonly at: readonly (readonly [message: MessageName, path: string])[];
}

const ORDER_LISTS = ["GET /v5/order/realtime", "GET /v5/order/history"] as const;

export const EXCEPTIONS: readonly Exceptions[] = [
  {
    reason: "the example is of spot, whose ids are long numbers; those of derivatives are UUIDs",
    problem: "type",
    at: [
      ["POST /v5/order/create", "result.orderId"],
      ["POST /v5/order/create-batch", "result.list[].orderId"],
      ["POST /v5/order/cancel-batch", "result.list[].orderId"],
      ["POST /v5/order/cancel-all", "result.list[].orderId"],
      ["GET /v5/market/recent-trade", "result.list[].execId"],
    ],
  },
  {
    reason: "link ids are free text; those of the example are numbers",
    problem: "type",
    at: [["POST /v5/order/cancel-all", "result.list[].orderLinkId"]],
  },
  {
    reason: "documented in the field table of the page, absent from its example",
    problem: "extra",
    at: [
      ["GET /v5/market/instruments-info", "result.list[].displayName"],
      ["GET /v5/market/instruments-info", "result.list[].forbidUplWithdrawal"],
      ["GET /v5/account/instruments-info", "result.list[].forbidUplWithdrawal"],
      ["GET /v5/market/tickers", "result.list[].singleOpenInterest"],
      ["GET /v5/market/tickers", "result.list[].singleOpenInterestValue"],
      ["GET /v5/market/risk-limit", "result.nextPageCursor"],
      ...ORDER_LISTS.flatMap((list): [string, string][] => [
        [list, "result.list[].parentOrderLinkId"],
        [list, "result.list[].createType"],
        [list, "result.list[].marketUnit"],
      ]),
      ["GET /v5/order/realtime", "result.list[].slippageToleranceType"],
      ["GET /v5/order/realtime", "result.list[].slippageTolerance"],
      ["GET /v5/order/realtime", "result.list[].extraFees"],
      ["GET /v5/order/realtime", "result.list[].rpiTakerAccess"],
      ["GET /v5/order/realtime", "result.list[].rpiMatchedQty"],
      ["GET /v5/execution/list", "result.list[].execFeeV2"],
      ["GET /v5/position/list", "result.list[].openTime"],
      ["GET /v5/position/closed-pnl", "result.list[].openFee"],
      ["GET /v5/position/closed-pnl", "result.list[].closeFee"],
      ["GET /v5/account/wallet-balance", "result.list[].coin[].colRes"],
      ["topic position", "data[].openTime"],
      ["topic wallet", "data[].coin[].colRes"],
      ["topic order", "data[].parentOrderLinkId"],
      ["topic order", "data[].isLeverage"],
      ["topic order", "data[].marketUnit"],
      ["topic order", "data[].slippageToleranceType"],
      ["topic order", "data[].slippageTolerance"],
      ["topic order", "data[].extraFees"],
      ["topic publicTrade", "data[].RPI"],
    ],
  },
  {
    reason: "the example leaves out the envelope, which every answer has",
    problem: "extra",
    at: [
      ["GET /v5/account/info", "retExtInfo"],
      ["GET /v5/account/info", "time"],
    ],
  },
  {
    reason: "the example sends no request id; it is echoed when sent",
    problem: "extra",
    at: [["trade answer order.create-batch", "reqId"]],
  },
  {
    reason: "belongs to a contract before its listing, and BTCUSDT is trading",
    problem: "missing",
    at: [
      ["GET /v5/market/instruments-info", "result.list[].preListingInfo.curAuctionPhase"],
      ["GET /v5/market/instruments-info", "result.list[].preListingInfo.phases"],
      ["GET /v5/market/instruments-info", "result.list[].preListingInfo.auctionFeeInfo"],
    ],
  },
  {
    reason: "the fee detail is empty before the first fill",
    problem: "missing",
    at: [["GET /v5/order/realtime", "result.list[].cumFeeDetail.*"]],
  },
  {
    reason:
      "table and example contradict each other; switchable, and tested the other way in behaviours.test.ts",
    problem: "missing",
    at: [["GET /v5/position/list", "result.list[].mmrSysUpdateTime"]],
  },
  {
    reason: "a third party's recording spells the field its own way; the documentation says totalPerpUPL",
    problem: "missing",
    at: [["topic wallet", "data[].totalPerpUpl"]],
  },
  {
    reason: "a field of spot tickers",
    problem: "missing",
    at: [["topic tickers", "data.usdIndexPrice"]],
  },
  {
    reason: "a third party's recording mixes the dialects of private and order-entry connections",
    problem: "missing",
    at: [["trade answer auth", "success"]],
  },
];
