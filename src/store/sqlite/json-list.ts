/** Lists of words in a column of JSON text. */

export function jsonList(words: readonly string[]): string {
  return JSON.stringify(words);
}

/** Throws where the column holds anything else: nobody but this program writes it. */
export function listOf(json: string): readonly string[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value) || !value.every((word) => typeof word === "string"))
    throw new TypeError("the column holds no list of words");
  return value;
}
