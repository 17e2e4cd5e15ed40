/**
 * What Bybit's documentation leaves open or contradicts itself about, as switches. Each has a default, and the list
 * below (shown in docs/exchanges/bybit.md, checked by a test) says what it chooses between. Behaviours that belong to
 * matching and the ledger are the venue's and pass through here.
 */
import type { VenueBehaviour } from "../venue-types.ts";

export interface ServerBehaviour {
  /** Cursors of `[A-Za-z0-9_-]` only, or percent-encoded text as the real exchange shows. */
  readonly cursors: "plain" | "encoded";
  /** A subscribe request with a bad topic among good ones. */
  readonly partlyBadSubscribe: "refuse-all" | "activate-valid";
  readonly batchSizeMax: 20 | 10;
  /** Absent authentication headers: HTTP 401, or HTTP 200 with 10001. */
  readonly missingAuthentication: "http-401" | "code-10001";
  readonly rateLimitText: "short" | "long";
  readonly addressBanMinutes: 10 | 30;
  /** The key of one field of a position row over REST. */
  readonly positionUpdateKey: "mmrSysUpdatedTime" | "mmrSysUpdateTime";
  /** Whole numbers in a body that arrive as strings. */
  readonly integersAsText: "accept" | "refuse";
  /** Empty stop prices and enum-like fields of a REST order row: "0.00" and UNKNOWN, or "". */
  readonly restEmptyValues: "zero-unknown" | "blank";
  /** In which order a request's topics leave. */
  readonly topicOrder: "order-first" | "execution-first" | "position-first";
  /** Whether a request's answer leaves before or after the stream messages it causes. */
  readonly answerOrder: "answer-first" | "stream-first";
  /** How much older than the stream a REST read may be. */
  readonly readLagMs: number;
  /** `/v5/position/switch-isolated` on a unified account. */
  readonly switchIsolated: "100028" | "110026";
  /** Text of a failed WebSocket authentication. */
  readonly authenticationFailureText: "Params Error" | "Request expired";
  readonly riskRatesType: "text" | "number";
  /** Price beyond the band: one code, or one per side. */
  readonly priceBandCode: "110003" | "110120-110121";
  /** Whether maker fills on `execution.fast` carry their orderLinkId. */
  readonly fastExecutionMakerLinkId: "blank" | "kept";
  /** Order entry by WebSocket, fee rates: what demo accounts lack. */
  readonly orderEntrySocket: "available" | "missing";
  readonly feeRateEndpoint: "available" | "missing";
  readonly queryApiEndpoint: "available" | "missing";
  /** Fees of an account that has none of its own: 0.0002 and 0.00055, or those of an older example, 0.0001 and 0.0006. */
  readonly defaultFees: "current" | "older";
  /** Which of two faults of one request is reported. */
  readonly checkOrder: "timestamp-first" | "key-first";
}

export interface BehaviourNote {
  readonly name: keyof ServerBehaviour | keyof VenueBehaviour;
  /** The default first. */
  readonly choices: readonly (string | number | boolean)[];
  readonly about: string;
}

export const DEFAULT_BEHAVIOUR: ServerBehaviour = {
  cursors: "plain",
  partlyBadSubscribe: "refuse-all",
  batchSizeMax: 20,
  missingAuthentication: "http-401",
  rateLimitText: "short",
  addressBanMinutes: 10,
  positionUpdateKey: "mmrSysUpdatedTime",
  integersAsText: "accept",
  restEmptyValues: "zero-unknown",
  topicOrder: "order-first",
  answerOrder: "answer-first",
  readLagMs: 0,
  switchIsolated: "100028",
  authenticationFailureText: "Params Error",
  riskRatesType: "text",
  priceBandCode: "110003",
  fastExecutionMakerLinkId: "blank",
  orderEntrySocket: "available",
  feeRateEndpoint: "available",
  queryApiEndpoint: "available",
  defaultFees: "current",
  checkOrder: "timestamp-first",
};

