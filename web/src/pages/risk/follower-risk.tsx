/** One follower's limits and guards: a bar of use against each, and what happens when it is reached. */
import { useState } from "react";
import type { GuardUse, LimitsReport, LimitUse } from "../../api/types.ts";
import { Age } from "../../components/age.tsx";
import { Amount, NotKnown } from "../../components/amount.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { type Column, Table } from "../../components/table.tsx";
import { UseBar } from "../../components/use-bar.tsx";
import { percentText } from "../../format/decimal.ts";
import { useMay } from "../../session/session.tsx";
import { StopsEditor } from "./stops-editor.tsx";
import { words } from "./strings.ts";

type Of = LimitsReport["followers"][number];

/** Measured as a distance, a share of the mark: it grows as it gets safer, so no bar of use. */
const OF_THE_MARK = "of the mark";

export function FollowerRisk({ of, atMs }: { readonly of: Of; readonly atMs: number }) {
  const { follower, equity, limits, guards, off } = of;
  const [isEdited, setEdited] = useState(false);
  const may = useMay("manage_stop_loss");
  const note = (
    <span className="row">
      <span>
        {words.equity} <Amount value={equity} places={2} unit="USDT" />
      </span>
      <Age atMs={atMs} />
    </span>
  );
  return (
    <Panel
      title={follower}
      note={note}
      actions={
        may && (
          <button type="button" className="button" onClick={() => setEdited(true)}>
            {words.edit}
          </button>
        )
      }
    >
      <h3 className="part">
        {words.guards} <span className="muted">{words.guardsNote}</span>
      </h3>
      <Table
        label={`${words.guards}, ${follower}`}
        rows={guards}
        keyOf={({ guard, of: about }) => `${guard} ${about}`}
        columns={guardColumns(follower)}
      />
      <h3 className="part">
        {words.limits} <span className="muted">{words.limitsNote}</span>
      </h3>
      <Table
        label={`${words.limits}, ${follower}`}
        rows={limits}
        keyOf={({ limit, of: about }) => `${limit} ${about}`}
        columns={limitColumns(follower)}
      />
      {off.length > 0 && (
        <details>
          <summary className="muted">{words.off(off.length)}</summary>
          <p className="panel-note mono">{off.join(", ")}</p>
        </details>
      )}
      {isEdited && <StopsEditor follower={follower} onClose={() => setEdited(false)} />}
    </Panel>
  );
}

function limitColumns(follower: string): readonly Column<LimitUse>[] {
  return [
    { id: "limit", title: words.limit, cell: ({ limit, of }) => <Named name={limit} of={of} /> },
    { id: "of", title: words.of, isExtra: true, cell: ({ of }) => <About of={of} /> },
    {
      id: "bar",
      title: words.use,
      cell: ({ limit, of, use, most, unit, note }) =>
        note === "" ? (
          <UseBar label={`${follower}, ${limit} ${of}`} use={use} most={most} unit={unit} />
        ) : (
          <span className="muted sentence sentence-short">{note}</span>
        ),
    },
    { id: "use", title: words.used, isNumber: true, cell: ({ use, unit }) => measure(use, unit) },
    { id: "most", title: words.most, isNumber: true, cell: ({ most, unit }) => measure(most, unit) },
    {
      id: "left",
      title: words.headroom,
      isNumber: true,
      cell: ({ headroom, unit }) => measure(headroom, unit),
    },
    { id: "unit", title: words.unit, cell: ({ unit }) => unit },
    { id: "source", title: words.source, isExtra: true, cell: ({ source }) => source },
  ];
}

function guardColumns(follower: string): readonly Column<GuardUse>[] {
  return [
    { id: "guard", title: words.guard, cell: ({ guard, of }) => <Named name={guard} of={of} /> },
    { id: "of", title: words.of, isExtra: true, cell: ({ of }) => <About of={of} /> },
    { id: "bar", title: words.use, cell: (guard) => <GuardBar guard={guard} follower={follower} /> },
    { id: "use", title: words.lost, isNumber: true, cell: ({ use, unit }) => measure(use, unit) },
    { id: "at", title: words.at, isNumber: true, cell: ({ at, unit }) => measure(at, unit) },
    { id: "left", title: words.headroom, isNumber: true, cell: ({ left, unit }) => measure(left, unit) },
    { id: "unit", title: words.unit, cell: ({ unit }) => unit },
    { id: "then", title: words.action, cell: ({ action }) => words.actionWords[action] ?? action },
    { id: "source", title: words.source, isExtra: true, cell: ({ source }) => source },
  ];
}

/** On a narrow screen what it is of stands below its name. */
function Named({ name, of }: { readonly name: string; readonly of: string }) {
  return (
    <>
      <code>{name}</code>
      <span className="narrow">
        <span className="block small">
          <About of={of} />
        </span>
      </span>
    </>
  );
}

function About({ of }: { readonly of: string }) {
  return of || <span className="muted">{words.wholeAccount}</span>;
}

function GuardBar({ guard, follower }: { readonly guard: GuardUse; readonly follower: string }) {
  const { guard: name, of, use, at, unit, note, stands } = guard;
  if (stands !== null) return <State tone="bad">{words.stands}</State>;
  if (note !== "") return <span className="muted sentence sentence-short">{note}</span>;
  if (unit === OF_THE_MARK) return <span>{words.away(percentText(Number(use), 0))}</span>;
  return <UseBar label={`${follower}, ${name} ${of}`} use={use} most={at} unit={unit} />;
}

/** Money to the cent, counts as they are, shares to four places. */
function measure(value: string, unit: string) {
  if (value === "") return unit === "" ? null : <NotKnown />;
  const places = unit === "USDT" ? 2 : 4;
  return <Amount value={value} {...(value.includes(".") ? { places } : {})} />;
}
