/** The part of quadprog that the solver is held against; the package has no types of its own. Arrays begin at index 1. */
declare module "quadprog" {
  const quadprog: {
    /** `x' quadratic x / 2 - linear x` is minimised; the first constraints are equalities. */
    solveQP(
      quadratic: number[][],
      linear: number[],
      /** Variables x constraints. */
      coefficients: number[][],
      least: number[],
      equalities: number,
    ): { readonly solution?: readonly number[]; readonly message: string };
  };
  export default quadprog;
}
