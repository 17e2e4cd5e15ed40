/** What copying came to lately, and its course: day by day in UTC, net of fees and funding, as the engine's database keeps it. */
import { usePerformance, useTrueAt } from "../../api/queries.ts";
import type { PerformanceReport } from "../../api/types.ts";
import { Change, NotKnown } from "../../components/amount.tsx";
import { Figure, Figures } from "../../components/figure.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { TimeChart } from "../../components/time-chart.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { sumOf } from "../../format/sums.ts";
import { GuardLimit } from "./guard-limit.tsx";
import { words } from "./strings.ts";

type Row = PerformanceReport["rows"][number];
type Day = Row["periods"][number];

const WEEK_DAYS = 7;
const MONTH_DAYS = 30;
/** Of yesterday's figures nothing changes any more, of today's it does: half a minute is fresh. */
const STALE_AFTER_MS = 120_000;
const DAY_MS = 86_400_000;

/** Of one follower, or of all together (""). */
interface Of {
  readonly follower: string;
}

export function LatelyFigures({ follower }: Of) {
  const { data, dataUpdatedAt } = usePerformance(follower);
  const atMs = useTrueAt(dataUpdatedAt);
  const row = data === undefined ? null : rowOf(data, follower);
  if (data === undefined || row === null) return null;
  const today = new Date(data.asOfMs).toISOString().slice(0, 10);
  const since = (days: number) => profitSince(row.periods, data.asOfMs - (days - 1) * DAY_MS);
  const common = { atMs, staleAfterMs: STALE_AFTER_MS };
  const { now, deepest } = row.drawdown;
  return (
    <Figures label={words.lately(follower)}>
      <Figure
        label={words.today}
        window={words.utcDay}
        more={<GuardLimit guard="max_daily_loss" follower={follower} />}
        {...common}
      >
        <Change
          value={row.periods.find(({ period }) => period === today)?.profit ?? "0"}
          places={2}
          unit="USDT"
        />
      </Figure>
      <Figure label={words.week} window={words.lastDays(WEEK_DAYS)} {...common}>
        <Change value={since(WEEK_DAYS)} places={2} unit="USDT" />
      </Figure>
      <Figure label={words.month} window={words.lastDays(MONTH_DAYS)} {...common}>
        <Change value={since(MONTH_DAYS)} places={2} unit="USDT" />
      </Figure>
      <Figure
        label={words.drawdown}
        window={deepest === null ? null : words.drawdownWindow(percentText(deepest.depth), deepest.trough)}
        more={<GuardLimit guard="max_account_drawdown" follower={follower} />}
        {...common}
      >
        {row.days === 0 ? <NotKnown /> : percentText(now)}
      </Figure>
    </Figures>
  );
}

export function Course({ follower }: Of) {
  const { data, error, refetch } = usePerformance(follower);
  const row = data === undefined ? null : rowOf(data, follower);
  return (
    <Panel
      title={words.course}
      note={row === null ? undefined : words.courseNote(follower, row.firstDay, row.lastDay)}
      isPadded
    >
      {data === undefined && error === null && <Loading what={words.course.toLowerCase()} />}
      {data === undefined && error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data !== undefined && (row === null || row.periods.length < 2) && <Empty>{words.tooShort}</Empty>}
      {row !== null && row.periods.length >= 2 && <Charts days={row.periods} />}
    </Panel>
  );
}

function Charts({ days }: { readonly days: readonly Day[] }) {
  const timesMs = days.map(({ lastDay }) => Date.parse(lastDay));
  const last = days.at(-1);
  const deepest = Math.min(...days.map(({ drawdown }) => drawdown));
  return (
    <>
      <TimeChart
        timesMs={timesMs}
        series={[
          { label: words.equity, values: days.map(({ equity }) => (equity === "" ? null : Number(equity))) },
        ]}
        unit="USDT"
        height={180}
        summary={words.equitySummary(days.length, decimalText(last?.equity ?? "", { places: 2 }))}
        format={(value) => decimalText(value.toFixed(0))}
        syncKey="course"
      />
      <TimeChart
        timesMs={timesMs}
        series={[
          {
            label: words.drawdownLine,
            values: days.map(({ drawdown }) => drawdown),
            isArea: true,
            tone: "loss",
          },
        ]}
        unit="%"
        height={110}
        summary={words.drawdownSummary(percentText(deepest))}
        format={(value) => percentText(value, 2)}
        syncKey="course"
      />
    </>
  );
}

/** Real money before paper: they are never summed. */
function rowOf({ rows }: PerformanceReport, follower: string): Row | null {
  const all = rows.filter(({ of, name }) =>
    follower === "" ? of === "portfolio" : of === "follower" && name === follower,
  );
  return all.find(({ isPaper }) => !isPaper) ?? all[0] ?? null;
}

/** Of whole UTC days from that of `fromMs` on. */
function profitSince(days: readonly Day[], fromMs: number): string {
  const from = new Date(fromMs).toISOString().slice(0, 10);
  return sumOf(days.filter(({ lastDay }) => lastDay >= from).map(({ profit }) => profit));
}
