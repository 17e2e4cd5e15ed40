/** How well everything is: what is not, with its cause; on request all the rest with its last hour, and what changed. */
import { useHealth } from "../../api/queries.ts";
import type { HealthCheck, HealthReport } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Panel } from "../../components/panel.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { LastHour } from "./last-hour.tsx";
import { measureText } from "./measure.ts";
import { words } from "./strings.ts";

const TONES: Readonly<Record<HealthCheck["state"], Tone>> = { ok: "good", warning: "warn", critical: "bad" };
const CHANGES_SHOWN = 20;

export function Health() {
  const { data } = useHealth();
  if (data === undefined || data.checks.length === 0) return null;
  const [wrong, well] = [data.checks.filter(({ state }) => state !== "ok"), summed(data.checks)];
  return (
    <Panel title={words.health} note={words.healthNote}>
      {wrong.length > 0 && <Checks checks={wrong} />}
      {well.length > 0 && (
        <details>
          <summary>
            <State tone="good">
              {wrong.length === 0 ? words.allWell(well.length) : words.theOthers(well.length)}
            </State>
          </summary>
          <Checks checks={well} />
        </details>
      )}
      {data.changes.length > 0 && <Changes changes={data.changes.slice(0, CHANGES_SHOWN)} />}
    </Panel>
  );
}

/** Of accounts that are well the one of each check that is nearest to its threshold: there may be hundreds. */
function summed(checks: readonly HealthCheck[]): readonly HealthCheck[] {
  const well = checks.filter(({ state }) => state === "ok");
  const names = new Set(well.flatMap(({ check, account }) => (account === undefined ? [] : [check])));
  const nearest = [...names].flatMap((name) => {
    const some = well.filter(({ check, account }) => check === name && account !== undefined);
    const [first] = some.toSorted((one, other) => other.value - one.value);
    return first === undefined ? [] : [{ ...first, subject: words.accountsWell(some.length) }];
  });
  return [...nearest, ...well.filter(({ account }) => account === undefined)];
}

/** Their state says all. */
const IS_SO_OR_NOT = new Set(["engine", "restriction"]);

function Checks({ checks }: { readonly checks: readonly HealthCheck[] }) {
  return (
    <Table
      label={words.health}
      rows={checks}
      keyOf={({ check, subject }) => `${check} ${subject}`}
      columns={[
        { id: "check", title: words.watched, cell: ({ check }) => check },
        {
          id: "subject",
          title: words.of,
          cell: ({ subject, cause }) => (cause === undefined ? subject : `${subject}: ${cause}`),
        },
        { id: "state", title: words.state, cell: ({ state }) => <State tone={TONES[state]}>{state}</State> },
        {
          id: "value",
          title: words.value,
          isNumber: true,
          cell: ({ check, value, unit }) => (IS_SO_OR_NOT.has(check) ? "" : measureText(value, unit)),
        },
        {
          id: "threshold",
          title: words.threshold,
          isNumber: true,
          cell: ({ check, threshold, unit }) => (IS_SO_OR_NOT.has(check) ? "" : measureText(threshold, unit)),
        },
        { id: "hour", title: words.lastHour, isExtra: true, cell: (check) => <LastHour check={check} /> },
      ]}
    />
  );
}

function Changes({ changes }: Pick<HealthReport, "changes">) {
  return (
    <details>
      <summary>{words.changed}</summary>
      <Table
        label={words.changed}
        rows={changes}
        keyOf={({ at, check, subject, to }) => `${at} ${check} ${subject} ${to}`}
        columns={[
          {
            id: "at",
            title: words.since,
            cell: ({ at }) => <Moment atMs={at} />,
          },
          { id: "check", title: words.watched, cell: ({ check, subject }) => `${check} ${subject}` },
          {
            id: "to",
            title: words.state,
            cell: ({ from, to }) => <State tone={TONES[to]}>{words.became(from, to)}</State>,
          },
          { id: "cause", title: "", isExtra: true, cell: ({ cause = "" }) => cause },
        ]}
      />
    </details>
  );
}
