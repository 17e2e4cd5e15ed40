/** What may be changed while running, with what is in force, where that comes from, and what would be in force without run time. */
import { z } from "zod";
import { engine, nickname, settingValue } from "./common.ts";

export const settingsInForce = z
  .object({
    revision: z.string().meta({ description: "Stands for exactly these values; also the ETag." }),
    settings: z.array(
      settingValue.extend({
        keyPath: z.string(),
        meaning: z.string(),
        otherwise: settingValue.exactOptional().meta({
          description: "Where run time decides: what would be in force once its value is taken back.",
        }),
      }),
    ),
  })
  .meta({ id: "SettingsInForce" });

export const changeableSettings = z
  .object({
    engine,
    followers: z.array(settingsInForce.extend({ follower: nickname })),
    portfolio: settingsInForce.exactOptional(),
    alerts: settingsInForce.exactOptional(),
  })
  .meta({ id: "ChangeableSettings" });

export const settingsChange = z
  .strictObject({
    values: z.record(z.string().min(1).max(200), z.unknown()).meta({
      description:
        "By the keys of the files, options of strategies as strategies.NAME.OPTION; null takes a value of run time back.",
    }),
  })
  .meta({ id: "SettingsChange" });

const number = z.number();

export const copyTradingSettings = z
  .strictObject({
    max_traders: z.int().min(1).max(1_000).exactOptional(),
    position_scaling: number.min(0).max(100).exactOptional(),
    correlation_limit: number.min(-1).max(1).exactOptional(),
  })
  .meta({ id: "CopyTradingSettings", description: "What is left out stays as it is." });

export const ifMatch = z.object({
  "if-match": z.string().max(100).optional().meta({
    description:
      "The ETag or revision of the settings as they were seen: where somebody else changed them, nothing is changed (412).",
  }),
});
