/** Where it was this process that stood still, what has come meanwhile is read first, and may cancel what was to be done. */
export function afterReading(ms: number, then: () => void): NodeJS.Timeout {
  return setTimeout(() => setImmediate(then), ms);
}
