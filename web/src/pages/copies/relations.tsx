/** Whom a follower copies, how, and what it brought; the way to the settings of each and to its end. */
import { useState } from "react";
import { endCopying, type Relation, STOP_MODES, type StopMode } from "../../api/commands.ts";
import { useAllocations } from "../../api/queries.ts";
import type { AllocationStatus } from "../../api/types.ts";
import { Change } from "../../components/amount.tsx";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { sumOf } from "../../format/sums.ts";
import { writtenText } from "../../format/written-value.ts";
import { useMay } from "../../session/session.tsx";
import { Settings } from "./settings.tsx";
import { words } from "./strings.ts";

const TONES: Readonly<Record<AllocationStatus["state"], Tone>> = {
  copying: "good",
  paused: "warn",
  halted: "bad",
  ending: "busy",
  ended: "off",
};

export function Relations({ follower }: { readonly follower: string }) {
  const { data } = useAllocations();
  const may = useMay("manage_copying");
  const [changed, setChanged] = useState<Relation | null>(null);
  const [ended, setEnded] = useState<SeenRelation | null>(null);
  const rows = data?.allocations.filter((one) => one.follower === follower && one.state !== "ended") ?? [];
  if (rows.length === 0) return null;
  return (
    <details className="relations">
      <summary>{words.relationsOf(rows.length)}</summary>
      <Table
        label={words.relations}
        rows={rows}
        keyOf={({ leader }) => leader}
        columns={[
          { id: "leader", title: words.leaderTitle, cell: ({ leader }) => leader },
          {
            id: "state",
            title: words.state,
            cell: ({ state }) => <State tone={TONES[state]}>{words.relationState[state]}</State>,
          },
          { id: "sizing", title: words.sizing, cell: sizingText },
          {
            id: "result",
            title: <span title={words.resultNote}>{words.result}</span>,
            isNumber: true,
            cell: ({ results }) => <Change value={resultOf(results)} places={2} />,
          },
          {
            id: "do",
            title: <span className="for-readers">{words.actions}</span>,
            isNumber: true,
            cell: ({ leader, revision }) =>
              may && (
                <span className="row-buttons">
                  <button
                    type="button"
                    className="button button-row"
                    onClick={() => setChanged({ leader, follower })}
                  >
                    {words.settings}
                  </button>
                  <button
                    type="button"
                    className="button button-danger button-row"
                    onClick={() => setEnded({ leader, follower, revision })}
                  >
                    {words.stopCopying}
                  </button>
                </span>
              ),
          },
        ]}
      />
      {changed !== null && <Settings relation={changed} onClose={() => setChanged(null)} />}
      {ended !== null && <EndDialog relation={ended} onClose={() => setEnded(null)} />}
    </details>
  );
}

/** As it was when its end was asked for. */
type SeenRelation = Relation & { readonly revision: string };

function EndDialog({ relation, onClose }: { readonly relation: SeenRelation; readonly onClose: () => void }) {
  const [mode, setMode] = useState<StopMode>("close");
  const { leader, follower } = relation;
  return (
    <CommandDialog
      // Another mode is another command, with another preview.
      key={mode}
      title={words.on(`${words.stopCopying}: ${leader}`, follower)}
      about={
        <fieldset className="stack">
          <legend className="for-readers">{words.stopCopying}</legend>
          {STOP_MODES.map((one) => (
            <label key={one} className="choice">
              <input type="radio" name="stop-mode" checked={mode === one} onChange={() => setMode(one)} />
              {words.stopModes[one]}
            </label>
          ))}
        </fieldset>
      }
      confirm={words.stopCopying}
      isDangerous
      {...endCopying(relation, mode, relation.revision)}
      onClose={onClose}
    />
  );
}

function resultOf(results: AllocationStatus["results"]): string {
  return sumOf(results.filter(({ coin }) => coin === "USDT").map(({ profit }) => profit));
}

/** `multiplier, copy_multiplier 0.5` */
function sizingText({ settings }: AllocationStatus): string {
  const settingOf = (key: string) => writtenText(settings.find(({ keyPath }) => keyPath === key)?.value);
  const sizing = settingOf("sizing");
  const factor = sizing === "multiplier" ? settingOf("copy_multiplier") : "";
  const scaling = settingOf("position_scaling");
  return [
    sizing,
    ...(factor === "" ? [] : [`× ${factor}`]),
    ...(scaling === "1" || scaling === "" ? [] : [words.scaled(scaling)]),
  ].join(" ");
}
