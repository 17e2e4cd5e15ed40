/** One row for each change and follower: what the leader did, and what became of it. */
import { useState } from "react";
import type { JournalEntry } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Amount, Quantity } from "../../components/amount.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { legText, words } from "./strings.ts";

export function Entries({ entries }: { readonly entries: readonly JournalEntry[] }) {
  const [shown, setShown] = useState<JournalEntry | null>(null);
  return (
    <>
      <Table
        label={words.entries}
        rows={entries}
        keyOf={keyOf}
        columns={[
          {
            id: "symbol",
            title: words.onAndWhen,
            cell: ({ symbol, leg, at }) => (
              <span className="two-lines">
                <span>
                  {symbol}
                  {legText(leg)}
                </span>
                <span className="muted">
                  <Moment atMs={at} />
                </span>
              </span>
            ),
          },
          {
            id: "leader",
            title: words.leader,
            isExtra: true,
            cell: (entry) => (
              <span className="two-lines">
                <ChangeOf entry={entry} />
                <span className="muted">
                  {words.holds} <Quantity value={entry.leaderHolds} />
                </span>
              </span>
            ),
          },
          {
            id: "follower",
            title: words.follower,
            isExtra: true,
            cell: ({ follower }) => follower || <span className="muted">{words.nobody}</span>,
          },
          { id: "became", title: words.became, cell: (entry) => <Became entry={entry} /> },
          {
            id: "details",
            title: <span className="for-readers">{words.details}</span>,
            isNumber: true,
            cell: (entry) => (
              <button
                type="button"
                className="button button-plain button-row accent"
                onClick={() => setShown(entry)}
              >
                {words.details}
                <span className="for-readers">: {words.detailsTitle(entry.change)}</span>
              </button>
            ),
          },
        ]}
      />
      {shown !== null && <EntryDialog entry={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function keyOf({ change, leader, follower, symbol, leg }: JournalEntry): string {
  return `${change} ${leader} ${follower} ${symbol} ${leg}`;
}

interface Of {
  readonly entry: JournalEntry;
}

function ChangeOf({ entry: { leader, changedBy } }: Of) {
  return (
    <span>
      {leader} {words.by} <Quantity value={changedBy} />
    </span>
  );
}

function Became({ entry }: Of) {
  const { follower, orders, reason, explanation, pending } = entry;
  // Columns of their own on a wide screen.
  const whose = (
    <span className="narrow muted">
      <ChangeOf entry={entry} /> → {follower || words.nobody}
    </span>
  );
  if (pending)
    return (
      <span className="became sentence">
        {whose}
        <State tone="busy">{words.pending}</State>
      </span>
    );
  return (
    <span className="became sentence">
      {whose}
      {orders.map(
        ({
          clientOrderId,
          side = "",
          filledQuantity = "",
          quantity = "",
          averagePrice = "",
          status = "",
        }) => (
          <span key={clientOrderId}>
            <State tone={status === "filled" ? "good" : status === "rejected" ? "bad" : "busy"}>
              {words.status[status] ?? status}
            </State>{" "}
            {side} <Amount value={filledQuantity} />
            {filledQuantity !== quantity && (
              <>
                {" "}
                {words.of} <Amount value={quantity} />
              </>
            )}
            {averagePrice !== "" && (
              <>
                {" "}
                {words.at} <Amount value={averagePrice} />
              </>
            )}
          </span>
        ),
      )}
      {reason !== "" && (
        <span title={reason}>
          <State tone={reason === "at-target" ? "good" : "off"}>
            {reason === "at-target" ? words.nothingToDo : words.notCopied}
          </State>{" "}
          {explanation}
        </span>
      )}
    </span>
  );
}
