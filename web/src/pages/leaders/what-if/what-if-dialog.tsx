/** Asks what copying would have brought: with how much money, how large, how late, and at which costs. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { startJob } from "../../../api/jobs.ts";
import { KEYS } from "../../../api/queries.ts";
import type { TraderPerformance, WhatIfRequest } from "../../../api/types.ts";
import { ActionDialog } from "../../../components/action-dialog.tsx";
import { fieldErrors, RequestFields } from "../../../components/request-fields.tsx";
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

export interface WhatIfDialogProps {
  readonly trader: TraderPerformance;
  readonly onClose: () => void;
}

export function WhatIfDialog({ trader: { id, venue, leader }, onClose }: WhatIfDialogProps) {
  const client = useQueryClient();
  const [texts, setTexts] = useState<Texts>({ equity: "10000" });
  const [refused, setRefused] = useState<Readonly<Record<string, string>>>({});
  const found = requestErrors([...REQUEST, ...SETTINGS], texts);
  const fields = {
    texts,
    errors: { ...refused, ...found },
    onText: (key: string, text: string) => {
      setRefused(Object.fromEntries(Object.entries(refused).filter(([field]) => field !== key)));
      setTexts({ ...texts, [key]: text });
    },
  };
  return (
    <ActionDialog
      title={words.dialogTitle(leader ?? id)}
      confirm={words.confirm}
      isIncomplete={Object.keys(found).length > 0}
      act={async () => {
        try {
          return await startJob("what_if", requestOf({ id, venue }, texts));
        } catch (error) {
          setRefused(fieldErrors(error));
          throw error;
        }
      }}
      onDone={() => {
        void client.invalidateQueries({ queryKey: KEYS.jobs });
        onClose();
      }}
      onClose={onClose}
    >
      <p className="small muted">{words.about}</p>
      <RequestFields fields={[...MAIN, ...SETTINGS]} {...fields} />
      <details>
        <summary>{words.more}</summary>
        <RequestFields fields={MORE} {...fields} />
      </details>
    </ActionDialog>
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
