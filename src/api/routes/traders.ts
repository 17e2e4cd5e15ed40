/** Traders and their records, in the paths that the earlier system had, and the ranking beside them. */
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { COPY_DEFAULTS } from "../../analytics/copying/copy-settings.ts";
import { type AvailableTrader, availableTraders, meantAvailable } from "../../control/available-traders.ts";
import { type TraderProof, traderEvidence } from "../../control/trader-evidence.ts";
import { rankedTraders, type TraderRanking } from "../../control/trader-ranking.ts";
import { traderPerformance } from "../../control/trader-report.ts";
import { type TraderTrade, traderTrades } from "../../control/trader-trades.ts";
import { Decimal } from "../../core/model/decimal.ts";
import type { Principal } from "../../identity/identity.ts";
import { maySee } from "../../identity/permissions.ts";
import { assertSeesAll, seen } from "../access.ts";
import { carryOut } from "../carry-out.ts";
import { configurationOf } from "../configuration.ts";
import { outcome } from "../contract/commands.ts";
import { dryRun } from "../contract/common.ts";
import { ApiProblem } from "../contract/problems.ts";
import { ifMatch } from "../contract/settings.ts";
import * as contract from "../contract/traders.ts";
import { expectedOf, taggedOutcome } from "../expected.ts";
import { REPORTS } from "../gate.ts";
import { principalOf } from "../guard.ts";
import { cursorId, pageAfter } from "../page.ts";
import type { ApiParts, RoutePlugin } from "../parts.ts";
import { addRoutes, route } from "../route.ts";
import { Shared } from "../shared.ts";
import { RELATION_PROBLEMS, relationFollower } from "./commands.ts";
import { ENGINE_PROBLEMS, foundRow } from "./copying.ts";

const RESAMPLES = 1_000;
const SEED = 1;
const RANKING_KEPT_MS = 30_000;
const TRADES_KEPT_MS = 30_000;

export const traderRoutes: RoutePlugin = (app, parts) => {
  addRoutes(app, [
    listRoute(parts),
    performanceRoute(parts),
    tradesRoute(parts),
    evidenceRoute(parts),
    copyRoute(parts),
    rankingRoute(parts),
  ]);
};

/** Those that somebody may know of: a leader with a key is an account. */
export async function seenTraders(
  parts: Pick<ApiParts, "configDir" | "dataDir">,
  principal: Principal,
): Promise<readonly AvailableTrader[]> {
  const all = await availableTraders(parts.dataDir, configurationOf(parts).accounts);
  return all.flatMap((one) => {
    if (one.leader === null || maySee(principal.accounts, one.leader)) return [one];
    return one.leader === one.id ? [] : [{ ...one, leader: null }];
  });
}

/** Throws as if there were no such trader where he may not know of one of these. */
export async function assertKnowsTraders(
  parts: ApiParts,
  principal: Principal,
  ids: readonly string[],
  venue?: string,
): Promise<void> {
  if (principal.accounts === "all") return;
  const known = await seenTraders(parts, principal);
  for (const id of ids)
    if (!known.some((one) => (one.id === id || one.leader === id) && (venue ?? one.venue) === one.venue))
      throw new ApiProblem("unknown-trader", `there is no trader ${id}`);
}

/** Throws where there is a trader that he may not know of: `why` says what all of them have to do with it. */
export async function assertKnowsEverybody(
  parts: ApiParts,
  principal: Principal,
  why: string,
): Promise<void> {
  if (principal.accounts === "all") return;
  const all = await seenTraders(parts, { ...principal, accounts: "all" });
  const known = await seenTraders(parts, principal);
  const leadersOf = (traders: readonly AvailableTrader[]) => traders.filter(({ leader }) => leader !== null);
  if (known.length < all.length || leadersOf(known).length < leadersOf(all).length)
    assertSeesAll(principal, why);
}

function sumsOf({
  fills,
  firstMs,
  lastMs,
  realizedPnl,
  fees,
  funding,
  tradedNotional,
  symbols,
  trips,
}: NonNullable<AvailableTrader["record"]>) {
  return {
    fills,
    first_ms: firstMs,
    last_ms: lastMs,
    realized_pnl: realizedPnl,
    fees,
    funding,
    traded_notional: tradedNotional,
    symbols,
    trips,
  };
}

