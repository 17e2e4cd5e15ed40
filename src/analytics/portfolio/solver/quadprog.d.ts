/** The part of quadprog that quadratic.ts uses; the package has no types of its own. Arrays begin at index 1. */
declare module "quadprog" {
  const quadprog: {
    /**
     * `x' quadratic x / 2 - linear x` is minimised. Equalities come first; where one is reached from above, its column in `coefficients` changes sign
     * in place, and its multiplier is that of the changed one.
     */
    solveQP(
      quadratic: number[][],
      linear: number[],
      /** Variables x constraints. */
      coefficients: number[][],
      least: number[],
      equalities: number,
    ): {
      readonly solution?: readonly number[];
      readonly Lagrangian?: readonly number[];
      readonly message: string;
    };
  };
  export default quadprog;
}
