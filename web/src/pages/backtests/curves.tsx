/** Equity curves on one another: each from its own capital, so that backtests with other capitals are alike. */
import type { LivedStrategy } from "../../api/types.ts";
import { Panel } from "../../components/panel.tsx";
import { type ChartTone, TimeChart } from "../../components/time-chart.tsx";
import { percentText } from "../../format/decimal.ts";
import { words } from "./strings.ts";

interface Stroke {
  readonly tone: ChartTone;
  readonly dash?: readonly number[];
}

const STROKES: readonly Stroke[] = [
  { tone: "accent" },
  { tone: "curve-2", dash: [7, 4] },
  { tone: "curve-3", dash: [2, 3] },
  { tone: "curve-4", dash: [10, 4, 2, 4] },
  { tone: "curve-5", dash: [4, 2] },
  { tone: "curve-6", dash: [12, 3] },
];

export interface CurvesProps {
  readonly items: readonly LivedStrategy[];
  readonly names: readonly string[];
}

export function Curves({ items, names }: CurvesProps) {
  const shown = items.slice(0, STROKES.length);
  const days = [...new Set(shown.flatMap((one) => one.days))].sort();
  const timesMs = days.map((day) => Date.parse(day));
  const linesOf = (valuesOf: (one: LivedStrategy) => readonly number[]) =>
    shown.map((one, at) => {
      const values = valuesOf(one);
      const byDay = new Map(one.days.map((day, index) => [day, values[index] ?? null]));
      return { label: names[at] ?? "", values: days.map((day) => byDay.get(day) ?? null), ...STROKES[at] };
    });
  const told = (value: (one: LivedStrategy) => number) =>
    shown.map((one, at) => `${names[at]} ${percentText(value(one), 2, true)}`);
  return (
    <Panel title={words.curves} note={words.curvesNote} isPadded>
      <TimeChart
        timesMs={timesMs}
        series={linesOf(growthOf)}
        unit={words.curvesUnit}
        height={240}
        summary={words.curvesSummary(told((one) => growthOf(one).at(-1) ?? 0))}
        format={(value) => percentText(value, 2, true)}
        syncKey="backtest"
      />
      <TimeChart
        timesMs={timesMs}
        series={linesOf(drawdownOf)}
        unit={words.drawdownUnit}
        height={130}
        summary={words.drawdownSummary(told((one) => Math.min(0, ...drawdownOf(one))))}
        format={(value) => percentText(value, 2)}
        syncKey="backtest"
      />
      {items.length > shown.length && <p className="small muted">{words.curvesMore(shown.length)}</p>}
    </Panel>
  );
}

/** Since before the first day, at the end of each day. */
function growthOf({ equity, equityFrom }: LivedStrategy): readonly number[] {
  return equity.map((one) => (equityFrom > 0 ? one / equityFrom - 1 : 0));
}

/** How far below the highest end of a day before. */
function drawdownOf({ equity, equityFrom }: LivedStrategy): readonly number[] {
  let highest = equityFrom;
  return equity.map((one) => {
    highest = Math.max(highest, one);
    return highest > 0 ? one / highest - 1 : 0;
  });
}

/** A piece of the line that a name belongs to. */
export function Swatch({ at }: { readonly at: number }) {
  const stroke = STROKES[at];
  if (stroke === undefined) return null;
  const { tone, dash = [] } = stroke;
  return (
    <svg className={`swatch swatch-${tone}`} viewBox="0 0 24 6" aria-hidden="true">
      <line x1="0" x2="24" y1="3" y2="3" strokeDasharray={dash.join(" ")} />
    </svg>
  );
}
