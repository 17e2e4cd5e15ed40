/** What of the leaders' changes was not copied, and why. */
import { Link } from "wouter";
import { useReasons } from "../../api/queries.ts";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { percentText } from "../../format/decimal.ts";
import { words } from "./strings.ts";
import type { Metrics } from "./types.ts";

export function Missed({ metrics: { notCopied, changes } }: { readonly metrics: Metrics }) {
  const sentence = useReasons();
  const rows = notCopied.toSorted((one, other) => other.changes - one.changes);
  return (
    <Panel title={words.missed}>
      {rows.length === 0 ? (
        <Empty>{words.missedNone}</Empty>
      ) : (
        <Table
          label={words.missed}
          rows={rows}
          keyOf={({ reason }) => reason}
          columns={[
            {
              id: "reason",
              title: words.reason,
              cell: ({ reason }) => (
                <span className="sentence">
                  <Link href={`/journal?${new URLSearchParams({ reason })}`}>{reason}</Link>
                  <span className="muted reason-text">{sentence(reason)}</span>
                </span>
              ),
            },
            { id: "changes", title: words.changes, isNumber: true, cell: (row) => row.changes },
            {
              id: "share",
              title: words.share,
              isNumber: true,
              cell: (row) => percentText(row.changes / changes),
            },
          ]}
        />
      )}
    </Panel>
  );
}
