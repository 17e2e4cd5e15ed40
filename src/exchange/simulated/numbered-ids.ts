/**
 * Ids that look like UUIDs and end in a number of twelve hexadecimal digits. Made as one flat text each: what the venue
 * keeps millions of should not be chains of concatenated pieces.
 */

const DIGITS = Buffer.from("0123456789abcdef", "latin1");
const NUMBER_DIGITS = 12;

export class NumberedIds {
  readonly #bytes: Buffer;

  /** `head` is plain ASCII, such as `00000001-0bed-4000-8000-`. */
  constructor(head: string) {
    this.#bytes = Buffer.from(head + "0".repeat(NUMBER_DIGITS), "latin1");
  }

  /** Of a whole number from 0 to below 16^12. */
  of(number: number): string {
    const bytes = this.#bytes;
    let rest = number;
    for (let at = bytes.length - 1; at >= bytes.length - NUMBER_DIGITS; at--) {
      bytes[at] = DIGITS[rest % 16] ?? 0;
      rest = Math.floor(rest / 16);
    }
    return bytes.toString("latin1");
  }
}
