/** How a measured value is written beside its threshold. */
import type { HealthCheck } from "../../api/types.ts";

/** `3.0 s`, `120 ms`, `20,480 MB`, `4 %`, `7` */
export function measureText(value: number, unit: HealthCheck["unit"]): string {
  if (unit === "ms" && Math.abs(value) >= 1_000) return `${(value / 1_000).toFixed(1)} s`;
  const number = Math.round(value).toLocaleString("en-GB");
  return unit === "count" ? number : `${number} ${unit}`;
}
