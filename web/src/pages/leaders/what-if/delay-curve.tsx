/** Result against delay, the delay on a logarithmic axis: the likely line and the careful one, each in its 95 % band, and the delay of this copy. */
import type { WhatIfResult } from "../../../api/types.ts";
import { useWidth } from "../../../components/charts/use-width.ts";
import { decimalText } from "../../../format/decimal.ts";
import { delayText, words } from "./strings.ts";

type Point = WhatIfResult["delays"]["points"][number];
type At = readonly [x: number, y: number];

const HEIGHT = 250;
const FRAME = { left: 62, right: 14, top: 14, bottom: 38 };
const TICKS = 4;

export interface DelayCurveProps {
  /** Shortest first. */
  readonly points: readonly Point[];
  /** From the leader's fill to the order at the exchange, in this copy. */
  readonly ownMs: number;
}

export function DelayCurve({ points, ownMs }: DelayCurveProps) {
  const [frame, width] = useWidth();
  return (
    <figure className="delay-curve" ref={frame}>
      <figcaption className="for-readers">{summary(points)}</figcaption>
      {width > 0 && points.length > 0 && <Drawn points={points} ownMs={ownMs} width={width} />}
      <p className="small muted legend">
        {points.some(({ profit }) => profit !== null) && (
          <span>
            <svg viewBox="0 0 24 6" aria-hidden="true" className="curve-likely">
              <line x1="0" x2="24" y1="3" y2="3" />
            </svg>{" "}
            {words.likelyLine}
          </span>
        )}
        <span>
          <svg viewBox="0 0 24 6" aria-hidden="true" className="curve-careful">
            <line x1="0" x2="24" y1="3" y2="3" />
          </svg>{" "}
          {words.carefulLine}
        </span>
      </p>
    </figure>
  );
}

function Drawn({ points, ownMs, width }: DelayCurveProps & { readonly width: number }) {
  const { x, y, ticks } = scalesOf(points, ownMs, width);
  const bottom = HEIGHT - FRAME.bottom;
  const likely = points.flatMap(({ delayMs, profit }): readonly At[] =>
    profit === null ? [] : [[x(delayMs), y(profit)]],
  );
  const careful = points.map(({ delayMs, carefulProfit }): At => [x(delayMs), y(carefulProfit)]);
  return (
    <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick}>
          <line className="grid" x1={FRAME.left} x2={width - FRAME.right} y1={y(tick)} y2={y(tick)} />
          <text x={FRAME.left - 6} y={y(tick) + 4} textAnchor="end">
            {decimalText(tick.toFixed(0))}
          </text>
        </g>
      ))}
      <line className="zero" x1={FRAME.left} x2={width - FRAME.right} y1={y(0)} y2={y(0)} />
      {points.map(({ delayMs }) => (
        <text key={delayMs} x={x(delayMs)} y={bottom + 16} textAnchor="middle">
          {delayText(delayMs)}
        </text>
      ))}
      <text x={width - FRAME.right} y={HEIGHT - 4} textAnchor="end">
        {words.axes}
      </text>
      <polygon className="band band-careful" points={bandOf(points, "carefulInterval", x, y)} />
      <polygon className="band band-likely" points={bandOf(points, "interval", x, y)} />
      <line className="own" x1={x(ownMs)} x2={x(ownMs)} y1={FRAME.top} y2={bottom} />
      <text x={x(ownMs) + 4} y={FRAME.top + 10}>
        {words.thisCopy}
      </text>
      <polyline className="curve-careful" points={pathOf(careful)} />
      <polyline className="curve-likely" points={pathOf(likely)} />
      {careful.map(([cx, cy]) => (
        <circle key={cx} className="curve-careful" cx={cx} cy={cy} r="3" />
      ))}
      {likely.map(([cx, cy]) => (
        <circle key={cx} className="curve-likely" cx={cx} cy={cy} r="3" />
      ))}
    </svg>
  );
}

function scalesOf(points: readonly Point[], ownMs: number, width: number) {
  const delays = [...points.map(({ delayMs }) => delayMs), Math.max(1, ownMs)].map(Math.log10);
  const [first, last] = [Math.min(...delays), Math.max(...delays)];
  const values = points.flatMap(({ profit, interval, carefulProfit, carefulInterval }) => [
    profit ?? carefulProfit,
    carefulProfit,
    ...(interval ?? []),
    ...(carefulInterval ?? []),
  ]);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const step = stepFor((high - low || 1) / TICKS);
  const [from, to] = [Math.floor(low / step) * step, Math.ceil(high / step) * step || step];
  const [inner, height] = [width - FRAME.left - FRAME.right, HEIGHT - FRAME.top - FRAME.bottom];
  return {
    x: (ms: number) =>
      FRAME.left + 16 + ((inner - 32) * (Math.log10(Math.max(1, ms)) - first)) / (last - first || 1),
    y: (value: number) => FRAME.top + (height * (to - value)) / (to - from),
    ticks: Array.from({ length: Math.round((to - from) / step) + 1 }, (_, at) => from + at * step),
  };
}

/** 1, 2 or 5 times a power of ten, at least as large. */
function stepFor(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
}

function bandOf(
  points: readonly Point[],
  name: "interval" | "carefulInterval",
  x: (ms: number) => number,
  y: (value: number) => number,
): string {
  const known = points.flatMap((one) => {
    const interval = one[name];
    return interval === null ? [] : [{ at: x(one.delayMs), low: y(interval[0]), high: y(interval[1]) }];
  });
  return pathOf([
    ...known.map(({ at, high }): At => [at, high]),
    ...known.toReversed().map(({ at, low }): At => [at, low]),
  ]);
}

function pathOf(points: readonly At[]): string {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

function summary(points: readonly Point[]): string {
  return words.delaySummary(
    points.map(
      ({ delayMs, profit, carefulProfit }) =>
        `${delayText(delayMs)}: ${decimalText((profit ?? carefulProfit).toFixed(0))} USDT`,
    ),
  );
}
