/** Of whom, and of which days. */
import { useStatus } from "../../api/queries.ts";
import { Choice } from "../../components/choice.tsx";
import { TextField } from "../../components/text-field.tsx";
import type { Whose } from "../../session/whose.ts";
import type { AttributionFilter } from "./queries.ts";
import { words } from "./strings.ts";

export interface FiltersProps {
  readonly filter: AttributionFilter;
  readonly setFilter: (filter: AttributionFilter) => void;
  readonly whose: Whose;
}

export function Filters({ filter, setFilter, whose: { followers, seesAll } }: FiltersProps) {
  const { data: status } = useStatus();
  const leaders = status?.leaders.map(({ nickname }) => nickname) ?? [];
  return (
    <div className="filters">
      <Choice
        label={words.follower}
        value={filter.follower ?? ""}
        options={[...(seesAll ? [ALL] : []), ...optionsOf(followers)]}
        onValue={(follower) => setFilter({ ...filter, follower })}
      />
      <Choice
        label={words.leader}
        value={filter.leader ?? ""}
        options={[ALL, ...optionsOf(leaders)]}
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

const ALL = { value: "", text: words.all };

function optionsOf(names: readonly string[]) {
  return names.map((name) => ({ value: name, text: name }));
}
