/** What is found by name is found once. */

/** `find` is asked once for each name; what it gave, null too, is given again. */
export function remembered<Value>(find: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const value = find(name);
    known.set(name, value);
    return value;
  };
}
