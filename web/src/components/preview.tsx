/** What a command would lead to, as the core decided it on a copy of its state: settings, orders, what would not be done and why. */
import type { ReactNode } from "react";
import type { PreviewPlace, PreviewReport, WrittenValue } from "../api/types.ts";
import { readableText } from "../format/readable.ts";
import { sumOf } from "../format/sums.ts";
import { inUsdt, strings } from "../strings.ts";
import { Amount, NotKnown } from "./amount.tsx";
import { Notice } from "./notice.tsx";
import { isTold, PreviewExposure } from "./preview-exposure.tsx";
import { Table } from "./table.tsx";

const words = strings.preview;

export function Preview({ preview }: { readonly preview: PreviewReport }) {
  const { engine, ended = [], paused = [], resumed = [], begun = [], lifted, isCutOff } = preview;
  return (
    <>
      {!engine.running && <Notice tone="warn">{words.stopped}</Notice>}
      <Changes preview={preview} />
      <Named what={words.ended} names={ended} />
      <Named what={words.paused} names={paused} />
      <Named what={words.resumed} names={resumed} />
      {begun.map((stop) => (
        <Notice key={`${stop.follower} ${stop.id}`} tone="warn" title={words.begun}>
          <p>
            {stop.follower}: {readableText(stop.text, Date.now())}
          </p>
        </Notice>
      ))}
      {lifted.map((stop) => (
        <p key={`${stop.follower} ${stop.id}`}>
          {words.lifted}: {stop.follower}: {readableText(stop.text, Date.now())}
        </p>
      ))}
      <Orders preview={preview} />
      <Exposures preview={preview} />
      <Proposals preview={preview} />
      <Denials preview={preview} />
      {isCutOff && <p className="muted">{words.more}</p>}
    </>
  );
}

function Named({ what, names }: { readonly what: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <p>
      {what}: {names.join(", ")}
    </p>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

function Changes({ preview: { changes } }: { readonly preview: PreviewReport }) {
  if (changes.length === 0) return null;
  return (
    <Part title={words.changes}>
      <Table
        label={words.changes}
        rows={changes}
        keyOf={({ leader = "", keyPath }) => `${leader} ${keyPath}`}
        columns={[
          { id: "key", title: words.setting, cell: ({ keyPath }) => <code>{keyPath}</code> },
          { id: "before", title: words.before, cell: ({ before }) => settingText(before) },
          { id: "after", title: words.after, cell: ({ value }) => settingText(value) },
        ]}
      />
    </Part>
  );
}

function Orders({ preview: { orders } }: { readonly preview: PreviewReport }) {
  if (orders.length === 0) return <p>{words.noOrders}</p>;
  const isOfOne = new Set(orders.map(({ follower }) => follower)).size === 1;
  return (
    <Part title={words.orders}>
      <Table
        label={words.orders}
        rows={orders.map((order, at) => ({ ...order, at }))}
        keyOf={({ at }) => String(at)}
        columns={[
          { id: "symbol", title: words.symbol, cell: (order) => placeText(order) },
          { id: "follower", title: words.follower, isExtra: isOfOne, cell: ({ follower }) => follower },
          {
            id: "side",
            title: words.side,
            isNumber: true,
            cell: ({ side, quantity }) => (
              <>
                {side} <Amount value={quantity} />
              </>
            ),
          },
          {
            id: "value",
            title: inUsdt(words.value),
            isNumber: true,
            cell: ({ value }) => <Amount value={value} places={2} />,
          },
          {
            id: "note",
            title: words.note,
            cell: ({ reduceOnly, rests }) =>
              [...(reduceOnly ? [words.reduceOnly] : []), ...(rests === undefined ? [] : [rests])].join(", "),
          },
        ]}
      />
      <OrderSums orders={orders} />
    </Part>
  );
}

/** What it comes to: what is added to the exposure, and what is taken from it. */
function OrderSums({ orders }: Pick<PreviewReport, "orders">) {
  const sum = (isReducing: boolean) =>
    sumOf(orders.filter(({ reduceOnly }) => reduceOnly === isReducing).map(({ value }) => value));
  return (
    <p className="small muted">
      {words.inAll} {words.adds} <Amount value={sum(false)} places={2} unit="USDT" />, {words.reduces}{" "}
      <Amount value={sum(true)} places={2} unit="USDT" />
    </p>
  );
}

function Exposures({ preview: { exposures } }: { readonly preview: PreviewReport }) {
  if (exposures.length === 0) return null;
  const told = exposures.filter(isTold);
  const quiet = exposures.filter((one) => !isTold(one));
  return (
    <Part title={words.exposure}>
      {told.map((exposure) => (
        <PreviewExposure key={exposure.follower} exposure={exposure} />
      ))}
      {quiet.length > 0 && <p>{words.sameExposure(quiet.map(({ follower }) => follower))}</p>}
    </Part>
  );
}

function Proposals({ preview: { proposals } }: { readonly preview: PreviewReport }) {
  if (proposals.length === 0) return null;
  return (
    <Part title={words.proposals}>
      <ul>
        {proposals.map((one) => (
          <li key={`${one.follower} ${one.leader} ${placeText(one)}`}>
            {one.follower}: {placeText(one)} {words.upTo(one.target)} ({one.leader})
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Denials({ preview: { command, denied } }: { readonly preview: PreviewReport }) {
  // That what a close closes is not bought again is what it means, and no objection to it.
  const told = command === "close" ? denied.filter(({ reason }) => reason !== "waived") : denied;
  if (told.length === 0) return null;
  return (
    <Part title={words.denied}>
      <Table
        label={words.denied}
        rows={told}
        keyOf={(one) => `${one.follower} ${one.leader} ${placeText(one)} ${one.reason}`}
        columns={[
          { id: "symbol", title: words.symbol, cell: placeText },
          { id: "follower", title: words.follower, cell: ({ follower }) => follower },
          {
            id: "why",
            title: words.why,
            cell: ({ explanation }) => <span className="sentence">{explanation}</span>,
          },
        ]}
      />
    </Part>
  );
}

/** `BTCUSDT`, on hedge accounts `BTCUSDT long` */
export function placeText({ symbol, positionIdx }: Pick<PreviewPlace, "symbol" | "positionIdx">): string {
  if (positionIdx === undefined) return symbol;
  return `${symbol} ${positionIdx === 1 ? strings.sides.long : strings.sides.short}`;
}

function settingText(value: WrittenValue | undefined): ReactNode {
  if (value === undefined) return <NotKnown />;
  if (value === null) return words.notSet;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
