/** Asks what copying would have brought: with how much money, how large, how late, and at which costs. */
import type { TraderPerformance, WhatIfRequest } from "../../../api/types.ts";
import { JobDialog } from "../../../components/job-dialog.tsx";
import {
  type RequestField,
  requestErrors,
  requestValues,
  type Texts,
} from "../../../format/request-values.ts";
import { words } from "./strings.ts";

type Field = RequestField & { readonly key: keyof WhatIfRequest };

const MAIN: readonly Field[] = [
  { key: "equity", label: words.equity, hint: words.equityHint, kind: "amount" },
  { key: "delay", label: words.delay, hint: words.delayHint, kind: "number", most: 86_400 },
];

/** Keys of an account file: they go below `settings`. */
const SETTINGS: readonly RequestField[] = [
  { key: "position_scaling", label: words.scaling, hint: words.scalingHint, kind: "number", most: 100 },
  { key: "max_symbol_notional", label: words.mostPerSymbol, hint: words.mostHint, kind: "number" },
];

const MORE: readonly Field[] = [
  { key: "leader_equity", label: words.leaderEquity, hint: words.leaderEquityHint, kind: "amount" },
  { key: "fee_rate", label: words.feeRate, hint: words.feeRateHint, kind: "number", most: 10 },
  { key: "delays", label: words.delays, hint: words.delaysHint, kind: "numbers", most: 3_600 },
  { key: "horizon", label: words.horizon, hint: words.horizonHint, kind: "count", most: 3_650 },
  { key: "lives", label: words.lives, hint: words.livesHint, kind: "count", most: 200 },
  { key: "seed", label: words.seed, hint: words.seedHint, kind: "count", most: 2 ** 32 - 1 },
];

const REQUEST = [...MAIN, ...MORE];
const USUAL: Texts = { equity: "10000" };

export interface WhatIfDialogProps {
  readonly trader: TraderPerformance;
  readonly onClose: () => void;
}

export function WhatIfDialog({ trader: { id, venue, leader }, onClose }: WhatIfDialogProps) {
  return (
    <JobDialog
      kind="what_if"
      title={words.dialogTitle(leader ?? id)}
      about={words.about}
      confirm={words.confirm}
      fields={[...MAIN, ...SETTINGS]}
      more={{ title: words.more, fields: MORE }}
      usual={USUAL}
      errorsOf={(texts) => requestErrors([...REQUEST, ...SETTINGS], texts)}
      requestOf={(texts) => requestOf({ id, venue }, texts)}
      onClose={onClose}
    />
  );
}

function requestOf({ id, venue }: Pick<TraderPerformance, "id" | "venue">, texts: Texts): WhatIfRequest {
  const settings = requestValues(SETTINGS, texts) as NonNullable<WhatIfRequest["settings"]>;
  return {
    ...requestValues(REQUEST, texts),
    leader: id,
    venue,
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  };
}