function listRoute(parts: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/traders",
    access: "view_reports",
    tag: "traders",
    summary: "Traders that there are: studied records and configured leaders",
    problems: [...ENGINE_PROBLEMS, "bad-settings"],
    query: contract.tradersQuery,
    answer: contract.tradersPage,
    handle: async ({ request, query: { venue, leaders, limit, cursor } }) => {
      const principal = principalOf(request);
      const { allocations } = await parts.control.ask({ kind: "allocations" });
      const copiedBy = (leader: string | null) =>
        allocations
          .filter(
            (one) =>
              one.leader === leader && one.state !== "ended" && maySee(principal.accounts, one.follower),
          )
          .map(({ follower }) => follower);
      const after = cursor ?? "";
      const meant = (await seenTraders(parts, principal)).filter(
        (one) =>
          (venue === undefined || one.venue === venue) &&
          (leaders !== "true" || one.leader !== null) &&
          placeOf(one).localeCompare(after) > 0,
      );
      const items = meant.slice(0, limit);
      const last = items.at(-1);
      return {
        items: items.map(({ record, ...one }) => ({
          ...one,
          copied_by: copiedBy(one.leader),
          record:
            record === null ? null : { ...sumsOf(record), quality: record.quality.map(({ word }) => word) },
        })),
        next_cursor: meant.length > limit && last !== undefined ? placeOf(last) : null,
      };
    },
  });
}

function placeOf({ venue, id }: Pick<AvailableTrader, "venue" | "id">): string {
  return `${venue}:${id}`;
}

const oneTrader = z.object({
  trader_id: z.string().min(1).max(200).meta({ description: "A trader's id, or the nickname of a leader." }),
});
const atVenue = z.object({
  venue: z
    .string()
    .min(1)
    .max(50)
    .optional()
    .meta({ description: "Where several venues have a trader of this id." }),
});

async function meantTrader(
  parts: ApiParts,
  principal: Principal,
  id: string,
  venue: string | undefined,
): Promise<AvailableTrader> {
  return meantAvailable(await seenTraders(parts, principal), id, venue ?? null);
}

/** As seeing the leaders that his followers copy: he may name them where that is changed, as in an allocation. */
async function withCopiedLeaders(
  { control }: Pick<ApiParts, "control">,
  principal: Principal,
): Promise<Principal> {
  const { accounts } = principal;
  if (accounts === "all") return principal;
  const { allocations } = await control.ask({ kind: "allocations" });
  const copied = seen(principal, allocations, ({ follower }) => follower).map(({ leader }) => leader);
  return { ...principal, accounts: new Set([...accounts, ...copied]) };
}

/** One of whom a record is known. */
async function recordedTrader(
  parts: ApiParts,
  request: FastifyRequest,
  id: string,
  venue: string | undefined,
): Promise<AvailableTrader> {
  const found = await meantTrader(parts, principalOf(request), id, venue);
  if (found.record !== null) return found;
  throw new ApiProblem(
    "not-enough-data",
    `nothing of the record of ${id} is known: copytrader traders import or fetch takes it in`,
  );
}

function performanceRoute(parts: ApiParts) {
  return route({
    method: "GET",
    path: "/api/v1/traders/{trader_id}/performance",
    access: "view_reports",
    tag: "traders",
    summary: "A trader's record: returns, figures, round trips, and what may not be concluded",
    problems: ["unknown-trader", "bad-settings", "not-enough-data", "busy"],
    params: oneTrader,
    query: atVenue,
    answer: contract.traderPerformance,
    handle: async ({ request, params: { trader_id }, query }) => {
      const { id, venue, leader } = await recordedTrader(parts, request, trader_id, query.venue);
      const found = await REPORTS.through(() => traderPerformance(parts.dataDir, { id, venue }));
      const { returns, quality, figures, trades } = found;
      return {
        id,
        venue,
        leader,
        ...sumsOf(found.summary),
        open: found.summary.open.map(({ averageEntry, sinceMs, ...rest }) => ({
          ...rest,
          average_entry: averageEntry,
          since_ms: sinceMs,
        })),
        quality,
        returns: returns === null ? null : returnsRow(returns),
        figures,
        trade_figures: trades,
      };
    },
  });
}

function returnsRow({
  firstDay,
  lastDay,
  worstDay,
  isBaseStated,
  ...rest
}: NonNullable<Awaited<ReturnType<typeof traderPerformance>>["returns"]>) {
  return {
    first_day: firstDay,
    last_day: lastDay,
    worst_day: worstDay,
    is_base_stated: isBaseStated,
    ...rest,
  };
}

