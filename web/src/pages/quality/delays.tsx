/** How long copies take: the middle and the slow ones, on an axis where a tenth and a thousand both have room. */
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { decimalText } from "../../format/decimal.ts";
import { words } from "./strings.ts";
import type { Metrics } from "./types.ts";

const WIDTH = 340;
const HEIGHT = 96;
const LEFT = 14;
const RIGHT = WIDTH - 20;
const AXIS_Y = 66;
/** Powers of ten of milliseconds. */
const LOW = 0;

export function Delays({ metrics: { executionDelayMs, delayParts } }: { readonly metrics: Metrics }) {
  return (
    <Panel title={words.delays} note={words.delaysNote} isPadded>
      {executionDelayMs === null ? <Empty>{words.noDelays}</Empty> : <DelayAxis {...executionDelayMs} />}
      {delayParts !== null && (
        <p className="small muted">
          {words.delayParts(msText(delayParts.heard), msText(delayParts.decided), msText(delayParts.filled))}
        </p>
      )}
    </Panel>
  );
}

interface DelayAxisProps {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

function DelayAxis(delays: DelayAxisProps) {
  const high = Math.max(4, Math.ceil(Math.log10(Math.max(1, delays.p99))));
  const x = (ms: number) => LEFT + ((RIGHT - LEFT) * (Math.log10(Math.max(1, ms)) - LOW)) / (high - LOW);
  const powers = Array.from({ length: high - LOW + 1 }, (_, at) => LOW + at);
  const marks = (["p50", "p95", "p99"] as const).map((name) => ({ name, ms: delays[name] }));
  const text = marks.map(({ name, ms }) => `${words.quantile[name]}: ${words.ms(msText(ms))}`).join(", ");
  return (
    <svg className="delays" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text}>
      {powers.map((power) => (
        <g key={power}>
          <line className="delays-grid" x1={x(10 ** power)} x2={x(10 ** power)} y1="44" y2={AXIS_Y} />
          <text x={x(10 ** power)} y={AXIS_Y + 16} textAnchor="middle">
            {decimalText(String(10 ** power))}
          </text>
        </g>
      ))}
      <line className="delays-axis" x1={LEFT} x2={RIGHT} y1={AXIS_Y} y2={AXIS_Y} />
      <line className="delays-range" x1={x(delays.p50)} x2={x(delays.p99)} y1="56" y2="56" />
      {marks.map(({ name, ms }, at) => (
        <g key={name}>
          <circle className={name === "p50" ? "delays-middle" : "delays-mark"} cx={x(ms)} cy="56" r="5" />
          <text
            className="delays-label"
            x={x(ms)}
            y={12 + 13 * (2 - at)}
            textAnchor={at === 2 ? "end" : "middle"}
          >
            {words.quantile[name]} {msText(ms)}
          </text>
        </g>
      ))}
    </svg>
  );
}

function msText(ms: number): string {
  return decimalText(String(Math.round(ms)));
}
