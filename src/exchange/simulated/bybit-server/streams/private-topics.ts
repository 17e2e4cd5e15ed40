/**
 * The names of the private topics and what each carries.
 */

export type RowKind = "order" | "execution" | "execution.fast" | "position" | "wallet";

/** What a topic delivers on this exchange; "nothing" for topics that exist but have no data here. */
const TOPICS: ReadonlyMap<string, RowKind | "nothing"> = new Map([
  ...categorised("order", ["spot", "linear", "inverse", "option"]),
  ...categorised("execution", ["spot", "linear", "inverse", "option"]),
  ...categorised("execution.fast", ["spot", "linear", "inverse", "option"]),
  ...categorised("position", ["linear", "inverse", "option"]),
  ["wallet", "wallet"],
  ["greeks", "nothing"],
  ["dcp.future", "nothing"],
  ["dcp.spot", "nothing"],
  ["dcp.option", "nothing"],
]);

function categorised(kind: RowKind, categories: readonly string[]): [string, RowKind | "nothing"][] {
  const named = categories.map((category): [string, RowKind | "nothing"] => [
    `${kind}.${category}`,
    category === "linear" ? kind : "nothing",
  ]);
  return [[kind, kind], ...named];
}

export function privateTopic(name: string): RowKind | "nothing" | undefined {
  return TOPICS.get(name);
}

/** A topic and its categorised form may not stand in one request. */
export function clashes(topics: readonly string[]): boolean {
  const all = new Set(topics);
  return topics.some((topic) => {
    const dot = topic.lastIndexOf(".");
    return (
      dot > 0 &&
      all.has(topic.slice(0, dot)) &&
      TOPICS.get(topic.slice(0, dot)) !== undefined &&
      !topic.endsWith(".fast")
    );
  });
}
