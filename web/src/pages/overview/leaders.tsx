/** The leaders that are copied: whether they are heard, and what they hold. */
import { useCopies } from "../../api/queries.ts";
import type { StatusReport } from "../../api/types.ts";
import { ReadAge } from "../../components/age.tsx";
import { Amount } from "../../components/amount.tsx";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { placeText } from "../../components/preview.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { useSeesAll } from "../../session/session.tsx";
import { inUsdt } from "../../strings.ts";
import { words } from "./strings.ts";

export interface LeadersProps {
  readonly status: StatusReport;
  /** When the status was true. */
  readonly atMs: number;
}

export function Leaders({ status: { leaders }, atMs }: LeadersProps) {
  const copies = useCopies();
  const seesAll = useSeesAll();
  const followersOf = (name: string) =>
    copies?.filter(({ leader }) => leader === name).map(({ follower }) => follower);
  return (
    <Panel title={words.leaders}>
      {leaders.length === 0 && <Empty>{seesAll ? words.noLeaders : words.seesNoLeader}</Empty>}
      {leaders.length > 0 && (
        <Table
          label={words.leaders}
          rows={leaders}
          keyOf={({ nickname }) => nickname}
          columns={[
            { id: "name", title: words.leader, cell: ({ nickname }) => nickname },
            {
              id: "copied",
              title: words.copiedBy,
              cell: ({ nickname }) => words.copied(followersOf(nickname)),
            },
            {
              id: "stream",
              title: words.stream,
              cell: ({ connected }) => (
                <State tone={connected ? "good" : "bad"}>{connected ? words.up : words.down}</State>
              ),
            },
            {
              id: "equity",
              title: inUsdt(words.equity),
              isNumber: true,
              cell: ({ equity }) => <Amount value={equity} places={2} />,
            },
            {
              id: "holds",
              title: words.holds,
              cell: ({ positions }) => (
                <span title={positions.map((one) => `${one.quantity} ${placeText(one)}`).join(", ")}>
                  {words.positions(positions.length)}
                </span>
              ),
            },
            {
              id: "snapshot",
              title: words.snapshot,
              isNumber: true,
              cell: ({ snapshotAgeMs }) => <ReadAge ageMs={snapshotAgeMs} atMs={atMs} never={words.never} />,
            },
          ]}
        />
      )}
    </Panel>
  );
}
