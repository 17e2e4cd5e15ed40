/**
 * Followers' results kept beside the fills that they are made from: made anew only when those, the capital, the settings, the
 * instruments or the market history of the trader's symbols have changed. A few settings are kept of each trader, the newest first.
 */
import { createHash } from "node:crypto";
import { type CopySettings, settingsKey } from "../../analytics/copying/copy-settings.ts";
import type { TraderRecord, TraderStore } from "../../store/trader-store.ts";
import { traderSummary } from "../derived.ts";
import type { TraderEvidence } from "../evidence.ts";
import { heldFills } from "../held-fills.ts";
import { evidenceBasis } from "../kept-evidence.ts";
import {
  type CopySources,
  FOLLOWER_NET_VERSION,
  type FollowerNet,
  followerNetReturns,
} from "./follower-net.ts";

const NAME = "follower-net";
/** Settings of one trader: the usual ladder of capitals, and some that were tried. */
const KEPT_MAX = 8;

type Written = Omit<FollowerNet, "returns" | "pnl"> & {
  readonly returns: readonly number[];
  readonly pnl: readonly number[];
};
interface Kept {
  readonly basis: string;
  readonly net: Written;
}

export interface FollowerNetRequest {
  readonly evidence: TraderEvidence;
  readonly sources: CopySources;
  readonly settings: CopySettings;
  /** Of which the evidence was made, before what was stated with the import; null for that. */
  readonly leaderEquity: string | null;
}

/** followerNetReturns() of a trader in the store, out of what is kept where that still holds. `evidence` is the trader's own. */
export async function followerNet(
  store: TraderStore,
  trader: TraderRecord,
  request: FollowerNetRequest,
): Promise<FollowerNet> {
  const { settings } = request;
  const basis = await followerBasis(store, trader, request);
  const kept = await keptOf(store, trader);
  const known = kept.find((one) => one.basis === basis);
  if (known !== undefined) return read(known.net);
  const net = await madeNet(store, trader, request);
  const others = kept.filter((one) => !isSame(one.net.settings, settings));
  const all = [{ basis, net: { ...net, returns: [...net.returns], pnl: [...net.pnl] } }, ...others];
  await store.saveDerived(trader, NAME, { basis, json: JSON.stringify(all.slice(0, KEPT_MAX)) });
  return net;
}

/** The same for whoever keeps what it needs of it by itself: nothing is kept here. */
export async function followerNetOnce(
  store: TraderStore,
  trader: TraderRecord,
  request: FollowerNetRequest,
): Promise<FollowerNet> {
  const basis = await followerBasis(store, trader, request);
  const known = (await keptOf(store, trader)).find((one) => one.basis === basis);
  return known === undefined ? madeNet(store, trader, request) : read(known.net);
}

async function keptOf(store: TraderStore, trader: TraderRecord): Promise<readonly Kept[]> {
  const document = await store.derived(trader, NAME);
  // Written above.
  return document === null ? [] : (JSON.parse(document.json) as readonly Kept[]);
}

function madeNet(
  store: TraderStore,
  trader: TraderRecord,
  { evidence, sources, settings }: FollowerNetRequest,
): Promise<FollowerNet> {
  return followerNetReturns({ ...sources, trader, evidence, fills: heldFills(store, trader) }, settings);
}

/** Says of everything that results are made from which one it is. */
export async function followerBasis(
  store: TraderStore,
  trader: TraderRecord,
  { sources, settings, leaderEquity }: Omit<FollowerNetRequest, "evidence">,
): Promise<string> {
  const { symbols } = await traderSummary(store, trader);
  const evidence = await evidenceBasis(store, trader, { marks: sources.marks, equity: leaderEquity });
  const markets = createHash("sha256")
    .update(`${sources.moves.basis(symbols)}\n${sources.instruments.key}`)
    .digest("hex")
    .slice(0, 16);
  return `${FOLLOWER_NET_VERSION}:${evidence}:${settingsKey(settings)}:${markets}`;
}

function isSame(one: CopySettings, other: CopySettings): boolean {
  return settingsKey(one) === settingsKey(other);
}

function read({ returns, pnl, ...rest }: Written): FollowerNet {
  return { ...rest, returns: Float64Array.from(returns), pnl: Float64Array.from(pnl) };
}
