/** All followers together: equity, what copying brought, exposure, and the limit that is nearest. */
import { Link } from "wouter";
import { useLimits, useTrueAt } from "../../api/queries.ts";
import type { LimitsReport, StatusReport } from "../../api/types.ts";
import { Amount, Change, NotKnown } from "../../components/amount.tsx";
import { Figure, Figures } from "../../components/figure.tsx";
import { percentText, shareOf } from "../../format/decimal.ts";
import { sumOf } from "../../format/sums.ts";
import { isEverRead } from "../../live/true-at.ts";
import { profitOf } from "./followers.tsx";
import { words } from "./strings.ts";

export interface AccountFiguresProps {
  readonly status: StatusReport;
  readonly atMs: number;
}

export function AccountFigures({ status, atMs }: AccountFiguresProps) {
  const { followers } = status;
  const limits = useLimits();
  const limitsAtMs = useTrueAt(limits.dataUpdatedAt);
  if (followers.length === 0) return null;
  const equity = sumOf(followers.map((one) => one.equity));
  const exposure = limits.data === undefined ? "" : exposureOf(limits.data);
  const share = shareOf(exposure, equity);
  const read = isEverRead(status) ? { atMs } : {};
  return (
    <Figures label={words.figures}>
      <Figure label={words.equity} window={words.ofFollowers(followers.length)} {...read}>
        <Amount value={equity} places={2} unit="USDT" />
      </Figure>
      <Figure label={words.result} window={words.resultWindow} {...read}>
        <Change value={sumOf(followers.map(profitOf))} places={2} unit="USDT" />
      </Figure>
      <Figure
        label={words.exposure}
        window={share === null ? null : words.exposureWindow(percentText(share))}
        {...(limitsAtMs === 0 ? {} : { atMs: limitsAtMs })}
      >
        <Amount value={exposure} places={0} unit="USDT" />
      </Figure>
      <NearestLimit limits={limits.data} atMs={limitsAtMs} />
    </Figures>
  );
}

function exposureOf({ followers }: LimitsReport): string {
  return sumOf(
    followers.map(({ limits }) => limits.find(({ limit }) => limit === "max_portfolio_exposure")?.use ?? ""),
  );
}

interface Nearest {
  readonly share: number;
  readonly name: string;
  readonly follower: string;
}

function NearestLimit({
  limits,
  atMs,
}: {
  readonly limits: LimitsReport | undefined;
  readonly atMs: number;
}) {
  const nearest = limits === undefined ? null : nearestOf(limits);
  return (
    <Figure
      label={words.nearest}
      window={
        nearest === null ? null : (
          <Link href="/risk">
            {nearest.name}, {nearest.follower}
          </Link>
        )
      }
      {...(atMs === 0 ? {} : { atMs })}
    >
      {nearest === null ? <NotKnown /> : <span>{percentText(nearest.share, 0)}</span>}
    </Figure>
  );
}

/** Of limits, and of guards that measure a loss and have not acted yet: what stands is told where it needs somebody. */
export function nearestOf({ followers }: LimitsReport): Nearest | null {
  const all = followers.flatMap(({ follower, limits, guards }) => [
    ...limits.map(({ limit, of, use, most }) => ({
      follower,
      name: nameOf(limit, of),
      share: shareOf(use, most),
    })),
    ...guards
      .filter(({ guard, use, at }) => guard !== "liquidation_guard" && (shareOf(use, at) ?? 0) < 1)
      .map(({ guard, of, use, at }) => ({ follower, name: nameOf(guard, of), share: shareOf(use, at) })),
  ]);
  return all.reduce<Nearest | null>((nearest, { share, name, follower }) => {
    if (share === null || (nearest !== null && nearest.share >= share)) return nearest;
    return { share, name, follower };
  }, null);
}

function nameOf(limit: string, of: string): string {
  return of === "" ? limit : `${limit} ${of}`;
}
