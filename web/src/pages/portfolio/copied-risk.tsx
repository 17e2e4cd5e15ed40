/** What each follower may lose on a bad day, and which leader brings how much of it. */
import type { RiskReport } from "../../api/types.ts";
import { Amount, NotKnown } from "../../components/amount.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { percentText } from "../../format/decimal.ts";
import { useCopiedRisk } from "./queries.ts";
import { words } from "./strings.ts";

type OfFollower = RiskReport["followers"][number];

export function CopiedRisk() {
  const { data, error, refetch } = useCopiedRisk();
  if (data === undefined)
    return error === null ? (
      <Loading what={words.riskWhat} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  if (data.followers.length === 0) return <Empty>{words.noRisk}</Empty>;
  return data.followers.map((one) => <OneFollower key={one.follower} of={one} report={data} />);
}

function OneFollower({ of, report }: { readonly of: OfFollower; readonly report: RiskReport }) {
  const { follower, figures, why_not } = of;
  return (
    <Panel
      title={words.riskTitle(follower)}
      note={words.riskNote(percentText(report.confidence, 0), report.days, report.until)}
    >
      {figures === null ? (
        <Empty>{why_not ?? words.noRisk}</Empty>
      ) : (
        <Contributions of={of} figures={figures} />
      )}
    </Panel>
  );
}

interface Row {
  readonly name: string;
  readonly held: number | null;
  readonly cvar: number | null;
  readonly valueAtRisk: number | null;
  readonly isWhole: boolean;
}

interface ContributionsProps {
  readonly of: OfFollower;
  readonly figures: NonNullable<OfFollower["figures"]>;
}

function Contributions({ of, figures: { cvar, value_at_risk } }: ContributionsProps) {
  const rows: readonly Row[] = [
    ...of.leaders.map(({ leader, held }) => ({
      name: leader,
      held,
      cvar: cvar.by_leader[leader] ?? null,
      valueAtRisk: value_at_risk.by_leader[leader] ?? null,
      isWhole: false,
    })),
    { name: words.whole, held: null, cvar: cvar.whole, valueAtRisk: value_at_risk.whole, isWhole: true },
  ];
  const range = cvar.interval_95;
  return (
    <>
      <Table
        label={words.riskTitle(of.follower)}
        rows={rows}
        keyOf={({ name, isWhole }) => `${isWhole} ${name}`}
        columns={[
          {
            id: "leader",
            title: words.leader,
            cell: ({ name, isWhole }) => (isWhole ? <strong>{name}</strong> : name),
          },
          {
            id: "held",
            title: words.held,
            isNumber: true,
            cell: ({ held, isWhole }) =>
              isWhole ? null : held === null ? <NotKnown /> : <Amount value={held.toFixed(2)} places={2} />,
          },
          {
            id: "var",
            title: words.valueAtRisk,
            isNumber: true,
            cell: ({ valueAtRisk }) => shareText(valueAtRisk),
          },
          { id: "cvar", title: words.cvar, isNumber: true, cell: (row) => shareText(row.cvar) },
          {
            id: "share",
            title: words.share,
            isNumber: true,
            cell: (row) =>
              row.cvar === null || cvar.whole === 0 ? <NotKnown /> : percentText(row.cvar / cvar.whole, 0),
          },
        ]}
      />
      {range !== null && (
        <p className="panel-note">
          {words.cvar}, {words.interval(percentText(range[0], 2), percentText(range[1], 2))}
        </p>
      )}
    </>
  );
}

function shareText(share: number | null) {
  return share === null ? <NotKnown /> : percentText(share, 2);
}
