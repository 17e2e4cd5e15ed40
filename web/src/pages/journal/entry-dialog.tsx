/** One entry whole: its orders as the exchange answered them, how it was decided, and the numbers at that moment. */
import type { JournalEntry } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Amount, Quantity } from "../../components/amount.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Table } from "../../components/table.tsx";
import { useSeesAll } from "../../session/session.tsx";
import { ReplayedMoment } from "./moment.tsx";
import { namedNumbers } from "./numbers.ts";
import { PathOf } from "./path.tsx";
import { legText, words } from "./strings.ts";

export interface EntryDialogProps {
  readonly entry: JournalEntry;
  readonly onClose: () => void;
}

export function EntryDialog({ entry, onClose }: EntryDialogProps) {
  const { change, at, leader, follower, symbol, leg, changedBy, leaderHolds, orders, reason, explanation } =
    entry;
  // The journal is of all accounts: it is lived through again for who sees all of them.
  const seesAll = useSeesAll();
  return (
    <Dialog title={words.detailsTitle(change)} onClose={onClose}>
      <p>
        <Moment atMs={at} />: {leader} {words.by} <Quantity value={changedBy} /> {symbol}
        {legText(leg)}, {words.holds} <Quantity value={leaderHolds} />. {words.follower}: {follower}.
      </p>
      {reason !== "" && (
        <p>
          <strong>{reason}</strong>: {explanation}.
        </p>
      )}
      {orders.length > 0 && (
        <Table
          label={words.order}
          rows={orders}
          keyOf={({ clientOrderId }) => clientOrderId}
          columns={[
            {
              id: "order",
              title: words.order,
              cell: ({ side = "", quantity = "" }) => (
                <>
                  {side} <Amount value={quantity} />
                </>
              ),
            },
            { id: "state", title: words.state, cell: ({ status = "" }) => words.status[status] ?? status },
            {
              id: "filled",
              title: words.filled,
              isNumber: true,
              cell: ({ filledQuantity = "" }) => <Amount value={filledQuantity} />,
            },
            {
              id: "price",
              title: words.price,
              isNumber: true,
              cell: ({ averagePrice = "" }) => <Amount value={averagePrice} />,
            },
            { id: "venue", title: words.venueReason, cell: ({ venueReason = "" }) => venueReason },
            { id: "id", title: words.id, cell: ({ clientOrderId }) => <code>{clientOrderId}</code> },
          ]}
        />
      )}
      {entry.pending && <p className="muted">{words.notYet}</p>}
      {follower !== "" && !entry.pending && <PathOf entry={entry} />}
      <Numbers detail={entry.detail} />
      {follower !== "" && seesAll && <ReplayedMoment change={change} follower={follower} />}
    </Dialog>
  );
}

function Numbers({ detail }: Pick<JournalEntry, "detail">) {
  const numbers = namedNumbers(detail, Date.now());
  if (numbers.length === 0) return null;
  return (
    <div>
      <h3>{words.numbers}</h3>
      <dl className="numbers">
        {numbers.map(({ name, value }) => (
          <div key={name}>
            <dt className="muted">{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
