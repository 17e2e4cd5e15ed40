/** One snapshot of an account at a time: what asks for one meanwhile is answered by one more, read afterwards. */
export class SnapshotTurns {
  #state: "none" | "running" | "running-and-wanted" = "none";

  /** Whether to read one now. */
  begin(): boolean {
    const isFree = this.#state === "none";
    this.#state = isFree ? "running" : "running-and-wanted";
    return isFree;
  }

  /** It was read, or failed. Whether one more is wanted. */
  end(): boolean {
    const isWanted = this.#state === "running-and-wanted";
    this.#state = "none";
    return isWanted;
  }
}
