/**
 * Followers' results kept beside the fills that they are made from: made anew only when those, the capital, the settings, the
 * instruments or the market history of the trader's symbols have changed. A few settings are kept of each trader, the newest first.
 */
import { createHash } from "node:crypto";
import { type CopySettings, settingsKey } from "../../analytics/copying/copy-settings.ts";
import type { TraderRecord, TraderStore } from "../../store/trader-store.ts";
import { traderSummary } from "../derived.ts";
import { EVIDENCE_VERSION, type TraderEvidence } from "../evidence.ts";
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

export interface FollowerNetRequest extends CopySources {
  readonly evidence: TraderEvidence;
  readonly settings: CopySettings;
}

/** followerNetReturns() of a trader in the store, out of what is kept where that still holds. `evidence` is the trader's own. */
export async function followerNet(
  store: TraderStore,
  trader: TraderRecord,
  { evidence, settings, ...sources }: FollowerNetRequest,
): Promise<FollowerNet> {
  const { symbols } = await traderSummary(store, trader);
  const markets = createHash("sha256")
    .update(`${sources.marks.basis(symbols)}\n${sources.moves.basis(symbols)}\n${sources.instruments.key}`)
    .digest("hex")
    .slice(0, 16);
  const versions = `${FOLLOWER_NET_VERSION}.${EVIDENCE_VERSION}`;
  const basis = `${versions}:${trader.revision}:${evidence.base}:${settingsKey(settings)}:${markets}`;
  const document = await store.derived(trader, NAME);
  // Written by the lines below.
  const kept = document === null ? [] : (JSON.parse(document.json) as readonly Kept[]);
  const known = kept.find((one) => one.basis === basis);
  if (known !== undefined) return read(known.net);
  const net = await followerNetReturns(
    { ...sources, trader, evidence, fills: () => store.fills(trader) },
    settings,
  );
  const others = kept.filter((one) => !isSame(one.net.settings, settings));
  const all = [{ basis, net: { ...net, returns: [...net.returns], pnl: [...net.pnl] } }, ...others];
  await store.saveDerived(trader, NAME, { basis, json: JSON.stringify(all.slice(0, KEPT_MAX)) });
  return net;
}

function isSame(one: CopySettings, other: CopySettings): boolean {
  return settingsKey(one) === settingsKey(other);
}

function read({ returns, pnl, ...rest }: Written): FollowerNet {
  return { ...rest, returns: Float64Array.from(returns), pnl: Float64Array.from(pnl) };
}
