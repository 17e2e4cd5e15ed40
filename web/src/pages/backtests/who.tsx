/** Which traders a strategy copied and which not, why, and what each brought. */
import type { LivedStrategy } from "../../api/types.ts";
import { Change } from "../../components/amount.tsx";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { strategyReason } from "../definitions.ts";
import { numbersText } from "../verdict-numbers.ts";
import { words } from "./strings.ts";

type Verdict = LivedStrategy["lastVerdicts"][number];

export function Who({ lived }: { readonly lived: LivedStrategy }) {
  const { lastVerdicts, leaders, decisions, in_decisions } = lived;
  const profits = new Map(leaders.map((one) => [one.leader, one.profit]));
  const rows = lastVerdicts.toSorted((one, other) => other.weight - one.weight);
  return (
    <Panel title={words.who} note={words.whoNote(decisions)}>
      {rows.length === 0 ? (
        <Empty>{words.noTraders}</Empty>
      ) : (
        <Table
          label={words.who}
          rows={rows}
          keyOf={({ trader }) => trader}
          columns={[
            { id: "trader", title: words.trader, cell: ({ trader }) => trader },
            {
              id: "profit",
              title: words.profit,
              isNumber: true,
              cell: ({ trader }) => {
                const profit = profits.get(trader);
                return profit === undefined ? (
                  <span className="muted">{words.notCopied}</span>
                ) : (
                  <Change value={profit} places={2} />
                );
              },
            },
            {
              id: "weight",
              title: words.weight,
              isNumber: true,
              cell: ({ weight }) => percentText(weight),
            },
            {
              id: "times",
              title: words.inDecisions,
              isNumber: true,
              cell: ({ trader }) => decimalText(String(in_decisions[trader] ?? 0)),
            },
            { id: "why", title: words.verdict, cell: (verdict) => <Why verdict={verdict} /> },
          ]}
        />
      )}
    </Panel>
  );
}

function Why({ verdict: { isIn, reason, numbers } }: { readonly verdict: Verdict }) {
  return (
    <span className="sentence sentence-long">
      <State tone={isIn ? "good" : "off"}>{isIn ? words.in : words.out}</State>{" "}
      <span className="muted">{[strategyReason(reason), ...numbersText(numbers)].join("; ")}</span>
    </span>
  );
}
