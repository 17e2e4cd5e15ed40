/**
 * The private account, user and asset endpoints.
 */
import { refusal } from "../error-table.ts";
import { ParameterError } from "../parameters.ts";
import { transactionRow, walletRow } from "../rows/account-rows.ts";
import { type Answer, jsonText, ok, refused } from "../wire.ts";
import { CATEGORIES, type PrivateCall, type PrivateEndpoint } from "./endpoint.ts";
import { instrumentsInfo } from "./market.ts";
import { DAY_MS, timeWindowOf, within } from "./time-window.ts";
import { pageFor } from "./trade.ts";

export const ACCOUNT_ENDPOINTS: readonly PrivateEndpoint[] = [
  read("/v5/account/wallet-balance", "account.read wallet", walletBalance),
  read("/v5/account/info", "account.read info", accountInfo),
  read("/v5/account/collateral-info", "account.read collateral", collateralInfo),
  read("/v5/account/transaction-log", "account.transaction-log", transactionLog),
  read("/v5/account/instruments-info", "account.instruments-info", ownInstruments),
  read("/v5/account/fee-rate", "account.fee-rate", feeRate),
  read("/v5/user/query-api", "user.query-api", queryApi),
  read("/v5/asset/coin/query-info", "asset.coin", () => ok(`{"rows":[]}`, "success")),
  {
    kind: "private",
    method: "POST",
    path: "/v5/account/set-margin-mode",
    bucket: "account.set-margin-mode",
    needs: "positions",
    answer: setMarginMode,
  },
];

function read(path: string, bucket: string, answer: (call: PrivateCall) => Answer): PrivateEndpoint {
  return { kind: "private", method: "GET", path, bucket, needs: "nothing", answer };
}

function walletBalance(call: PrivateCall): Answer {
  const accountType = call.parameters.requiredText("accountType");
  if (accountType !== "UNIFIED") throw new ParameterError("accountType only support UNIFIED.");
  const coins = call.parameters.text("coin");
  const wanted = coins === undefined ? undefined : new Set(coins.split(","));
  const wallet = call.state.venue.wallet(call.account.apiKey);
  return ok(`{"list":[${wallet === undefined ? "" : walletRow(wallet, wanted)}]}`);
}

function accountInfo(call: PrivateCall): Answer {
  const isIsolated = call.state.venue.marginModeOf(call.account.apiKey) === "isolated";
  return ok(
    `{"marginMode":"${isIsolated ? "ISOLATED_MARGIN" : "REGULAR_MARGIN"}","updatedTime":"${call.account.createdAtMs + call.skewMs}",` +
      `"unifiedMarginStatus":5,"dcpStatus":"OFF","timeWindow":10,"smpGroup":0,"isMasterTrader":false,` +
      `"spotHedgingStatus":"OFF"}`,
  );
}

function collateralInfo(): Answer {
  return ok(
    `{"list":[{"availableToBorrow":"","freeBorrowingAmount":"","freeBorrowAmount":"0","maxBorrowingAmount":"0",` +
      `"hourlyBorrowRate":"0","borrowUsageRate":"0","collateralSwitch":true,"borrowAmount":"0","borrowable":false,` +
      `"currency":"USDT","otherBorrowAmount":"0","marginCollateral":true,"freeBorrowingLimit":"0",` +
      `"collateralRatio":"1"}]}`,
  );
}

function transactionLog(call: PrivateCall): Answer {
  const category = call.parameters.oneOf("category", CATEGORIES);
  const window = timeWindowOf(call, DAY_MS);
  const currency = call.parameters.text("currency");
  const type = call.parameters.text("type");
  const baseCoin = call.parameters.text("baseCoin");
  const rows = call.state.venue
    .transactionLog(call.account.apiKey)
    .filter((row) => category === undefined || (category === "linear" && row.symbol !== ""))
    .filter((row) => currency === undefined || row.currency === currency)
    .filter((row) => type === undefined || row.type === type)
    .filter((row) => baseCoin === undefined || call.state.venue.instrument(row.symbol)?.baseCoin === baseCoin)
    .filter((row) => within(window, row.transactionTime + call.skewMs));
  const page = pageFor(call, rows, (row) => row.id, 20, 50);
  const list = page.rows.map((row) => transactionRow(row, call.skewMs)).join(",");
  return ok(`{"nextPageCursor":"${page.cursor}","list":[${list}]}`);
}

