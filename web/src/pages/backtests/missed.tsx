/** Changes of copied leaders that led to no order, by reason. */
import { useReasons } from "../../api/queries.ts";
import type { LivedStrategy } from "../../api/types.ts";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText } from "../../format/decimal.ts";
import { words } from "./strings.ts";

export function Missed({ lived: { happenings } }: { readonly lived: LivedStrategy }) {
  const sentence = useReasons();
  const rows = Object.entries(happenings.reasons).toSorted(([, one], [, other]) => other - one);
  return (
    <Panel title={words.missed} note={words.missedNote}>
      {rows.length === 0 ? (
        <Empty>{words.nothingMissed}</Empty>
      ) : (
        <Table
          label={words.missed}
          rows={rows}
          keyOf={([reason]) => reason}
          columns={[
            {
              id: "reason",
              title: words.reason,
              cell: ([reason]) => <span className="sentence">{sentence(reason)}</span>,
            },
            {
              id: "count",
              title: words.count,
              isNumber: true,
              cell: ([, count]) => decimalText(String(count)),
            },
          ]}
        />
      )}
    </Panel>
  );
}
