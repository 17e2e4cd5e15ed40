/** Two rows per instrument, the leader above the follower, in the same columns; the difference in steps at the right. */

import { useReasons } from "../../api/queries.ts";
import type { InstrumentStatus } from "../../api/types.ts";
import { Quantity } from "../../components/amount.tsx";
import { placeText } from "../../components/preview.tsx";
import { State } from "../../components/state.tsx";
import { decimalText } from "../../format/decimal.ts";
import { ROW_TONES, rowState } from "../parity.ts";
import { words } from "./strings.ts";

const RESTING = ["entries", "exits", "takeProfits", "stopLosses"] as const;

export interface InstrumentsProps {
  readonly follower: string;
  readonly leaders: readonly string[];
  readonly rows: readonly InstrumentStatus[];
  readonly explain: (symbol: string) => void;
  /** Null: not for this user. */
  readonly close: ((symbol: string) => void) | null;
}

export function Instruments({ follower, leaders, rows, explain, close }: InstrumentsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of fields it is not
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-frame" role="group" aria-label={follower} tabIndex={0}>
      <table className="copies">
        <thead>
          <tr>
            <th scope="col">{words.instrument}</th>
            <th scope="col">{words.who}</th>
            <th scope="col" className="number">
              {words.target}
            </th>
            <th scope="col" className="number">
              {words.holds}
            </th>
            <th scope="col" className="number extra">
              {words.inFlight}
            </th>
            <th scope="col" className="number extra">
              {words.drift}
            </th>
            <th scope="col" className="extra">
              {words.why}
            </th>
            <th scope="col">
              <span className="for-readers">{words.actions}</span>
            </th>
          </tr>
        </thead>
        {rows.map((row) => (
          <tbody key={placeText(row)}>
            <LeaderRows row={row} leaders={leaders} explain={explain} />
            <FollowerRow row={row} follower={follower} close={close} />
            <NarrowState row={row} />
          </tbody>
        ))}
      </table>
    </div>
  );
}

interface LeaderRowsProps {
  readonly row: InstrumentStatus;
  readonly leaders: readonly string[];
  readonly explain: (symbol: string) => void;
}

/** One for each leader where there are several: what each holds, and the target that follows from it. */
function LeaderRows({ row, leaders, explain }: LeaderRowsProps) {
  const several = row.leaders ?? [
    { nickname: leaders.length === 1 ? (leaders[0] ?? "") : "", leader: row.leader },
  ];
  return several.map(({ nickname, leader, ...more }, at) => (
    <tr key={nickname} className="of-leader">
      {at === 0 && (
        <th scope="rowgroup" rowSpan={several.length + 2}>
          {placeText(row)}
        </th>
      )}
      <td>
        {nickname === "" ? words.leaders : nickname}{" "}
        <span className="muted extra">{nickname === "" ? words.netted : words.leader}</span>
      </td>
      <td className="number">
        {"target" in more && typeof more.target === "string" && <Quantity value={more.target} />}
      </td>
      <td className="number">
        <Quantity value={leader} />
      </td>
      <td className="extra" />
      <td className="extra" />
      <td className="extra" />
      <td className="number">
        {at === 0 && (
          <button
            type="button"
            className="button button-plain button-row accent"
            onClick={() => explain(row.symbol)}
          >
            {words.explain}
            <span className="for-readers">: {placeText(row)}</span>
          </button>
        )}
      </td>
    </tr>
  ));
}

function Nothing() {
  return <span className="muted">0</span>;
}

interface FollowerRowProps {
  readonly row: InstrumentStatus;
  readonly follower: string;
  readonly close: InstrumentsProps["close"];
}

function FollowerRow({ row, follower, close }: FollowerRowProps) {
  const hasOurs = /[1-9]/.test(row.held);
  return (
    <tr className="of-follower">
      <td>
        {follower} <span className="muted extra">{words.follower}</span>
      </td>
      <td className="number">
        <Quantity value={row.target} />
      </td>
      <td className="number">
        <Quantity value={row.held} />
      </td>
      <td className="number extra">
        {/[1-9]/.test(row.inFlight) ? <Quantity value={row.inFlight} /> : <Nothing />}
      </td>
      <td className="number extra">{row.steps === 0 ? <Nothing /> : words.steps(row.steps)}</td>
      <td className="extra">
        <StateOf row={row} />
        <Notes row={row} />
      </td>
      <td className="number">
        {close !== null && hasOurs && (
          <button type="button" className="button button-row" onClick={() => close(row.symbol)}>
            {words.close}
            <span className="for-readers">: {placeText(row)}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function StateOf({ row }: { readonly row: InstrumentStatus }) {
  const state = rowState(row);
  return <State tone={ROW_TONES[state]}>{words.states[state]}</State>;
}

/** A narrow screen has the state below, where nobody has to look for it sideways. */
function NarrowState({ row }: { readonly row: InstrumentStatus }) {
  const isMoving = /[1-9]/.test(row.inFlight);
  return (
    <tr className="narrow of-state">
      <td colSpan={4}>
        <span className="row">
          <StateOf row={row} />
          {row.steps !== 0 && <span>{words.steps(row.steps)}</span>}
          {isMoving && (
            <span>
              {words.inFlight} <Quantity value={row.inFlight} />
            </span>
          )}
        </span>
        <Notes row={row} />
      </td>
    </tr>
  );
}

/** Why, and what else there is: in words, with the sentence on hover. */
function Notes({ row }: { readonly row: InstrumentStatus }) {
  const sentenceOf = useReasons();
  const { reason, working, foreign, resting, pending = [] } = row;
  const notes = [
    ...(reason === "" || reason === "at-target" ? [] : [{ text: reason, title: sentenceOf(reason) }]),
    ...(working === undefined
      ? []
      : [{ text: words.working(working.slice, working.slices, working.filled, working.wanted), title: "" }]),
    ...(resting === undefined ? [] : [{ text: restingText(resting), title: "" }]),
    ...(foreign === undefined ? [] : [{ text: words.foreign(foreign), title: "" }]),
    ...pending.map((word) => ({ text: word, title: sentenceOf(word) })),
  ];
  return notes.map(({ text, title }) => (
    <div key={text} className="muted note sentence" title={title}>
      {title === "" ? text : title}
    </div>
  ));
}

/** `resting: entries +0.5, stop losses −0.5` */
function restingText(resting: NonNullable<InstrumentStatus["resting"]>): string {
  const parts = RESTING.filter((part) => /[1-9]/.test(resting[part])).map(
    (part) => `${words.restingParts[part]} ${decimalText(resting[part], { signed: true })}`,
  );
  return `${words.resting}: ${parts.join(", ")}`;
}
