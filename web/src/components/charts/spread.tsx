/** How results lie: nine of ten between the ends, half of them in the box, the middle one as a line; rows share one axis with zero on it. */

export interface Quantiles {
  readonly p5: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p95: number;
}

export interface SpreadProps {
  /** What it is, for who does not see it. */
  readonly label: string;
  readonly of: Quantiles;
  /** All that share the axis. */
  readonly among: readonly Quantiles[];
}

const WIDTH = 220;
const HEIGHT = 22;
const MIDDLE = HEIGHT / 2;
const EDGE = 3;

export function Spread({ label, of, among }: SpreadProps) {
  const ends = among.flatMap(({ p5, p95 }) => [p5, p95]);
  const [from, to] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const x = (at: number) => EDGE + ((WIDTH - 2 * EDGE) * (at - from)) / (to - from || 1);
  return (
    <svg className="spread" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line className="spread-zero" x1={x(0)} x2={x(0)} y1="0" y2={HEIGHT} />
      <line x1={x(of.p5)} x2={x(of.p95)} y1={MIDDLE} y2={MIDDLE} />
      {(["p5", "p95"] as const).map((end) => (
        <line key={end} x1={x(of[end])} x2={x(of[end])} y1={MIDDLE - 4} y2={MIDDLE + 4} />
      ))}
      <rect
        className="spread-box"
        x={x(of.p25)}
        width={Math.max(1, x(of.p75) - x(of.p25))}
        y={MIDDLE - 6}
        height="12"
      />
      <line className="spread-middle" x1={x(of.p50)} x2={x(of.p50)} y1={MIDDLE - 8} y2={MIDDLE + 8} />
    </svg>
  );
}
