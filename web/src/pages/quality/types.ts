import type { AttributionReport } from "../../api/types.ts";

export type Total = AttributionReport["totals"][number];
export type CopyRow = AttributionReport["rows"][number];
export type Metrics = Total["metrics"];
