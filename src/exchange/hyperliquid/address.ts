/** Public addresses: `0x` and 40 hexadecimal digits. The venue may spell them in any case, so they are compared in small letters. */

export type Address = `0x${string}`;

/** The address in small letters; undefined for what is none. */
export function addressOf(text: string): Address | undefined {
  const lower = text.toLowerCase();
  return isAddress(lower) ? lower : undefined;
}

function isAddress(text: string): text is Address {
  return /^0x[0-9a-f]{40}$/.test(text);
}

/** Short, as people write them: `0x1234...abcd`. */
export function shortAddress(address: string): string {
  return `${address.slice(0, 6)}...${address.slice(-4)}`;
}
