/** The last hour of a check by the minute, against its threshold: a line without axes beside its figures. */
import type { HealthCheck } from "../../api/types.ts";
import { measureText } from "./measure.ts";
import { words } from "./strings.ts";

const MINUTES = 60;
const [WIDTH, HEIGHT] = [120, 20];

export function LastHour({ check: { history = [], threshold, unit } }: { readonly check: HealthCheck }) {
  const values = history.slice(-MINUTES).map(({ value }) => value);
  if (values.length < 2 || values.every((value) => value === 0)) return null;
  const top = Math.max(threshold, ...values, 1e-9);
  const points = values.map(
    (value, at) => `${(at * WIDTH) / (values.length - 1)},${HEIGHT - (HEIGHT * value) / top}`,
  );
  const summary = words.lastHourSummary(measureText(Math.max(...values), unit), values.length);
  return (
    <svg className="last-hour" viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`} role="img" aria-label={summary}>
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