function tradesRoute(parts: ApiParts) {
  const shared = new Shared<readonly TraderTrade[]>(TRADES_KEPT_MS);
  return route({
    method: "GET",
    path: "/api/v1/traders/{trader_id}/trades",
    access: "view_reports",
    tag: "traders",
    summary: "A trader's round trips, those that ended last first",
    problems: ["unknown-trader", "bad-settings", "not-enough-data", "busy"],
    params: oneTrader,
    query: atVenue.extend(contract.tradesQuery.shape),
    answer: contract.traderTrades,
    handle: async ({ request, params: { trader_id }, query: { symbol, limit, cursor, ...at } }) => {
      const { id, venue } = await recordedTrader(parts, request, trader_id, at.venue);
      const before = cursor === undefined ? Infinity : cursorId(cursor);
      const trades = await shared.of(`${venue} ${id}`, () => traderTrades(parts.dataDir, { id, venue }));
      const meant = trades.filter(
        (one) => one.number < before && (symbol === undefined || one.symbol === symbol),
      );
      const items = meant.slice(-limit).reverse();
      return {
        items: items.map(tradeRow),
        next_cursor: meant.length > limit ? String(items.at(-1)?.number) : null,
      };
    },
  });
}

function tradeRow({ openMs, closeMs, maxQuantity, maxNotional, isPartlyUnseen, ...rest }: TraderTrade) {
  return {
    ...rest,
    open_ms: openMs,
    close_ms: closeMs,
    max_quantity: maxQuantity,
    max_notional: maxNotional,
    is_partly_unseen: isPartlyUnseen,
  };
}

function evidenceRoute(parts: ApiParts) {
  const shared = new Shared<TraderProof | null>(RANKING_KEPT_MS);
  return route({
    method: "GET",
    path: "/api/v1/traders/{trader_id}/evidence",
    access: "view_reports",
    tag: "traders",
    summary: "What a trader's record proves, with intervals, and what copying it leaves",
    problems: ["unknown-trader", "bad-settings", "not-enough-data", "busy"],
    params: oneTrader,
    query: atVenue.extend(contract.evidenceQuery.shape),
    answer: contract.traderEvidence,
    handle: async ({ request, params: { trader_id }, query: { equity, delay_ms: delayMs, ...at } }) => {
      const { id, venue, leader } = await recordedTrader(parts, request, trader_id, at.venue);
      const equities = equity.split(",");
      if (equities.some((one) => Number(one) === 0)) {
        const message = "must be above zero";
        throw new ApiProblem("bad-request", `equity: it ${message}`, {
          errors: [{ field: "equity", message }],
        });
      }
      const asked = { id, venue, equities, delayMs, resamples: RESAMPLES, seed: SEED };
      const found = await shared.of(JSON.stringify(asked), () => traderEvidence(parts.dataDir, asked));
      if (found === null) throw new ApiProblem("not-enough-data", `${trader_id} has no fills`);
      const { days, trips, figures, intervals, blockLength, above, followers } = found;
      return {
        ...{ id, venue, leader, days, trips, figures, intervals },
        block_length_days: blockLength,
        above: above.map(({ daysNeeded, ...one }) => ({ ...one, days_needed: daysNeeded })),
        followers: followers.map(followerRow),
      };
    },
  });
}

function followerRow({
  settings,
  returns,
  edge,
  copyability,
  orders,
  assumptions,
}: TraderProof["followers"][number]) {
  return {
    equity: settings.equity,
    delay_ms: settings.delayMs,
    total: returns.reduce((value, one) => value * (1 + one), 1) - 1,
    edge: { ...edge },
    copyability: { score: copyability.score, parts: { ...copyability.parts } },
    orders,
    assumptions,
  };
}

function copyRoute(parts: ApiParts) {
  return route({
    method: "POST",
    path: "/api/v1/traders/{trader_id}/copy",
    access: "manage_copying",
    tag: "copying",
    summary: "Let a follower copy a trader, or change how it does",
    description:
      "The trader has to be configured as a leader. Where the follower is left out and there are several, the problem follower-needed lists them.",
    idempotent: true,
    problems: [...RELATION_PROBLEMS, "changed-meanwhile", "unknown-trader", "not-enough-data"],
    params: oneTrader,
    query: z.object({ ...dryRun, ...atVenue.shape }),
    headers: ifMatch,
    etag: true,
    body: contract.copyForm,
    answer: outcome,
    handle: async ({ request, reply, params: { trader_id }, query: { dry_run, venue }, body }) => {
      const principal = await withCopiedLeaders(parts, principalOf(request));
      const { leader } = await meantTrader(parts, principal, trader_id, venue);
      if (leader === null)
        throw new ApiProblem(
          "unknown-leader",
          `${trader_id} is studied, and no leader yet: copytrader accounts add makes it one`,
        );
      const follower = await relationFollower(parts, request, body.follower);
      const values = { ...body.values, ...(await valuesOf(parts, { principal, follower }, body)) };
      const expected = expectedOf(request, { isNeeded: false });
      const command = { kind: "copy", leader, follower, values, ...expected } as const;
      return taggedOutcome(reply, await carryOut(parts, request, command, { dryRun: dry_run }));
    },
  });
}

