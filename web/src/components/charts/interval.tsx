/** An estimate as a point in its interval, on an axis that all rows share; the filled point is the one drawn towards the others. */

export interface IntervalProps {
  /** What it is, for who does not see it. */
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** As measured: hollow. */
  readonly raw: number;
  /** Shrunk: filled. */
  readonly value: number;
  readonly axis: IntervalAxis;
  /** Nothing can be concluded from it. */
  readonly isFaint?: boolean;
}

export interface IntervalAxis {
  readonly from: number;
  readonly to: number;
}

const WIDTH = 150;
const HEIGHT = 18;
const MIDDLE = HEIGHT / 2;

export function Interval({ label, low, high, raw, value, axis, isFaint = false }: IntervalProps) {
  const x = (at: number) => {
    const share = (at - axis.from) / (axis.to - axis.from);
    return 4 + (WIDTH - 8) * Math.min(1, Math.max(0, share));
  };
  return (
    <svg
      className={isFaint ? "interval interval-faint" : "interval"}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <line className="interval-zero" x1={x(0)} x2={x(0)} y1="0" y2={HEIGHT} />
      <line x1={x(low)} x2={x(high)} y1={MIDDLE} y2={MIDDLE} />
      {low >= axis.from && <line x1={x(low)} x2={x(low)} y1={MIDDLE - 4} y2={MIDDLE + 4} />}
      {high <= axis.to && <line x1={x(high)} x2={x(high)} y1={MIDDLE - 4} y2={MIDDLE + 4} />}
      <circle className="interval-raw" cx={x(raw)} cy={MIDDLE} r="3.2" />
      <circle className="interval-value" cx={x(value)} cy={MIDDLE} r="3.6" />
    </svg>
  );
}
