/** Figures of every strategy beside each other, an estimate with its interval; a row is a figure, a column a strategy. */
import type { ReactNode } from "react";
import type { BacktestComparison, LivedStrategy } from "../../api/types.ts";
import { NotKnown } from "../../components/amount.tsx";
import { Defined } from "../../components/defined.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { FIGURE_DEFINITIONS } from "../definitions.ts";
import { type FigureUnit, figureText, numberText } from "../figure-text.ts";
import { Swatch } from "./curves.tsx";
import { words } from "./strings.ts";

type FigureName = keyof typeof FIGURE_DEFINITIONS;

const FIGURES: readonly FigureName[] = [
  "total_return",
  "max_drawdown",
  "annual_volatility",
  "sharpe",
  "sortino",
  "calmar",
  "var95_historical",
];

interface Row {
  readonly id: string;
  readonly label: string;
  readonly definition?: string;
  readonly cell: (lived: LivedStrategy) => ReactNode;
}

export interface FiguresTableProps {
  readonly found: BacktestComparison;
  readonly names: readonly string[];
}

export function FiguresTable({ found, names }: FiguresTableProps) {
  const rows: readonly Row[] = [
    { id: "equity", label: words.equityTo, cell: equityCell },
    ...FIGURES.map(figureRow),
    { id: "ahead", label: words.ahead, cell: (lived) => <Ahead lived={lived} found={found} /> },
    ...COSTS,
  ];
  return (
    <Panel title={words.figures} note={words.figuresNote}>
      <Table
        label={words.figures}
        rows={rows}
        keyOf={({ id }) => id}
        columns={[
          {
            id: "figure",
            title: words.figure,
            cell: ({ label, definition }) =>
              definition === undefined ? label : <Defined definition={definition}>{label}</Defined>,
          },
          ...found.items.map((lived, at) => ({
            id: `${lived.id} ${lived.strategy}`,
            title: (
              <>
                <Swatch at={at} /> {names[at]}
              </>
            ),
            isNumber: true,
            cell: (row: Row) => row.cell(lived),
          })),
        ]}
      />
      <p className="panel-note">{words.idleIntervals}</p>
    </Panel>
  );
}

function equityCell({ equityFrom, equityTo }: LivedStrategy): ReactNode {
  return (
    <Estimate interval={words.equityFrom(decimalText(equityFrom.toFixed(0)))}>
      {decimalText(equityTo.toFixed(2))}
    </Estimate>
  );
}

function figureRow(name: FigureName): Row {
  const { label, unit, formula, source } = FIGURE_DEFINITIONS[name];
  return {
    id: name,
    label,
    definition: [formula, source].filter((text) => text !== "").join(". "),
    cell: ({ figures, intervals }) => {
      const value = figures[name];
      if (value === null || value === undefined) return <NotKnown />;
      return <Estimate interval={intervalText(intervals[name], unit)}>{figureText(value, unit)}</Estimate>;
    },
  };
}

const COSTS: readonly Row[] = [
  { id: "fees", label: words.fees, cell: ({ happenings: { fees } }) => decimalText((-fees).toFixed(2)) },
  {
    id: "funding",
    label: words.funding,
    cell: ({ happenings: { funding } }) => decimalText(funding.toFixed(2), { signed: true }),
  },
  {
    id: "hurdle",
    label: words.hurdle,
    definition: words.hurdleAbout,
    cell: ({ hurdle: { ofEquityPerDay } }) =>
      ofEquityPerDay === null ? <NotKnown /> : percentText(ofEquityPerDay, 4),
  },
  {
    id: "turnover",
    label: words.turnover,
    definition: words.turnoverAbout,
    cell: ({ turnover }) => words.times(numberText(turnover, 1)),
  },
  {
    id: "exposure",
    label: words.exposure,
    definition: words.exposureAbout,
    cell: ({ exposure: { grossMean, grossMax } }) => (
      <>
        {percentText(grossMean, 0)}, {percentText(grossMax, 0)}
      </>
    ),
  },
  {
    id: "orders",
    label: words.orders,
    cell: ({ happenings: { orders, fills } }) =>
      `${decimalText(String(orders))}, ${decimalText(String(fills))}`,
  },
  {
    id: "liquidations",
    label: words.liquidations,
    cell: ({ happenings: { liquidations } }) => decimalText(String(liquidations)),
  },
];

/** How far it is ahead of the first strategy of its own backtest, which went through the very same days. */
function Ahead({ lived, found }: { readonly lived: LivedStrategy; readonly found: BacktestComparison }) {
  const base = found.items.find(({ id }) => id === lived.id);
  if (base === lived) return <span className="muted small">{words.aheadBase}</span>;
  const own = found.backtests.find(({ id }) => id === lived.id)?.comparisons;
  const ahead = own?.find(({ strategy }) => strategy === lived.strategy);
  if (ahead === undefined) return <NotKnown />;
  const { returnAhead, returnInterval, adjustedChance } = ahead;
  return (
    <Estimate interval={intervalText(returnInterval, "fraction")}>
      {percentText(returnAhead, 1, true)}
      {adjustedChance !== null && (
        <span className="small muted block">{words.chance(percentText(adjustedChance, 0))}</span>
      )}
    </Estimate>
  );
}

interface EstimateProps {
  readonly interval: string | null;
  readonly children: ReactNode;
}

function Estimate({ interval, children }: EstimateProps) {
  return (
    <>
      {children}
      {interval !== null && <span className="small muted block">{interval}</span>}
    </>
  );
}

function intervalText(
  interval: readonly [number, number] | null | undefined,
  unit: FigureUnit,
): string | null {
  if (interval === null || interval === undefined) return null;
  return words.interval(figureText(interval[0], unit), figureText(interval[1], unit));
}