/** The earlier system's words as keys of a relation. */
async function valuesOf(
  { control }: ApiParts,
  { principal, follower }: { readonly principal: Principal; readonly follower: string },
  { position_scaling: scaling, max_exposure: most }: z.output<typeof contract.copyForm>,
): Promise<Readonly<Record<string, unknown>>> {
  const scaled = scaling === undefined ? {} : { position_scaling: scaling };
  if (most === undefined) return scaled;
  const { followers } = await control.ask({ kind: "status" });
  const own = seen(principal, followers, ({ nickname }) => nickname);
  const equity = Decimal.tryParse(foundRow(own, follower, "unknown-follower").equity);
  if (equity === undefined || equity.sign <= 0)
    throw new ApiProblem(
      "not-enough-data",
      `max_exposure: the equity of "${follower}" is not known yet, so no part of it can be told; state values.max_leader_notional instead`,
    );
  const notional = equity.times(Decimal.fromNumber(most)).roundedToStep(Decimal.parse("0.01"), "half-even");
  return { ...scaled, max_leader_notional: notional.toString() };
}

type RankingRequest = Omit<z.output<typeof contract.rankingQuery>, "limit" | "cursor">;

function rankingRoute(parts: ApiParts) {
  const shared = new Shared<TraderRanking>(RANKING_KEPT_MS);
  return route({
    method: "GET",
    path: "/api/v1/ranking",
    access: "view_reports",
    tag: "traders",
    summary: "Whose record proves something, who cannot be judged, and why",
    description:
      "Ordered by a cautious bound of the Sharpe ratio of what a follower would have got; everybody who was ever looked at counts. Takes its time with many traders.",
    problems: [...ENGINE_PROBLEMS, "bad-settings"],
    query: contract.rankingQuery,
    answer: contract.ranking,
    handle: async ({ request, query: { limit, cursor, ...query } }) => {
      const seenOnes = await seenTraders(parts, principalOf(request));
      const knownOf = (key: TraderAt) =>
        seenOnes.find(({ id, venue }) => id === key.id && venue === key.venue);
      const found = await shared.of(JSON.stringify(query), () => ranked(parts.dataDir, query));
      const traders = found.traders.filter(({ trader: { trader: id, venue } }) => knownOf({ id, venue }));
      const { rows, next_cursor } = pageAfter(
        traders,
        { limit, cursor },
        ({ trader: { trader: id, venue } }) => `${venue} ${id}`,
      );
      return {
        screened: found.screened,
        luckiestSharpe: found.luckiestSharpe,
        by: found.by,
        equity: query.equity,
        next_cursor,
        traders: rows.flatMap((one) => {
          const { trader: id, venue } = one.trader;
          const known = knownOf({ id, venue });
          if (known === undefined) return [];
          const lockStep = one.lockStep.flatMap(
            (other) => knownOf({ id: other.trader, venue: other.venue }) ?? [],
          );
          return [{ id, venue, leader: known.leader, ...rankRow(one), lockStep: lockStep.map(keyOf) }];
        }),
      };
    },
  });
}

type TraderAt = Pick<AvailableTrader, "id" | "venue">;

function keyOf({ id, venue }: TraderAt): TraderAt {
  return { id, venue };
}

function ranked(dataDir: string, query: RankingRequest): Promise<TraderRanking> {
  const { by, equity, delay_ms: delayMs, min_days: days, min_trips: trips, screened, intervals } = query;
  const request = {
    by,
    needs: { days, trips },
    elsewhere: screened,
    intervals: { count: intervals, of: () => true },
    resamples: RESAMPLES,
    seed: SEED,
    settings: { ...COPY_DEFAULTS, equity, delayMs },
  };
  const progress = { stop: new AbortController().signal, onDone: () => {} };
  return rankedTraders(dataDir, { ids: [], venue: null }, { request, progress });
}

function rankRow({
  days,
  trips,
  verdict,
  figures,
  follower,
  predictedSharpe,
}: TraderRanking["traders"][number]) {
  return {
    days,
    roundTrips: trips,
    verdict: verdict.word,
    reasons: verdict.reasons,
    reservations: verdict.reservations,
    figures,
    follower:
      follower === null
        ? null
        : {
            ...follower,
            edge: { ...follower.edge },
            copyability: { score: follower.copyability.score, parts: { ...follower.copyability.parts } },
          },
    predictedSharpe,
  };
}