function ownInstruments(call: PrivateCall): Answer {
  return instrumentsInfo(call, (row) => `${row.slice(0, -1)},"myRpiPermission":false,"isPublicRpi":false}`);
}

function feeRate(call: PrivateCall): Answer {
  if (call.state.behaviour.feeRateEndpoint === "missing") return refused(refusal(10017));
  const category = call.parameters.requiredOneOf("category", CATEGORIES);
  if (category !== "linear") return ok(`{"list":[]}`);
  const symbol = call.parameters.text("symbol");
  const rates = call.state.venue.feeRatesOf(call.account.apiKey);
  const symbols = call.state.venue
    .instruments()
    .filter((row) => symbol === undefined || row.symbol === symbol);
  if (symbols.length === 0) throw new ParameterError("Not supported symbols");
  const list = symbols.map(
    (row) => `{"symbol":"${row.symbol}","takerFeeRate":"${rates.taker}","makerFeeRate":"${rates.maker}"}`,
  );
  return ok(`{"list":[${list.join(",")}]}`);
}

const PERMISSION_GROUPS = [
  "ContractTrade",
  "Spot",
  "Wallet",
  "Options",
  "Derivatives",
  "CopyTrading",
  "BlockTrade",
  "Exchange",
  "NFT",
  "Affiliate",
  "Earn",
  "FiatP2P",
  "FiatConvertBroker",
  "FiatGlobalPay",
  "FiatBitPay",
  "BitCard",
  "ByXPost",
] as const;

function queryApi(call: PrivateCall): Answer {
  if (call.state.behaviour.queryApiEndpoint === "missing") return refused(refusal(10017));
  const { account } = call;
  const empty = Object.fromEntries(
    PERMISSION_GROUPS.map((group): [string, readonly string[]] => [group, []]),
  );
  const permissions = JSON.stringify({ ...empty, ...account.permissions });
  const ips = JSON.stringify(account.ips.length === 0 ? ["*"] : account.ips);
  const created = new Date(account.createdAtMs + call.skewMs).toISOString().replace(/\.\d+Z$/, "Z");
  const expires = account.ips.length > 0;
  const expiredAt = expires ? "1970-01-01T00:00:00Z" : isoAfter(account.createdAtMs + call.skewMs, 90);
  return ok(
    `{"id":"${account.uid}","note":"simulated","apiKey":${jsonText(account.apiKey)},"readOnly":${account.readOnly ? 1 : 0},` +
      `"secret":"","permissions":${permissions},"ips":${ips},"type":1,"deadlineDay":${expires ? -2 : 90},` +
      `"expiredAt":"${expiredAt}","createdAt":"${created}","unified":0,"uta":1,"userID":${account.uid},` +
      `"inviterID":0,"vipLevel":"No VIP","mktMakerLevel":"0","affiliateID":0,"rsaPublicKey":"","isMaster":true,` +
      `"parentUid":"0","kycLevel":"LEVEL_DEFAULT","kycRegion":"","userIDInt64":"${account.uid}",` +
      `"inviterIDInt64":"0","affiliateIDInt64":"0"}`,
    "",
  );
}

function isoAfter(startMs: number, days: number): string {
  return new Date(startMs + days * DAY_MS).toISOString().replace(/\.\d+Z$/, "Z");
}

const MARGIN_MODES = ["ISOLATED_MARGIN", "REGULAR_MARGIN", "PORTFOLIO_MARGIN"] as const;

/** Portfolio margin does not exist here and fails as it does where the account does not qualify. */
function setMarginMode(call: PrivateCall): Answer {
  const mode = call.parameters.requiredOneOf("setMarginMode", MARGIN_MODES);
  if (mode === "PORTFOLIO_MARGIN") return marginRefused(`${mode} is not available on this exchange`);
  const wanted = mode === "ISOLATED_MARGIN" ? "isolated" : "cross";
  const outcome = call.state.venue.setMarginMode(call.account.apiKey, wanted);
  if (outcome.kind === "done") return ok(`{"reasons":[]}`, "Request accepted");
  const what = outcome.reason === "margin-positions-exist" ? "positions" : "open orders";
  return marginRefused(`The account has ${what}`);
}

function marginRefused(text: string): Answer {
  const reason = `{"reasonCode":"3400000","reasonMsg":"${text}"}`;
  return { ...refused(refusal(3400045)), result: `{"reasons":[${reason}]}` };
}