export const BEHAVIOUR_NOTES: readonly BehaviourNote[] = [
  { name: "cursors", choices: ["plain", "encoded"], about: "alphabet of nextPageCursor" },
  {
    name: "partlyBadSubscribe",
    choices: ["refuse-all", "activate-valid"],
    about: "whether the good topics of a partly bad subscribe become active",
  },
  { name: "batchSizeMax", choices: [20, 10], about: "orders per batch request; the pages disagree" },
  {
    name: "missingAuthentication",
    choices: ["http-401", "code-10001"],
    about: "answer when the authentication headers are absent",
  },
  { name: "rateLimitText", choices: ["short", "long"], about: "text beside 10006" },
  { name: "addressBanMinutes", choices: [10, 30], about: "how long an address stays banned" },
  {
    name: "positionUpdateKey",
    choices: ["mmrSysUpdatedTime", "mmrSysUpdateTime"],
    about: "key of a position row; table and example of the page disagree",
  },
  {
    name: "integersAsText",
    choices: ["accept", "refuse"],
    about: "positionIdx and the like sent as strings",
  },
  {
    name: "restEmptyValues",
    choices: ["zero-unknown", "blank"],
    about: "empty stop prices and enum fields of REST order rows",
  },
  {
    name: "topicOrder",
    choices: ["order-first", "execution-first", "position-first"],
    about: "order of the private topics caused by one event; none is promised",
  },
  {
    name: "answerOrder",
    choices: ["answer-first", "stream-first"],
    about: "whether the answer or the stream messages leave first",
  },
  {
    name: "readLagMs",
    choices: [0, 50],
    about: "how far REST reads lag behind the stream, any number of ms",
  },
  {
    name: "switchIsolated",
    choices: ["100028", "110026"],
    about: "code of switch-isolated on a unified account",
  },
  {
    name: "authenticationFailureText",
    choices: ["Params Error", "Request expired"],
    about: "text of a failed private authentication",
  },
  {
    name: "riskRatesType",
    choices: ["text", "number"],
    about: "JSON type of the margin rates of risk-limit",
  },
  {
    name: "priceBandCode",
    choices: ["110003", "110120-110121"],
    about: "code for a price beyond the band",
  },
  {
    name: "fastExecutionMakerLinkId",
    choices: ["blank", "kept"],
    about: "orderLinkId of maker fills on execution.fast",
  },
  {
    name: "orderEntrySocket",
    choices: ["available", "missing"],
    about: "/v5/trade; demo accounts have none",
  },
  {
    name: "feeRateEndpoint",
    choices: ["available", "missing"],
    about: "/v5/account/fee-rate on demo accounts",
  },
  {
    name: "queryApiEndpoint",
    choices: ["available", "missing"],
    about: "/v5/user/query-api on demo accounts",
  },
  {
    name: "defaultFees",
    choices: ["current", "older"],
    about: "maker and taker rate of accounts without their own",
  },
  {
    name: "checkOrder",
    choices: ["timestamp-first", "key-first"],
    about: "whether 10002 or 10003 is reported when both apply",
  },
  { name: "orderLinkIdBound", choices: ["strict", "lenient"], about: "36 or 45 characters of orderLinkId" },
  {
    name: "orderLinkIdReserved",
    choices: ["forever", "while-open"],
    about: "how long an orderLinkId stays taken",
  },
  {
    name: "newForImmediateOrders",
    choices: [true, false],
    about: "whether an order that matches at once first shows as New",
  },
  {
    name: "reduceOnlyExcess",
    choices: ["cut", "refuse"],
    about: "a reduce-only quantity above the position",
  },
  {
    name: "fillOrKillReason",
    choices: ["EC_CancelForNoFullFill", "EC_NoEnoughQtyToFill"],
    about: "rejectReason of a FOK order that cannot fill",
  },
  {
    name: "positionPushOnEveryOrder",
    choices: [true, false],
    about: "whether the position is pushed on orders that do not change it",
  },
  { name: "emptyAmend", choices: ["refuse", "accept"], about: "an amendment that changes nothing" },
  {
    name: "passedTrigger",
    choices: ["refuse", "trigger-at-once"],
    about: "a conditional order whose trigger price is already passed",
  },
  { name: "priceBeyondBand", choices: ["refuse", "clamp"], about: "a limit price beyond the price band" },
];

export type Behaviour = Partial<ServerBehaviour> & Partial<VenueBehaviour>;
