/**
 * How much money could follow one leader before the followers' own impact on the price eats what there is to earn. Impact follows the
 * square root of size (../copying/slippage.ts), so that followers with c times the capital pay sqrt(c) times as much of each unit of
 * theirs. With a capital C whose trades earn E before their impact and pay I for it, impact takes the share s of the earnings at
 *
 *   C (s E / I)^2.
 */

export interface ImpactAt {
  readonly capital: number;
  /** What the followers' trades earn after everything but impact; of the whole time. */
  readonly earned: number;
  /** What impact takes of it at this capital. */
  readonly impact: number;
}

/** 0 where nothing is earned, null where no impact is known. `share`: above 0, 1 for all of it. */
export function impactCapacity({ capital, earned, impact }: ImpactAt, share: number): number | null {
  if (!(impact > 0)) return null;
  return earned > 0 ? capital * ((share * earned) / impact) ** 2 : 0;
}
