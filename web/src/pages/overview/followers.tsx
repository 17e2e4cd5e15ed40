/** Each follower in a row: its state, equity, result, exposure against its limit, and how far it is from its targets. */
import { Link } from "wouter";
import { useCopies, useLimits } from "../../api/queries.ts";
import type { FollowerStatus, LimitsReport, StatusReport } from "../../api/types.ts";
import { ReadAge } from "../../components/age.tsx";
import { Amount, Change } from "../../components/amount.tsx";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { UseBar } from "../../components/use-bar.tsx";
import { sumOf } from "../../format/sums.ts";
import { inUsdt } from "../../strings.ts";
import { FollowerState } from "../follower-state.tsx";
import { words } from "./strings.ts";

export interface FollowersProps {
  readonly status: StatusReport;
  /** When the status was true. */
  readonly atMs: number;
}

export function Followers({ status: { followers }, atMs }: FollowersProps) {
  const { data: limits } = useLimits();
  const copies = useCopies();
  const leadersOf = (name: string) =>
    copies?.filter(({ follower }) => follower === name).map(({ leader }) => leader);
  if (followers.length === 0)
    return (
      <Panel title={words.followers}>
        <Empty>{words.noFollowers}</Empty>
      </Panel>
    );
  return (
    <Panel
      title={words.followers}
      note={words.followersNote}
      actions={<Link href="/quality">{words.toQuality}</Link>}
    >
      <Table
        label={words.followers}
        rows={followers}
        keyOf={({ nickname }) => nickname}
        columns={[
          {
            id: "name",
            title: words.follower,
            cell: ({ nickname }) => <Link href={`/copies#${encodeURIComponent(nickname)}`}>{nickname}</Link>,
          },
          {
            id: "copies",
            title: words.copies,
            cell: ({ nickname }) => words.copied(leadersOf(nickname)),
          },
          { id: "state", title: words.state, cell: (follower) => <FollowerState follower={follower} /> },
          {
            id: "profit",
            title: inUsdt(words.profit),
            isNumber: true,
            cell: (follower) => <Change value={profitOf(follower)} places={2} />,
          },
          {
            id: "equity",
            title: inUsdt(words.equity),
            isNumber: true,
            cell: ({ equity }) => <Amount value={equity} places={2} />,
          },
          {
            id: "limit",
            title: words.limit,
            cell: ({ nickname }) => <Exposure name={nickname} limits={limits} />,
          },
          {
            id: "drift",
            title: words.drift,
            isNumber: true,
            cell: (follower) => words.driftSteps(driftOf(follower)),
          },
          {
            id: "snapshot",
            title: words.snapshot,
            isNumber: true,
            cell: ({ snapshotAgeMs }) => <ReadAge ageMs={snapshotAgeMs} atMs={atMs} never={words.never} />,
          },
        ]}
      />
    </Panel>
  );
}

/** In USDT; what copying brought in net of fees and funding. */
export function profitOf({ results }: FollowerStatus): string {
  return sumOf(results.filter(({ coin }) => coin === "USDT").map(({ account }) => account.profit));
}

function driftOf({ instruments }: FollowerStatus): number {
  return Math.max(0, ...instruments.map(({ steps }) => Math.abs(steps)));
}

interface ExposureProps {
  readonly name: string;
  readonly limits: LimitsReport | undefined;
}

function Exposure({ name, limits }: ExposureProps) {
  const of = limits?.followers.find(({ follower }) => follower === name);
  const limit = of?.limits.find((one) => one.limit === "max_portfolio_exposure");
  if (limit === undefined) return null;
  return <UseBar label={`${words.limit}, ${name}`} use={limit.use} most={limit.most} unit={limit.unit} />;
}
