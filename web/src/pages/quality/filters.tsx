import { useStatus } from "../../api/queries.ts";
import { Choice } from "../../components/choice.tsx";
import { TextField } from "../../components/text-field.tsx";
import type { AttributionFilter } from "./queries.ts";
import { words } from "./strings.ts";

export interface FiltersProps {
  readonly filter: AttributionFilter;
  readonly setFilter: (filter: AttributionFilter) => void;
}

export function Filters({ filter, setFilter }: FiltersProps) {
  const { data: status } = useStatus();
  return (
    <div className="filters">
      <Choice
        label={words.follower}
        value={filter.follower ?? ""}
        options={optionsOf(status?.followers ?? [])}
        onValue={(follower) => setFilter({ ...filter, follower })}
      />
      <Choice
        label={words.leader}
        value={filter.leader ?? ""}
        options={optionsOf(status?.leaders ?? [])}
        onValue={(leader) => setFilter({ ...filter, leader })}
      />
      <TextField
        label={words.from}
        type="date"
        value={filter.from ?? ""}
        onValue={(from) => setFilter({ ...filter, from })}
      />
      <TextField
        label={words.to}
        type="date"
        value={filter.to ?? ""}
        onValue={(to) => setFilter({ ...filter, to })}
      />
    </div>
  );
}

function optionsOf(accounts: readonly { readonly nickname: string }[]) {
  return [
    { value: "", text: words.all },
    ...accounts.map(({ nickname }) => ({ value: nickname, text: nickname })),
  ];
}
