/** How near the loss of an account is to the limit at which it is stopped: of the follower that is nearest. */
import { Link } from "wouter";
import { useLimits } from "../../api/queries.ts";
import { State } from "../../components/state.tsx";
import { UseBar } from "../../components/use-bar.tsx";
import { decimalText, shareOf } from "../../format/decimal.ts";
import { words } from "./strings.ts";

export interface GuardLimitProps {
  readonly guard: keyof typeof words.guards;
  /** "" for all. */
  readonly follower: string;
}

export function GuardLimit({ guard, follower }: GuardLimitProps) {
  const { data } = useLimits();
  if (data === undefined) return null;
  const uses = data.followers
    .filter((one) => follower === "" || one.follower === follower)
    .flatMap((one) =>
      one.guards
        .filter((use) => use.guard === guard && use.of === "")
        .map((use) => ({ ...use, follower: one.follower, share: shareOf(use.use, use.at) ?? 0 })),
    );
  const nearest = uses.toSorted((one, other) => rank(other) - rank(one))[0];
  const name = words.guards[guard];
  if (nearest === undefined) return <div>{words.noGuard(name)}</div>;
  const { use, at, unit, stands } = nearest;
  return (
    <div>
      <Link href="/risk">
        {words.ofGuard(name, nearest.follower, `${decimalText(at, { places: 2 })} ${unit}`)}
      </Link>
      {stands === null ? (
        <UseBar label={`${nearest.follower}, ${name}`} use={use} most={at} unit={unit} />
      ) : (
        <State tone="bad">{words.acted}</State>
      )}
    </div>
  );
}

/** What has acted before what is near. */
function rank({ share, stands }: { readonly share: number; readonly stands: unknown }): number {
  return stands === null ? share : Number.POSITIVE_INFINITY;
}
