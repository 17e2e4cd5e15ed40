/** Every copy by itself. */
import { Change, NotKnown } from "../../components/amount.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { shareText } from "./metrics.tsx";
import { words } from "./strings.ts";
import type { CopyRow } from "./types.ts";

export function ByCopy({ rows, coin }: { readonly rows: readonly CopyRow[]; readonly coin: string }) {
  const size = ({ difference }: CopyRow) => Math.abs(Number(difference));
  const ordered = rows.toSorted((one, other) => size(other) - size(one));
  return (
    <Panel title={words.rows} note={words.rowsNote}>
      <Table
        label={words.rows}
        rows={ordered}
        keyOf={({ leader, follower, symbol }) => `${leader} ${follower} ${symbol}`}
        columns={[
          {
            id: "copy",
            title: words.copy,
            cell: ({ leader, follower }) => (
              <span className="nowrap">
                {leader} → {follower}
              </span>
            ),
          },
          { id: "symbol", title: words.instrument, cell: ({ symbol }) => symbol },
          {
            id: "leader",
            title: `${words.leaderScaled}, ${coin}`,
            isNumber: true,
            cell: ({ leaderScaled }) => <Change value={leaderScaled.profit} places={2} />,
          },
          {
            id: "follower",
            title: `${words.follower}, ${coin}`,
            isNumber: true,
            cell: ({ followerResult }) => <Change value={followerResult.profit} places={2} />,
          },
          {
            id: "difference",
            title: `${words.difference}, ${coin}`,
            isNumber: true,
            cell: ({ difference }) => <Change value={difference} places={2} />,
          },
          {
            id: "copied",
            title: words.copied,
            isNumber: true,
            cell: ({ metrics: { copyAccuracy } }) =>
              copyAccuracy === null ? <NotKnown /> : percentText(copyAccuracy),
          },
          {
            id: "delay",
            title: words.middle,
            isNumber: true,
            cell: ({ metrics: { executionDelayMs } }) =>
              executionDelayMs === null ? (
                <NotKnown />
              ) : (
                decimalText(String(Math.round(executionDelayMs.p50)))
              ),
          },
          {
            id: "slippage",
            title: words.bps,
            isNumber: true,
            cell: ({ metrics: { slippageBps } }) =>
              slippageBps === null ? <NotKnown /> : decimalText(slippageBps, { signed: true, places: 2 }),
          },
          {
            id: "parity",
            title: words.inParity,
            isNumber: true,
            cell: ({ metrics: { timeInParity } }) => shareText(timeInParity),
          },
        ]}
      />
    </Panel>
  );
}
