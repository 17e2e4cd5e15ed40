/** Stop tiers as somebody writes them: `25 50 100`, or each with its action, `100:reduce:0.5 300:close`. */

export type WrittenTiers =
  /** As the files hold them; amounts and shares are checked with all settings. */
  { readonly tiers: readonly unknown[] } | { readonly wrong: string };

export function tiersIn(texts: readonly string[]): WrittenTiers {
  const parts = texts.map((text) => text.split(":"));
  if (parts.every(({ length }) => length === 1)) return { tiers: texts };
  const bare = parts.findIndex(({ length }) => length === 1);
  if (bare >= 0)
    return {
      wrong: `"${texts[bare]}" has no action, but others have: write such as ${texts[bare]}:reduce:0.5 or ${texts[bare]}:close`,
    };
  const long = parts.findIndex(({ length }) => length > 3);
  if (long >= 0)
    return { wrong: `"${texts[long]}" is no tier: write LOSS, LOSS:ACTION or LOSS:reduce:SHARE` };
  const tiers = parts.map(([loss = "", action = "", share]) => ({
    loss_usd: loss,
    action,
    ...(share === undefined ? {} : { share }),
  }));
  return { tiers };
}
