/** Loss tiers as rows: the loss, what is done then, and how much is cut. */
import { Icon } from "../../components/icon.tsx";
import { TextField } from "../../components/text-field.tsx";
import { words } from "./strings.ts";
import { NEW_TIER, saidOneByOne, TIER_ACTIONS, type Tier, type Tiers } from "./tiers.ts";

const TIERS_MAX = 20;

export interface TierFieldsProps {
  readonly tiers: Tiers;
  readonly onChange: (tiers: Tiers) => void;
}

export function TierFields({ tiers: { isEqual, tiers }, onChange }: TierFieldsProps) {
  const set = (at: number, change: Partial<Tier>) =>
    onChange({ isEqual, tiers: tiers.map((tier, index) => (index === at ? { ...tier, ...change } : tier)) });
  return (
    <fieldset className="stack">
      <legend className="row">
        <strong>{words.tiers}</strong> <span className="small muted">{words.tiersNote}</span>
      </legend>
      <div>
        {[true, false].map((isThis) => (
          <label key={String(isThis)} className="choice">
            <input
              type="radio"
              name="tiers"
              checked={isEqual === isThis}
              onChange={() => onChange(isThis ? { isEqual: true, tiers } : saidOneByOne(tiers))}
            />
            {isThis ? words.equal : words.own}
          </label>
        ))}
      </div>
      {tiers.length === 0 && <p className="muted">{words.noTiers}</p>}
      {tiers.map((tier, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a tier is its place; its loss changes while it is typed
        <div className="tier" key={at}>
          <TextField
            label={words.tierLoss(at + 1)}
            value={tier.loss}
            inputMode="decimal"
            required
            onValue={(loss) => set(at, { loss })}
          />
          {!isEqual && <TierAction tier={tier} at={at} onChange={(change) => set(at, change)} />}
          <button
            type="button"
            className="button button-plain button-icon"
            aria-label={words.removeTier(at + 1)}
            onClick={() => onChange({ isEqual, tiers: tiers.filter((_, index) => index !== at) })}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={tiers.length >= TIERS_MAX}
          onClick={() => onChange({ isEqual, tiers: [...tiers, NEW_TIER] })}
        >
          {words.addTier}
        </button>
      </div>
    </fieldset>
  );
}

interface TierActionProps {
  readonly tier: Tier;
  readonly at: number;
  readonly onChange: (change: Partial<Tier>) => void;
}

function TierAction({ tier: { action, share }, at, onChange }: TierActionProps) {
  return (
    <>
      <label className="field">
        <span className="field-label">{words.tierAction(at + 1)}</span>
        <select
          className="input"
          value={action}
          onChange={(event) =>
            onChange({ action: TIER_ACTIONS.find((one) => one === event.target.value) ?? action })
          }
        >
          {TIER_ACTIONS.map((one) => (
            <option key={one} value={one}>
              {words.actionChoices[one]}
            </option>
          ))}
        </select>
      </label>
      {action === "reduce" && (
        <TextField
          label={words.tierShare(at + 1)}
          value={share}
          inputMode="decimal"
          required
          onValue={(next) => onChange({ share: next })}
        />
      )}
    </>
  );
}
