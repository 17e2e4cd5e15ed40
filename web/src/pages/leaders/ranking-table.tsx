/** One row for each trader. Raw returns are no column: they are not what anybody should choose by. */
import { Link } from "wouter";
import type { FilteredTraders, RankedTrader, Ranking, StylesReport } from "../../api/types.ts";
import { NotKnown } from "../../components/amount.tsx";
import { Interval } from "../../components/charts/interval.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { percentText } from "../../format/decimal.ts";
import { numberText } from "../figure-text.ts";
import { keyed, useStyles, useTraders } from "./queries.ts";
import { words } from "./strings.ts";
import { traderPath } from "./trader-path.ts";

type Figures = NonNullable<RankedTrader["figures"]>;

/** Ratios beyond are drawn at its ends. */
const AXIS = { from: -6, to: 6 } as const;

const TONES: Readonly<Record<Figures["conclusion"], Tone>> = {
  "skill-likely": "good",
  unproven: "off",
  losing: "bad",
};

export interface RankingTableProps {
  readonly traders: readonly RankedTrader[];
  readonly by: Ranking["by"];
  /** What the filters of the configuration say of one; null where that was not asked. */
  readonly filtered: ((trader: RankedTrader) => FilteredTraders["traders"][number] | undefined) | null;
  readonly isStale: boolean;
}

export function RankingTable({ traders, by, filtered, isStale }: RankingTableProps) {
  const quality = useQuality();
  const styles = useStyles();
  const styleOf = keyed(styles.data?.traders);
  const figuresOf = (trader: RankedTrader) =>
    by === "gross" ? trader.figures : (trader.follower?.figures ?? null);
  const columns: readonly Column<RankedTrader>[] = [
    { id: "trader", title: words.trader, cell: Name },
    {
      id: "sharpe",
      title: (
        <span className="axis-title">
          {by === "gross" ? words.sharpeGross : words.sharpe}{" "}
          <span className="axis-range extra">{words.axis}</span>
        </span>
      ),
      cell: (one) => <Estimate figures={figuresOf(one)} isFaint={one.verdict !== "judgeable"} />,
    },
    {
      id: "conclusion",
      title: words.conclusion,
      cell: (one) => <Conclusion of={one} figures={figuresOf(one)} />,
    },
    {
      id: "careful",
      title: words.careful,
      isNumber: true,
      cell: (one) => numberText(figuresOf(one)?.lowerBound ?? null),
    },
    { id: "days", title: words.days, isNumber: true, cell: ({ days }) => days },
    { id: "trips", title: words.trips, isNumber: true, cell: ({ roundTrips }) => roundTrips },
    {
      id: "copyable",
      title: words.copyable,
      isNumber: true,
      cell: ({ follower }) => shareText(follower?.copyability.score ?? null),
    },
    {
      id: "style",
      title: words.style,
      cell: (one) => <Style style={styleOf(one)} isAsked={styles.isPending} />,
    },
    ...(filtered === null
      ? []
      : [
          {
            id: "filters",
            title: words.filters,
            cell: (one: RankedTrader) => <Passes of={filtered(one)} />,
          },
        ]),
    { id: "flags", title: words.flags, cell: (one) => <Flags of={one} quality={quality(one)} /> },
  ];
  return (
    <Table
      label={words.title}
      rows={traders}
      keyOf={({ venue, id }) => `${venue} ${id}`}
      columns={columns}
      isStale={isStale}
    />
  );
}

function shareText(share: number | null) {
  return share === null ? <NotKnown /> : percentText(share, 0);
}

const SHOWN_ID = 14;

function Name({ id, venue, leader }: RankedTrader) {
  return (
    <span className="trader-name">
      <Link href={traderPath({ id, venue })} title={id}>
        {leader ?? (id.length > SHOWN_ID ? `${id.slice(0, 6)}…${id.slice(-5)}` : id)}
      </Link>
      <span className="muted extra">{venue}</span>
    </span>
  );
}

function Conclusion({ of, figures }: { readonly of: RankedTrader; readonly figures: Figures | null }) {
  if (of.verdict === "judgeable" && figures === null)
    return <State tone="off">{words.noFollowerResult}</State>;
  if (of.verdict !== "judgeable" || figures === null)
    return <State tone="off">{words.verdicts[of.verdict] ?? of.verdict}</State>;
  return <State tone={TONES[figures.conclusion]}>{words.conclusions3[figures.conclusion]}</State>;
}

interface StyleProps {
  readonly style: StylesReport["traders"][number] | undefined;
  /** Still being worked out. */
  readonly isAsked: boolean;
}

function Style({ style, isAsked }: StyleProps) {
  if (style === undefined) return isAsked ? <span className="muted">…</span> : <NotKnown />;
  const { label, confidence, reasons } = style;
  const isSure = confidence === "high" || confidence === "moderate";
  return (
    <span className={isSure ? "nowrap" : "nowrap muted"} title={reasons.join("\n")}>
      {label.replaceAll("_", " ")}
      {!isSure && label !== "unknown" && `, ${words.unsure}`}
    </span>
  );
}

function Passes({ of }: { readonly of: FilteredTraders["traders"][number] | undefined }) {
  if (of === undefined) return <NotKnown />;
  if (of.passes) return <State tone="good">{words.passes}</State>;
  const failed = of.results.filter(({ result }) => result === "failed");
  const untold = of.results.filter(({ result }) => result === "cannot-tell");
  return (
    <span title={[...failed, ...untold].map(({ filter }) => filter).join("\n")}>
      <State tone="off">
        {failed.length > 0 ? words.fails(failed.length) : words.cannotTell(untold.length)}
      </State>
    </span>
  );
}

function Estimate({ figures, isFaint }: { readonly figures: Figures | null; readonly isFaint: boolean }) {
  if (figures === null) return <NotKnown />;
  const { sharpe, shrunkSharpe, lowerBound, upperBound, conclusion } = figures;
  return (
    <span className="estimate">
      <Interval
        label={words.interval(numberText(shrunkSharpe), numberText(lowerBound), numberText(upperBound))}
        low={lowerBound}
        high={upperBound}
        raw={sharpe}
        value={shrunkSharpe}
        axis={AXIS}
        isFaint={isFaint || conclusion === "unproven"}
      />
      <span className="number">{numberText(shrunkSharpe)}</span>
    </span>
  );
}

function Flags({ of, quality }: { readonly of: RankedTrader; readonly quality: readonly string[] }) {
  const all = [...quality, ...of.reservations.map(({ text }) => text)];
  if (all.length === 0) return <span className="muted">{words.noFlags}</span>;
  return (
    <Link href={`${traderPath(of)}`} className="flags" title={all.join("\n")}>
      {words.flagCount(all.length)}
    </Link>
  );
}

/** The words of what is wrong with each record's data. */
function useQuality(): (trader: RankedTrader) => readonly string[] {
  const { data } = useTraders();
  const known = keyed(data?.items);
  return (trader) => known(trader)?.record?.quality ?? [];
}
