/** Whose figures may be asked for: all followers' together by who sees all accounts, else one follower's at a time. */
import { useStatus } from "../api/queries.ts";
import { useSeesAll } from "./session.tsx";

export interface Whose {
  /** To ask with; "" for all together. */
  readonly follower: string;
  /** Whether it is known whom to ask about. */
  readonly isReady: boolean;
  /** There is no follower that this user sees. */
  readonly isNone: boolean;
  /** The followers to choose from. */
  readonly followers: readonly string[];
  readonly seesAll: boolean;
}

/** `wanted`: what was chosen; "" where nothing was. */
export function useWhose(wanted = ""): Whose {
  const seesAll = useSeesAll();
  const { data: status } = useStatus();
  const followers = status?.followers.map(({ nickname }) => nickname) ?? [];
  const follower = seesAll || followers.includes(wanted) ? wanted : (followers[0] ?? "");
  return {
    follower,
    isReady: seesAll || follower !== "",
    isNone: !seesAll && status !== undefined && followers.length === 0,
    followers,
    seesAll,
  };
}
