/** Who may take a place, in words: a list of everybody would hide what is said. */
const NAMES_SHOWN = 3;

export function replacementNames(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  const shown = names.slice(0, NAMES_SHOWN).join(", ");
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
