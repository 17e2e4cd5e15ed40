/** Orders that answer no change of a leader alone, each with what led to it. */
import type { JournalPage } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Amount } from "../../components/amount.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { legText, words } from "./strings.ts";

export function OtherOrders({ orders }: { readonly orders: JournalPage["other_orders"] }) {
  return (
    <Panel title={words.others} note={words.othersNote}>
      <Table
        label={words.others}
        rows={orders}
        keyOf={({ clientOrderId }) => clientOrderId}
        columns={[
          { id: "symbol", title: words.on, cell: ({ symbol, leg }) => `${symbol}${legText(leg)}` },
          { id: "at", title: words.when, cell: ({ at }) => <Moment atMs={at} /> },
          { id: "follower", title: words.follower, cell: ({ follower }) => follower },
          {
            id: "order",
            title: words.order,
            cell: ({ side = "", filledQuantity = "", averagePrice = "" }) => (
              <span className="nowrap">
                {side} <Amount value={filledQuantity} />
                {averagePrice !== "" && (
                  <>
                    {" "}
                    {words.at} <Amount value={averagePrice} />
                  </>
                )}
              </span>
            ),
          },
          { id: "state", title: words.state, cell: ({ status = "" }) => words.status[status] ?? status },
          {
            id: "why",
            title: words.why,
            cell: ({ explanation }) => <span className="sentence">{explanation}</span>,
          },
        ]}
      />
    </Panel>
  );
}
