/** What copying would have given at each delay: drawn on a logarithmic axis, with the numbers beneath. */
import type { WhatIfResult } from "../../../api/types.ts";
import { Change, NotKnown } from "../../../components/amount.tsx";
import { Panel } from "../../../components/panel.tsx";
import { Table } from "../../../components/table.tsx";
import { DelayCurve } from "./delay-curve.tsx";
import { delayText, words } from "./strings.ts";

export function Delays({ found }: { readonly found: WhatIfResult }) {
  const { delays, terms, days } = found;
  const { points, limit, carefulLimit, by } = delays;
  const told = limit ?? carefulLimit;
  return (
    <Panel title={words.delayTitle} note={words.delayNote(days)}>
      <div className="panel-body">
        <DelayCurve points={points} ownMs={terms.delay.medianMs + terms.orderLatencyMs} />
        <p className="small muted">
          {words.limits[told.kind](told.delayMs === undefined ? "" : delayText(told.delayMs))}{" "}
          {by === "engine" ? words.byEngine : words.byLight}
        </p>
      </div>
      <Table
        label={words.delayTitle}
        rows={points}
        keyOf={({ delayMs }) => String(delayMs)}
        columns={[
          { id: "delay", title: words.delayHead, cell: ({ delayMs }) => delayText(delayMs) },
          {
            id: "likely",
            title: words.likely,
            isNumber: true,
            cell: ({ profit, interval }) =>
              profit === null ? <NotKnown /> : <Between value={profit} interval={interval} />,
          },
          {
            id: "careful",
            title: words.careful,
            isNumber: true,
            cell: ({ carefulProfit, carefulInterval }) => (
              <Between value={carefulProfit} interval={carefulInterval} />
            ),
          },
          {
            id: "lost",
            title: words.byDelay,
            isNumber: true,
            cell: ({ lost, lostInterval }) => (
              <Between
                value={-lost}
                interval={lostInterval === null ? null : [-lostInterval[1], -lostInterval[0]]}
              />
            ),
          },
        ]}
      />
    </Panel>
  );
}

interface BetweenProps {
  readonly value: number;
  readonly interval: readonly [number, number] | null;
}

function Between({ value, interval }: BetweenProps) {
  return (
    <>
      <Change value={value.toFixed(2)} />
      {interval !== null && (
        <span className="small muted block">
          {words.range(interval[0].toFixed(0), interval[1].toFixed(0))}
        </span>
      )}
    </>
  );
}
