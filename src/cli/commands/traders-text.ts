/** How times and amounts of traders are written for people. */

export function dayText(ms: number | null): string {
  return ms === null ? "-" : new Date(ms).toISOString().slice(0, 10);
}

export function timeText(ms: number | null): string {
  return ms === null ? "-" : new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** For people, to the cent. */
export function moneyText(amount: string): string {
  return Number(amount).toFixed(2);
}
